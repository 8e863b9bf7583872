/** How `generate` asks for its answer: as JSON, or as events that it joins. */
import * as Either from "effect/Either"
import type { RequestOptions } from "../../Client.js"
import type { Issue } from "../../Errors.js"
import { show } from "../../Issue.js"

type Wire = NonNullable<RequestOptions["wire"]>

export const wireOf = ({ wire = "json" }: RequestOptions): Either.Either<Wire, ReadonlyArray<Issue>> =>
  wire === "auto" || wire === "json" || wire === "events"
    ? Either.right(wire)
    : Either.left([{ path: ["wire"], message: `must be "auto", "json" or "events", got ${show(wire)}` }])

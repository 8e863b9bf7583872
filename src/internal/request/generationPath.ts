/** The address of a generation's record. */
import * as Either from "effect/Either"
import type { Issue } from "../../Errors.js"
import { show } from "../../Issue.js"
import { toWellFormed } from "../../Markup.js"

/** The path below the base URL, or what is wrong with the id. White space around the id is removed. */
export const generationPath = (id: string): Either.Either<string, ReadonlyArray<Issue>> =>
  typeof id === "string" && /\S/.test(id)
    ? Either.right(`/generation?id=${encodeURIComponent(toWellFormed(id.trim()))}`)
    : Either.left([{ path: ["id"], message: `must be the id of a generation, such as gen-img-..., got ${show(id)}` }])

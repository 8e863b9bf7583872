/** What the commands of `job` say for programs. */
import * as Console from "effect/Console"
import type * as Effect from "effect/Effect"
import { safeJson } from "./Text.js"

/** A document on stdout. */
export const document = (value: unknown): Effect.Effect<void> => Console.log(safeJson(JSON.stringify(value, null, 2)))

/** One of many, on a line of its own. */
export const line = (value: unknown): Effect.Effect<void> => Console.log(safeJson(JSON.stringify(value)))

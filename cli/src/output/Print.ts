/** What a command prints: labelled lines for people, JSON for programs. */
import * as Console from "effect/Console"
import type * as Effect from "effect/Effect"
import { block, escapeJson, sanitize } from "./Text.js"

type Rows = ReadonlyArray<readonly [label: string, value: string]>

/** Labelled lines on stdout. */
export const rows = (rows: Rows): Effect.Effect<void> => Console.log(sanitize(block(rows)))

/** Labelled lines on stderr, beside the results. */
export const note = (rows: Rows): Effect.Effect<void> => Console.error(sanitize(block(rows)))

/** A document on stdout. */
export const json = (value: unknown): Effect.Effect<void> => Console.log(escapeJson(JSON.stringify(value, null, 2)))

/** One document of many on stdout, on a line of its own. */
export const jsonLine = (value: unknown): Effect.Effect<void> => Console.log(escapeJson(JSON.stringify(value)))

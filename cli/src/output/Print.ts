/** What a command prints: labelled lines for people, JSON for programs. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Screen } from "../terminal/Screen.js"
import { block, escapeJson, type Rows } from "./Text.js"

/** How wide a channel is, where there is one that has a width. */
export const widthOf = (name: "stdout" | "stderr"): Effect.Effect<number | undefined> =>
  Effect.flatMap(
    Effect.serviceOption(Screen),
    Option.match({
      onNone: () => Effect.succeed(undefined),
      onSome: (screen) => Effect.map(screen[name], ({ columns }) => columns)
    })
  )

/** Labelled lines on stdout. */
export const rows = (rows: Rows): Effect.Effect<void> =>
  Effect.flatMap(widthOf("stdout"), (width) => Console.log(block(rows, { width })))

/** Labelled lines on stderr, beside the results. */
export const note = (rows: Rows): Effect.Effect<void> =>
  Effect.flatMap(widthOf("stderr"), (width) => Console.error(block(rows, { width })))

/** A document on stdout. */
export const json = (value: unknown): Effect.Effect<void> => Console.log(escapeJson(JSON.stringify(value, null, 2)))

/** One document of many on stdout, on a line of its own. */
export const jsonLine = (value: unknown): Effect.Effect<void> => Console.log(escapeJson(JSON.stringify(value)))

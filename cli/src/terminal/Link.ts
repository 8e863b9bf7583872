/** Paths on stdout: in a terminal they can be opened with a click. */
import * as Path from "@effect/platform/Path"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Color from "./Color.js"
import { Screen } from "./Screen.js"

const esc = "\u001b"

/** Text that leads to an address (OSC 8); a terminal that does not know it shows the text. */
export const hyperlink = (url: string, text: string): string => `${esc}]8;;${url}${esc}\\${text}${esc}]8;;${esc}\\`

/** Prints a path on stdout. */
export const print = (path: string): Effect.Effect<void, never, Screen | Path.Path> =>
  Effect.gen(function* () {
    const { isTerminal } = yield* (yield* Screen).stdout
    const paths = yield* Path.Path
    const url = isTerminal ? yield* Effect.option(paths.toFileUrl(paths.resolve(path))) : undefined
    const text = Color.path(path)
    yield* Console.log(url?._tag === "Some" ? hyperlink(url.value.href, text) : text)
  })

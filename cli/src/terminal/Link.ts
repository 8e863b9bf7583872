/** Paths on stdout: in a terminal they can be opened with a click. */
import * as Path from "@effect/platform/Path"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Color from "./Color.js"
import { Screen } from "./Screen.js"

const esc = "\u001b"

/** Text that leads to an address (OSC 8); a terminal that does not know it shows the text. */
export const hyperlink = (url: string, text: string): string => `${esc}]8;;${url}${esc}\\${text}${esc}]8;;${esc}\\`

/** Prints paths on stdout, each on a line of its own. */
export const print = (...all: ReadonlyArray<string>): Effect.Effect<void, never, Screen | Path.Path> =>
  Effect.gen(function* () {
    const { isTerminal } = yield* (yield* Screen).stdout
    const paths = yield* Path.Path
    const lines = yield* Effect.forEach(all, (path) => {
      const text = Color.path(path)
      return isTerminal
        ? Effect.match(paths.toFileUrl(paths.resolve(path)), {
            onFailure: () => text,
            onSuccess: ({ href }) => hyperlink(href, text)
          })
        : Effect.succeed(text)
    })
    if (lines.length > 0) yield* Console.log(lines.join("\n"))
  })

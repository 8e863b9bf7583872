/** The program with which the system opens a file. */

import * as Command from "@effect/platform/Command"
import * as CommandExecutor from "@effect/platform/CommandExecutor"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Print from "../output/Print.js"
import { Screen } from "./Screen.js"

export interface Service {
  /** Opens a file and does not wait for it to be closed; false where there is nothing to open it with. */
  readonly open: (path: string) => Effect.Effect<boolean>
}

export class Opener extends Context.Tag("openrouter-images/Opener")<Opener, Service>() {}

/** Some openers stay for as long as the file is open: a shell leaves them behind. */
const unattended = 'command -v xdg-open >/dev/null || exit 127; xdg-open "$1" >/dev/null 2>&1 &'

/** The command line of a system. */
export const commandOf = (platform: string, path: string): Command.Command => {
  switch (platform) {
    case "darwin":
      return Command.make("open", path)
    case "win32":
      // Not `start`, which is cmd's own: cmd would run what follows an `&`
      return Command.make("rundll32", "url.dll,FileProtocolHandler", path)
    default:
      return Command.make("sh", "-c", unattended, "sh", path)
  }
}

/** The opener of this system. */
export const layer: Layer.Layer<Opener, never, CommandExecutor.CommandExecutor> = Layer.effect(
  Opener,
  Effect.map(CommandExecutor.CommandExecutor, (executor) => ({
    open: (path) =>
      executor.exitCode(commandOf(process.platform, path)).pipe(
        Effect.map((code) => code === 0),
        Effect.orElseSucceed(() => false)
      )
  }))
)

/** Opens files if stdout is a terminal; a file that cannot be opened is reported, and not a failure. */
export const openFiles = (files: ReadonlyArray<string>): Effect.Effect<void, never, Opener | Screen> =>
  Effect.gen(function* () {
    const opener = yield* Opener
    if (!(yield* (yield* Screen).stdout).isTerminal) return
    for (const file of files) {
      if (yield* opener.open(file)) continue
      yield* Print.note([["not opened", `${file}: there is no program that opens it`]])
    }
  })

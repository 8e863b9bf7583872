/** Processes of Node's that run a program of this folder. */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"

export interface Child {
  /** What it has written so far. */
  readonly output: () => string
  readonly kill: Effect.Effect<void>
  /** Its exit code; null where it was killed. */
  readonly ended: Effect.Effect<number | null>
}

export const child = (program: string, ...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync((): Child => {
      const file = fileURLToPath(new URL(program, import.meta.url))
      const running = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] })
      let output = ""
      running.stdout.on("data", (data) => {
        output += data
      })
      const ended = new Promise<number | null>((resolve) => {
        running.on("close", resolve)
      })
      return {
        output: () => output,
        kill: Effect.sync(() => void running.kill("SIGKILL")),
        ended: Effect.promise(() => ended)
      }
    }),
    ({ ended, kill }) => Effect.zipRight(kill, ended)
  )

/** Programs as processes of their own, to be killed. */
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Effect, Schedule, type Scope } from "effect"
import { build } from "esbuild"

const root = fileURLToPath(new URL("../../..", import.meta.url))

/** The program of a TypeScript file as one that Node runs; its packages are those of this repository. */
export const compiled = (source: string): Effect.Effect<string> =>
  Effect.promise(async () => {
    const outfile = `${root}node_modules/.cache/jobs/${source.replaceAll(/\W+/g, "-")}-${process.pid}.mjs`
    await build({
      entryPoints: [root + source],
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      outfile
    })
    return outfile
  })

/** A program of this repository that the build has made. */
export const built = (path: string): string => root + path

export interface Running {
  readonly process: ChildProcess
  /** What it has written so far, both streams. */
  readonly output: () => string
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** Waits for its end, and gives back its exit code; null when a signal ended it. */
  readonly ended: Effect.Effect<number | null>
  /** Waits until its output has this. */
  readonly writes: (pattern: RegExp) => Effect.Effect<void>
}

/** Runs it until its own end or the scope's. */
export const run = (
  file: string,
  options: {
    readonly cwd: string
    readonly env: Record<string, string>
    readonly args?: ReadonlyArray<string>
    /** A command line that runs it, such as one that enters a namespace. */
    readonly prefix?: ReadonlyArray<string>
  }
): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const words = [...(options.prefix ?? []), process.execPath, file, ...(options.args ?? [])]
        const child = spawn(words[0] ?? "", words.slice(1), {
          cwd: options.cwd,
          env: { ...process.env, ...options.env },
          stdio: ["ignore", "pipe", "pipe"]
        })
        let output = ""
        const add = (text: Buffer) => {
          output += text.toString()
        }
        child.stdout.on("data", add)
        child.stderr.on("data", add)
        return { child, output: () => output }
      }),
      ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
    ),
    ({ child, output }): Running => {
      const ended = Effect.async<number | null>((resume) => {
        const over = () => resume(Effect.succeed(child.exitCode))
        if (child.exitCode !== null || child.signalCode !== null) over()
        else child.once("close", over)
      })
      return {
        process: child,
        output,
        ended,
        kill: (signal) =>
          Effect.zipRight(
            Effect.sync(() => child.kill(signal)),
            Effect.asVoid(ended)
          ),
        writes: (pattern) =>
          Effect.sync(() => pattern.test(output())).pipe(
            Effect.repeat({ until: (found) => found, schedule: Schedule.spaced("20 millis") }),
            Effect.raceFirst(Effect.zipRight(ended, Effect.void)),
            Effect.asVoid
          )
      }
    }
  )

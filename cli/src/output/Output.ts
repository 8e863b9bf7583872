/**
 * How this process writes. A closed or full channel ends nothing: calls in flight may be paid already, and their
 * pictures must still be saved.
 */
import * as Fs from "node:fs"
import * as Tty from "node:tty"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ExitCode from "../failure/ExitCode.js"
import { block, sanitize } from "./Text.js"

export interface Service {
  /** Writes as it is, without a line break. */
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Why a file behind stdout lacks a part of the output; a pipe that nobody reads is not a failure. */
  readonly writeError: Effect.Effect<string | undefined>
}

export class Output extends Context.Tag("openrouter-images/Output")<Output, Service>() {}

type OnError = (error: Error) => void

/** Whether a channel keeps what it gets: a file, or a device such as `/dev/full`. */
const isFile = (fd: number): boolean => {
  const stat = Fs.fstatSync(fd)
  return stat.isFile() || (stat.isCharacterDevice() && !Tty.isatty(fd))
}

/** Writes all; Node's own writer does not report the part that a full disk did not take. */
const writeAll = (fd: number, text: string): void => {
  let rest = Buffer.from(text)
  while (rest.length > 0) rest = rest.subarray(Fs.writeSync(fd, rest))
}

/** Reports errors to `onError`, also later ones: an error event without a listener would end the process. */
const writer = (stream: NodeJS.WriteStream & { readonly fd: number }, file: boolean, onError: OnError) => {
  stream.on("error", onError)
  return (text: string): void => {
    try {
      if (file) writeAll(stream.fd, text)
      else stream.write(text)
    } catch (error) {
      onError(error as Error)
    }
  }
}

/** Clears what is drawn on the line of a terminal. */
const line = (text: string): string => `${Tty.isatty(process.stderr.fd) ? "\r\u001b[2K" : ""}${text}\n`

/** The channels of this process. */
export const layer: Layer.Layer<Output> = Layer.sync(Output, () => {
  let broken: Error | undefined
  const keeps = isFile(process.stdout.fd)
  const stderr = writer(process.stderr, isFile(process.stderr.fd), () => {})
  const stdout = writer(process.stdout, keeps, (error) => {
    if (broken === undefined && !keeps)
      stderr(line("stdout is closed: nobody reads the output any more; the command continues"))
    broken ??= error
  })
  return {
    stderr,
    // A gap in the output would be worse than its end
    stdout: (text) => (broken === undefined ? stdout(text) : undefined),
    writeError: Effect.sync(() => (keeps ? broken?.message : undefined))
  }
})

/** Reports an incomplete output, and gives the exit code of a command that ended with `code`. */
export const finish = (code: number): Effect.Effect<number, never, Output> =>
  Effect.gen(function* () {
    const problem = yield* (yield* Output).writeError
    if (problem === undefined) return code
    const lines: ReadonlyArray<readonly [string, string]> = [
      ["output", sanitize(`stdout could not be written to its end: ${problem}.`)],
      ["cost", "As shown above; pictures that were made are saved, and records are kept."],
      ["what to do", "Free some space where stdout goes."]
    ]
    yield* Console.error(block(lines))
    return code === ExitCode.ok ? ExitCode.output : code
  })

/**
 * How this process writes. A channel that is closed or full ends nothing: calls may be under way that are paid for, and their pictures are still to
 * be saved.
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
  /** Why stdout does not hold all that was said, where it is a file; that nobody reads a pipe is no failure. */
  readonly writeError: Effect.Effect<string | undefined>
}

export class Output extends Context.Tag("openrouter-images/Output")<Output, Service>() {}

type OnError = (error: Error) => void

/** What keeps what it gets: a file, or a device such as `/dev/full`. */
const isFile = (fd: number): boolean => {
  const stat = Fs.fstatSync(fd)
  return stat.isFile() || (stat.isCharacterDevice() && !Tty.isatty(fd))
}

/** Node's own writer says nothing of the part that a full disk has not taken. */
const writeAll = (fd: number, text: string): void => {
  let rest = Buffer.from(text)
  while (rest.length > 0) rest = rest.subarray(Fs.writeSync(fd, rest))
}

/** A channel that fails to `trouble`: at once, or later by an event, which without a listener would end the process. */
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
      stderr(line("stdout is closed: nobody reads the output any more; the command goes on"))
    broken ??= error
  })
  return {
    stderr,
    // A hole in the output would be worse than its end
    stdout: (text) => (broken === undefined ? stdout(text) : undefined),
    writeError: Effect.sync(() => (keeps ? broken?.message : undefined))
  }
})

/** The exit code of a command that has ended with `code`, once it is said that its output is not whole. */
export const finish = (code: number): Effect.Effect<number, never, Output> =>
  Effect.gen(function* () {
    const problem = yield* (yield* Output).writeError
    if (problem === undefined) return code
    const lines: ReadonlyArray<readonly [string, string]> = [
      ["output", sanitize(`stdout could not be written to its end: ${problem}.`)],
      ["cost", "As shown above; pictures that were made are saved, and records are kept."],
      ["what to do", "Make room where stdout goes."]
    ]
    yield* Console.error(block(lines))
    return code === ExitCode.ok ? ExitCode.output : code
  })

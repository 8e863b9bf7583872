/** `openrouter-images generate`: one request, its pictures as files. */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { type Errors, Images } from "effect-openrouter-images"
import { Connection } from "./Connection.js"
import { FileError, NoPictureError, type UsageError } from "./Failure.js"
import { stem } from "./FileName.js"
import type { GenerateOptions } from "./GenerateOptions.js"
import * as Limits from "./Limits.js"
import * as Report from "./Report.js"
import { toRequest } from "./RequestOptions.js"
import * as Save from "./Save.js"
import type { Screen } from "./Screen.js"
import { spinning } from "./Spinner.js"
import { block, printable } from "./Text.js"
import * as Timeout from "./Timeout.js"

const cancelled = (emulated: boolean): Effect.Effect<void> =>
  Console.error(
    emulated
      ? "cancelled: nothing is billed by the emulator"
      : "cancelled: if the request had been sent already, it is not known whether it is billed"
  )

/** What a failed generation leaves behind: pictures that arrived whole, and an answer that was billed and cannot be read. */
const salvage = (error: Errors.GenerateError, place: Save.Place) =>
  Effect.gen(function* () {
    for (const problem of yield* Save.pictures(Save.imagesOf(error), place)) yield* Console.error(problem)
    const text = Save.answerOf(error)
    if (text === undefined) return
    const { path, problem } = yield* Save.answer(text, place)
    yield* Console.error(block([["answer", printable(path ?? problem ?? "")]]))
  })

/**
 * Makes pictures and saves them. The paths go to stdout, one a line; everything else goes to stderr. From the moment that an answer is
 * here nothing can interrupt its saving.
 */
export const generate = (
  options: GenerateOptions
): Effect.Effect<
  void,
  Errors.GenerateError | FileError | NoPictureError | UsageError,
  Images.Images | Connection | Screen | FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function* () {
    const { emulated } = yield* Connection
    const requestOptions = yield* Timeout.ofOptions(options)
    const request = yield* toRequest(options)
    yield* Save.prepare(options.out)
    const place = { folder: options.out, stem: stem(options.prompt, yield* Clock.currentTimeMillis) }
    yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const [took, response] = yield* Images.generate(request, requestOptions).pipe(
          Effect.provide(Limits.layer(options)),
          Effect.timed,
          spinning(`${options.model} is at work:`),
          restore,
          Effect.onInterrupt(() => cancelled(emulated)),
          Effect.tapError((error) => salvage(error, place))
        )
        const problems = yield* Save.pictures(response.data, place)
        yield* Console.error(Report.summary({ response, model: options.model, asked: options.n ?? 1, took, emulated }))
        if (response.data.length === 0) return yield* new NoPictureError({ model: options.model })
        if (problems.length > 0) {
          return yield* new FileError({
            problem: problems.join("\n"),
            cost: "As shown above.",
            advice: "Move the pictures that were saved elsewhere; choose another folder with --out."
          })
        }
      })
    )
  })

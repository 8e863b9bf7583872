/** One request from its sending to its files: what `generate` and `regenerate` do. */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { Errors, type GeneratedImage, Images, ImagesSchema, Provenance } from "effect-openrouter-images"
import { Connection } from "../../Connection.js"
import { FileError, NoPictureError, type UsageError } from "../../failure/Failure.js"
import * as Limits from "../../options/Limits.js"
import type { OutputOptions } from "../../options/OutputOptions.js"
import * as Timeout from "../../options/Timeout.js"
import { stem } from "../../output/FileName.js"
import * as Save from "../../output/Save.js"
import { block, printable, safeJson } from "../../output/Text.js"
import * as Easel from "../../terminal/inline/Canvas.js"
import * as Link from "../../terminal/Link.js"
import * as Opener from "../../terminal/Opener.js"
import { Screen } from "../../terminal/Screen.js"
import { spinning } from "../../terminal/Spinner.js"
import * as Report from "./Report.js"
import * as Watch from "./StreamedGeneration.js"

type Request = ImagesSchema.ImageGenerationRequest
type Pictures = ReadonlyArray<GeneratedImage.GeneratedImage>

/** A run of the command: where its pictures go, and how it says so. */
interface Run {
  readonly request: Request
  readonly options: OutputOptions
  readonly place: Save.Place
  readonly seen: Ref.Ref<Watch.Seen>
  readonly emulated: boolean
}

const withProvenance = (
  { options, place, request }: Run,
  response: ImagesSchema.ImageGenerationResponse
): Save.Place => (options.noProvenance ? place : { ...place, provenance: Provenance.of(request, response) })

/** Where each picture is: on stdout, unless that is for the JSON; on stderr what it is. */
const told = (images: Pictures, saved: ReadonlyArray<Save.Saved>, json: boolean) =>
  Effect.forEach(
    saved,
    ({ path }, index) => {
      const image = images[index]
      if (path === undefined || image === undefined) return Effect.void
      const what = Console.error(Report.picture(image, index, images.length))
      return json ? what : Effect.zipRight(Link.said(path), what)
    },
    { discard: true }
  ).pipe(
    Effect.zipRight(
      Effect.suspend(() => {
        const lines = Report.outside(saved)
        return lines === undefined ? Effect.void : Console.error(lines)
      })
    )
  )

const printed = (document: unknown): Effect.Effect<void> => Console.log(safeJson(JSON.stringify(document, null, 2)))

/** The last preview of a generation that has no picture, which may have been billed. */
const keepPreview = ({ preview }: Watch.Seen, { place }: Run) =>
  Effect.gen(function* () {
    if (preview === undefined) return
    const at = { ...place, stem: `${place.stem}-preview` }
    const { path, problem } = yield* Save.picture(preview.image, 0, 1, at)
    const words = path === undefined ? problem : `${path} is the last one; the picture did not come`
    yield* Console.error(block([["preview", printable(words ?? "")]]))
  })

/** Keeps what a generation that did not end well leaves behind: pictures, or else the last preview. */
const keep = (run: Run, others: Pictures, result: string, failedId?: string) =>
  Effect.gen(function* () {
    const { emulated, options, request } = run
    const seen = yield* Ref.get(run.seen)
    const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const response = Watch.responseOf(seen, others, failedId, now)
    const { data } = response
    if (data.length === 0) return yield* keepPreview(seen, run)
    const saved = yield* Save.pictures(data, withProvenance(run, response))
    yield* told(data, saved, options.json)
    for (const { problem } of saved) if (problem !== undefined) yield* Console.error(problem)
    const known = Report.known({ response, emulated }, failedId)
    if (known !== undefined) yield* Console.error(known)
    const files = saved.flatMap(({ path }) => path ?? [])
    if (options.json) yield* printed(Report.remains(response, request, files, result))
  })

/** Whether a finished picture has said what the generation cost. */
const isPriced = (run: Run) =>
  Effect.map(Ref.get(run.seen), ({ completed }) => ImagesSchema.totalCostUsd(completed.at(-1)?.usage) !== undefined)

/** A failure after a picture that said its price: that was paid. */
const billed = (error: Errors.GenerateStreamError): Errors.GenerateStreamError => {
  const billing = "billed"
  switch (error._tag) {
    case "ConnectionError":
      return new Errors.ConnectionError({ ...error, billing })
    case "RequestTimeoutError":
      return new Errors.RequestTimeoutError({ ...error, billing })
    case "ImageStreamError":
      return new Errors.ImageStreamError({ ...error, message: error.message, billing })
    default:
      return error
  }
}

/** What a failure leaves behind; of an answer that was billed and cannot be read its text as well. */
const salvage = (run: Run) => (error: Errors.GenerateStreamError) =>
  Effect.gen(function* () {
    yield* keep(run, Save.imagesOf(error), error._tag, Save.generationOf(error))
    const text = Save.answerOf(error)
    if (text !== undefined) {
      const { path, problem } = yield* Save.answer(text, run.place)
      yield* Console.error(block([["answer", printable(path ?? problem ?? "")]]))
    }
    return yield* (yield* isPriced(run)) ? billed(error) : error
  })

const cancelled = (run: Run) =>
  Effect.gen(function* () {
    yield* keep(run, [], "Interrupted")
    const known = (yield* isPriced(run))
      ? "cancelled: what it cost until then is shown above"
      : "cancelled: if the request had been sent already, it is not known whether it is billed"
    yield* Console.error(run.emulated ? "cancelled: nothing is billed by the emulator" : known)
  })

/** Sends the request: as a stream that is watched, or for one answer. */
const sent = ({ options, request, seen }: Run, requestOptions: Images.RequestOptions) =>
  options.stream
    ? Watch.stream(request, requestOptions, seen)
    : Images.generate(request, requestOptions).pipe(spinning(`${request.model} is at work:`))

/** Draws the finished pictures where they are wanted and have not been drawn yet. */
const shown = (images: Pictures, { show, stream }: OutputOptions) =>
  Effect.gen(function* () {
    const screen = yield* Screen
    if (!show || stream || !(yield* screen.stderr).isTerminal) return
    const easel = yield* Easel.make
    const drawn = yield* Effect.forEach(images, (image) => Effect.zipLeft(easel.show(image), easel.next))
    if (drawn.includes(false)) yield* Console.error("--show: this terminal does not show such pictures")
  })

/** Saves what came and says so; the price of it stands above the failure, where there is one. */
const delivered = (run: Run, summary: Report.Summary) =>
  Effect.gen(function* () {
    const { options, request } = run
    const { data } = summary.response
    const saved = yield* Save.pictures(data, withProvenance(run, summary.response))
    yield* shown(data, options)
    yield* told(data, saved, options.json)
    yield* Console.error(Report.summary(summary))
    const files = saved.flatMap(({ path }) => path ?? [])
    if (options.json) yield* printed(Report.document(summary, request, files))
    if (data.length === 0) return yield* new NoPictureError({ model: request.model })
    const problems = saved.flatMap(({ problem }) => problem ?? [])
    if (problems.length > 0) {
      return yield* new FileError({
        problem: problems.join("\n"),
        cost: "As shown above.",
        advice: "Move the pictures that were saved elsewhere; choose another folder with --out."
      })
    }
    if (options.open) yield* Opener.opened(files)
  })

/**
 * Makes pictures and saves them. The paths go to stdout, one a line; everything else goes to stderr. From the moment that an answer is
 * here nothing can interrupt its saving.
 */
export const produce = (
  request: Request,
  options: OutputOptions
): Effect.Effect<
  void,
  Errors.GenerateStreamError | FileError | NoPictureError | UsageError,
  Images.Images | Connection | Screen | Opener.Opener | FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function* () {
    const { emulated } = yield* Connection
    const requestOptions = yield* Timeout.ofOptions(options)
    yield* Save.prepare(options.out)
    const place = { folder: options.out, stem: stem(request.prompt, yield* Clock.currentTimeMillis) }
    const run: Run = { request, options, place, emulated, seen: yield* Ref.make(Watch.nothing) }
    yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const [took, response] = yield* sent(run, requestOptions).pipe(
          Effect.provide(Limits.layer(options)),
          Effect.timed,
          restore,
          Effect.onInterrupt(() => cancelled(run)),
          Effect.catchAll(salvage(run))
        )
        yield* delivered(run, { response, model: request.model, asked: request.n ?? 1, took, emulated })
      })
    )
  })

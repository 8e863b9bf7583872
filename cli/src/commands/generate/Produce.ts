/** Sends one request and saves its pictures: what `generate` and `regenerate` do. */

import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { type Errors, type GeneratedImage, Images, type ImagesSchema, Provenance } from "effect-openrouter-images"
import { Connection } from "../../Connection.js"
import { costCommand } from "../../failure/Explanation.js"
import { EmulatedError, FileError, NoPictureError, type UsageError } from "../../failure/Failure.js"
import * as Limits from "../../options/Limits.js"
import type { OutputOptions } from "../../options/OutputOptions.js"
import * as Timeout from "../../options/Timeout.js"
import { stem } from "../../output/FileName.js"
import * as Print from "../../output/Print.js"
import * as Save from "../../output/Save.js"
import * as Canvas from "../../terminal/inline/Canvas.js"
import * as Link from "../../terminal/Link.js"
import * as Opener from "../../terminal/Opener.js"
import { Screen } from "../../terminal/Screen.js"
import { withSpinner } from "../../terminal/Spinner.js"
import { withSuggestion } from "../catalog/UnknownModel.js"
import * as Received from "./Received.js"
import * as Report from "./Report.js"
import * as StreamedGeneration from "./StreamedGeneration.js"
import * as UnderWay from "./UnderWay.js"
import * as Waiting from "./Waiting.js"

type Request = ImagesSchema.ImageGenerationRequest
type Pictures = ReadonlyArray<GeneratedImage.GeneratedImage>

/** A run of the command. */
interface Run {
  readonly request: Request
  readonly options: OutputOptions
  readonly place: Save.Place
  readonly received: Ref.Ref<Received.Received>
  readonly underWay: Ref.Ref<UnderWay.UnderWay>
  readonly emulated: boolean
}

const withProvenance = (
  { options, place, request }: Run,
  response: ImagesSchema.ImageGenerationResponse
): Save.Place => (options.noProvenance ? place : { ...place, provenance: Provenance.of(request, response) })

/** The properties of a picture, and what of them was asked for otherwise. */
const describePicture = ({ request }: Run, image: GeneratedImage.GeneratedImage, index: number, count: number) => {
  const warning = Report.deviation(image, request)
  const picture = Report.picture(image, index, count)
  return Console.error(warning === undefined ? picture : `${picture}\n${warning}`)
}

/** Prints the path of each picture on stdout, unless JSON goes there, and its properties on stderr. */
const reportPictures = (run: Run, images: Pictures, saved: ReadonlyArray<Save.Saved>) =>
  Effect.forEach(
    saved,
    ({ path }, index) => {
      const image = images[index]
      if (path === undefined || image === undefined) return Effect.void
      const what = describePicture(run, image, index, images.length)
      return run.options.json ? what : Effect.zipRight(Link.print(path), what)
    },
    { discard: true }
  ).pipe(
    Effect.zipRight(
      Effect.suspend(() => {
        const lines = Report.provenance(saved)
        return lines === undefined ? Effect.void : Console.error(lines)
      })
    )
  )

/** Saves the last preview of a generation without a picture, which may have been billed. */
const salvagePreview = ({ preview }: Received.Received, { place }: Run) =>
  Effect.gen(function* () {
    if (preview === undefined) return
    const at = { ...place, stem: `${place.stem}-preview` }
    const { path, problem } = yield* Save.picture(preview.image, 0, 1, at)
    const words = path === undefined ? problem : `${path} is the last preview; the picture did not arrive`
    yield* Print.note([["preview", words ?? ""]])
  })

/** How a generation ended without its answer. */
interface Ending {
  /** The tag of its failure, or `Interrupted`. */
  readonly result: string
  /** Pictures that the failure holds. */
  readonly images: Pictures
  readonly generationId: string | undefined
  /** Whether the failure names the generation, which then need not be said again. */
  readonly isNamed: boolean
}

/** Saves what a failed generation left: its pictures, or else the last preview. */
const salvagePictures = (run: Run, { generationId, images, isNamed, result }: Ending) =>
  Effect.gen(function* () {
    const { emulated, options, request } = run
    const seen = yield* Ref.get(run.received)
    const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const response = Received.responseOf(seen, images, generationId, now)
    const { data } = response
    if (data.length === 0) return yield* salvagePreview(seen, run)
    const saved = yield* Save.pictures(data, withProvenance(run, response))
    yield* reportPictures(run, data, saved)
    for (const { problem } of saved) if (problem !== undefined) yield* Console.error(problem)
    const known = Report.partialSummary({ response, emulated }, isNamed ? generationId : undefined)
    if (known !== undefined) yield* Console.error(known)
    const files = saved.flatMap(({ path }) => path ?? [])
    if (options.json) yield* Print.json(Report.partialDocument(response, request, files, result))
  })

/** Whether a finished picture came with the cost of the generation. */
const isPriced = (run: Run) => Effect.map(Ref.get(run.received), Received.isPriced)

/** Saves what a failure left, and the text of a billed answer that cannot be read. */
const salvageFailure = (run: Run) => (error: Errors.GenerateStreamError) =>
  Effect.gen(function* () {
    const generationId = Save.generationOf(error)
    yield* salvagePictures(run, { result: error._tag, images: Save.imagesOf(error), generationId, isNamed: true })
    const text = Save.answerOf(error)
    if (text !== undefined) {
      const { path, problem } = yield* Save.answer(text, run.place)
      yield* Print.note([["answer", path ?? problem ?? ""]])
    }
    return yield* (yield* isPriced(run)) ? Received.markBilled(error) : error
  })

/** What a cancelled run cost, as far as that is known, or how to ask. */
const describeCancelled = (isPriced: boolean, underWay: UnderWay.UnderWay): string => {
  if (isPriced) return "cancelled: what it cost until then is shown above"
  if (underWay._tag === "Free") return "cancelled: nothing is billed"
  return underWay.generationId === undefined
    ? "cancelled: it is not known whether it is billed"
    : `cancelled: it is not known whether it is billed; the line below asks\n${costCommand(underWay.generationId)}`
}

const reportCancelled = (run: Run) =>
  Effect.gen(function* () {
    const underWay = yield* Ref.get(run.underWay)
    const generationId = UnderWay.generationOf(underWay)
    yield* salvagePictures(run, { result: "Interrupted", images: [], generationId, isNamed: false })
    const known = describeCancelled(yield* isPriced(run), underWay)
    yield* Console.error(run.emulated ? "cancelled: nothing is billed by the emulator" : known)
  })

/** Sends the request, as a stream or for one answer. */
const send = ({ options, request, received, underWay }: Run, requestOptions: Images.RequestOptions) =>
  Effect.gen(function* () {
    const waiting = yield* Waiting.make(request.model)
    const observed = UnderWay.follow(underWay, { ...requestOptions, ...waiting.options })
    return yield* options.stream
      ? StreamedGeneration.run(request, observed, received, waiting)
      : Images.generate(request, observed).pipe(withSpinner(waiting.words))
  })

/** Draws the finished pictures for `--show`; a stream has drawn them already. */
const draw = (images: Pictures, { show, stream }: OutputOptions) =>
  Effect.gen(function* () {
    const screen = yield* Screen
    if (!show || stream || !(yield* screen.stderr).isTerminal) return
    const canvas = yield* Canvas.make
    const drawn = yield* Effect.forEach(images, (image) => Effect.zipLeft(canvas.draw(image), canvas.keep))
    if (drawn.includes(false)) yield* Console.error("--show: this terminal cannot show such pictures")
  })

/** Saves the pictures and reports them; the cost is printed before any failure. */
const deliver = (run: Run, summary: Report.Summary) =>
  Effect.gen(function* () {
    const { options, request } = run
    const { data } = summary.response
    const saved = yield* Save.pictures(data, withProvenance(run, summary.response))
    yield* draw(data, options)
    yield* reportPictures(run, data, saved)
    yield* Console.error(Report.summary(summary))
    const files = saved.flatMap(({ path }) => path ?? [])
    if (options.json) yield* Print.json(Report.document(summary, request, files))
    if (data.length === 0) return yield* new NoPictureError({ model: request.model })
    const problems = saved.flatMap(({ problem }) => problem ?? [])
    if (problems.length > 0) {
      return yield* new FileError({
        problem: problems.join("\n"),
        cost: "As shown above.",
        advice: "Move the pictures that were saved elsewhere; choose another folder with --out."
      })
    }
    if (options.open) yield* Opener.openFiles(files)
  })

const noPreviews = ({ model }: Request): string =>
  `${model} sent no previews; \`openrouter-images models --supports streaming\` lists the models that do`

/**
 * Makes pictures and saves them. The paths go to stdout, one per line; everything else goes to stderr. Once an answer
 * has arrived, nothing interrupts its saving.
 */
export const produce = (
  request: Request,
  options: OutputOptions
): Effect.Effect<
  void,
  Errors.GenerateStreamError | EmulatedError | FileError | NoPictureError | UsageError,
  Images.Images | Connection | Screen | Opener.Opener | FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function* () {
    const { emulated } = yield* Connection
    const requestOptions = yield* Timeout.ofOptions(options)
    yield* Save.prepare(options.out)
    const place = { folder: options.out, stem: stem(request.prompt, yield* Clock.currentTimeMillis) }
    const received = yield* Ref.make(Received.empty)
    const run: Run = { request, options, place, emulated, received, underWay: yield* UnderWay.make }
    yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const [took, response] = yield* send(run, requestOptions).pipe(
          Effect.provide(Limits.layer(options)),
          Effect.timed,
          restore,
          Effect.onInterrupt(() => reportCancelled(run)),
          Effect.catchAll(salvageFailure(run)),
          withSuggestion(request.model),
          Effect.mapError((error) => (emulated ? new EmulatedError({ error }) : error))
        )
        if (options.stream && !(yield* Ref.get(received)).isGradual)
          yield* Print.note([["stream", noPreviews(request)]])
        yield* deliver(run, { response, model: request.model, asked: request.n ?? 1, took, emulated })
      })
    )
  })

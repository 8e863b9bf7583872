/**
 * Draws what a tool asks for: within the budget, with the person's consent, and never without saving what was paid for.
 */
import type * as McpSchema from "@effect/ai/McpSchema"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import {
  type Budget,
  type Catalog,
  type Errors,
  type GeneratedImage,
  type Images,
  type ImagesSchema,
  Provenance,
  Quote
} from "effect-openrouter-images"
import { Connection } from "../../../cli/src/Connection.js"
import * as Received from "../../../cli/src/commands/generate/Received.js"
import * as UnderWay from "../../../cli/src/commands/generate/UnderWay.js"
import type { FileError } from "../../../cli/src/failure/Failure.js"
import { stem } from "../../../cli/src/output/FileName.js"
import * as Save from "../../../cli/src/output/Save.js"
import * as Folders from "../files/Folders.js"
import { Settings } from "../Settings.js"
import * as Words from "../Words.js"
import * as Allowance from "./Allowance.js"
import * as Consent from "./Consent.js"
import * as Report from "./Report.js"
import * as Sending from "./Sending.js"
import * as Suggestion from "./Suggestion.js"
import * as UnknownPrice from "./UnknownPrice.js"
import * as Unsaved from "./Unsaved.js"

type Request = ImagesSchema.ImageGenerationRequest
type Files = FileSystem.FileSystem | Path.Path

/** A call of a tool that draws. */
interface Drawing {
  readonly request: Request
  readonly place: Save.Place
  readonly sending: Sending.Sending
}

/**
 * A path that holds wherever the agent is: what could not go into the folder is beside the server. What went nowhere is
 * kept.
 */
const tell = (saved: Save.Saved): Effect.Effect<Save.Saved, never, Path.Path> =>
  Effect.map(Path.Path, ({ resolve }) =>
    saved.path === undefined
      ? { ...saved, problem: `${saved.problem ?? ""} ${Unsaved.advice}` }
      : { ...saved, path: resolve(saved.path) }
  )

/** Saves the pictures of a response, each with where it comes from. */
const save = ({ place, request }: Drawing, response: ImagesSchema.ImageGenerationResponse) =>
  Effect.gen(function* () {
    const marked = { ...place, provenance: Provenance.of(request, response) }
    const saved = yield* Save.pictures(response.data, marked)
    yield* Unsaved.keep(
      response.data.filter((_, i) => saved[i]?.path === undefined),
      marked
    )
    return yield* Effect.forEach(saved, tell)
  })

/** Saves what arrived of a generation that did not succeed, and says where it is. */
const salvage = (
  drawing: Drawing,
  images: ReadonlyArray<GeneratedImage.GeneratedImage>,
  failedId: string | undefined
): Effect.Effect<Words.Rows, never, Files | Unsaved.Unsaved> =>
  Effect.gen(function* () {
    const seen = yield* Ref.get(drawing.sending.received)
    const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const response = Received.responseOf(seen, images, failedId, now)
    if (response.data.length > 0) return Report.savedRows(yield* save(drawing, response))
    if (seen.preview === undefined) return []
    const at = { ...drawing.place, stem: `${drawing.place.stem}-preview` }
    const { path, problem } = yield* Save.picture(seen.preview.image, 0, 1, at)
    return [["preview", path ?? problem]]
  })

/** What a failure left, and what to know beside it. */
const explain =
  (drawing: Drawing) =>
  (
    error: Errors.GenerateStreamError
  ): Effect.Effect<
    Report.Answer,
    never,
    Files | Budget.Budget | Budget.BudgetStore | Connection | Images.Images | Settings | Unsaved.Unsaved
  > =>
    Effect.gen(function* () {
      const { emulated } = yield* Connection
      const saved = yield* salvage(drawing, Save.imagesOf(error), Save.generationOf(error))
      const text = Save.answerOf(error)
      const answer = text === undefined ? undefined : yield* Save.answer(text, drawing.place)
      const isPriced = Received.isPriced(yield* Ref.get(drawing.sending.received))
      const budget =
        error._tag === "BudgetExceededError" ? yield* Allowance.outlook(error.quoteUsd) : yield* Allowance.status
      const rows: Words.Rows = [
        ...saved,
        ["answer", answer?.path ?? answer?.problem],
        ...(yield* Suggestion.rowsOf(drawing.request.model, error)),
        ["budget", budget]
      ]
      return Report.failed(isPriced ? Received.markBilled(error) : error, rows, { emulated })
    })

/** The agent is gone, or has cancelled: only the person still reads what is said. */
const noteCancelled = (drawing: Drawing) =>
  Effect.gen(function* () {
    const underWay = yield* Ref.get(drawing.sending.underWay)
    const id = UnderWay.generationOf(underWay)
    const saved = yield* salvage(drawing, [], id)
    const cost = underWay._tag === "Free" ? "nothing" : id === undefined ? "unknown" : `unknown; generation ${id}`
    yield* Console.error(Words.lines([["cancelled", drawing.request.model], ...saved, ["cost", cost]]))
  })

const deliver = (drawing: Drawing, response: ImagesSchema.ImageGenerationResponse) =>
  Effect.gen(function* () {
    const { emulated } = yield* Connection
    const saved = yield* save(drawing, response)
    return yield* Report.drawn({ request: drawing.request, response, saved, emulated, left: yield* Allowance.status })
  })

/** Once an answer has arrived, nothing interrupts its saving: the agent may cancel, but what is paid for is kept. */
const run = (drawing: Drawing, quote: Quote.Quote) =>
  Effect.uninterruptibleMask((restore) =>
    Sending.send(drawing.request, drawing.sending).pipe(
      Effect.provideService(UnknownPrice.Accepted, !Number.isFinite(quote.maxUsd)),
      restore,
      Effect.onInterrupt(() => noteCancelled(drawing)),
      Effect.matchEffect({
        onFailure: explain(drawing),
        onSuccess: (response) => deliver(drawing, response)
      })
    )
  )

/** Draws a request. The answer says what it cost, also where it failed. */
export const draw = (
  request: Request
): Effect.Effect<
  Report.Answer,
  Errors.ListModelEndpointsError | Consent.NoConsent | FileError,
  | Images.Images
  | Catalog.Catalog
  | Budget.Budget
  | Budget.BudgetStore
  | Connection
  | Settings
  | McpSchema.McpServerClient
  | Unsaved.Unsaved
  | Files
> =>
  Effect.gen(function* () {
    const { output } = yield* Settings
    const quote = yield* Quote.estimate(request)
    yield* Consent.require(request, quote)
    yield* Folders.prepare(output)
    yield* Unsaved.requireNone
    const place = { folder: output, stem: stem(request.prompt, yield* Clock.currentTimeMillis) }
    return yield* run({ request, place, sending: yield* Sending.make }, quote)
  }).pipe(Suggestion.answering(request.model))

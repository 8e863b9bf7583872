/**
 * Saves the pictures of each model within the generation itself. Between an answer and its pictures on the disk there
 * is no moment in which an interruption could lose what was paid for.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import { type Errors, type GeneratedImage, Images, ImagesSchema, Provenance } from "effect-openrouter-images"
import * as ExitCode from "../../failure/ExitCode.js"
import { slug } from "../../output/FileName.js"
import * as Save from "../../output/Save.js"
import * as UnderWay from "../generate/UnderWay.js"
import * as Outcome from "./Outcome.js"

type Request = ImagesSchema.ImageGenerationRequest
type Response = ImagesSchema.ImageGenerationResponse
type Files = FileSystem.FileSystem | Path.Path

/** How far a model is. */
export interface Progress {
  readonly beganMillis: number
  readonly outcome?: Outcome.Outcome
}

/** A comparison under way. */
export interface Run {
  readonly folder: string
  readonly provenance: boolean
  readonly emulated: boolean
  readonly progress: Map<Request, Progress>
}

/** What is known when the answer, or the failure, is there. */
type Facts = Pick<Outcome.Outcome, "provider" | "generationId" | "costUsd" | "billing" | "failure">

const factsOfResponse = (request: Request, { data, generationId, providerName, usage }: Response): Facts => ({
  ...{ provider: providerName, generationId, costUsd: ImagesSchema.totalCostUsd(usage), billing: "billed" },
  failure: data.length === 0 ? Outcome.noPicture(request.model) : undefined
})

const factsOfError = (error: Errors.GenerateError): Facts => ({
  ...{ provider: undefined, generationId: Save.generationOf(error), billing: error.billing },
  costUsd: error.billing === "notBilled" ? 0 : undefined,
  failure: { tag: error._tag, code: ExitCode.of(error), message: error.message }
})

const factsOfInterruption = (underWay: UnderWay.UnderWay): Facts => {
  const isFree = underWay._tag === "Free"
  return {
    provider: undefined,
    generationId: UnderWay.generationOf(underWay),
    billing: isFree ? "notBilled" : "unknown",
    costUsd: isFree ? 0 : undefined,
    failure: {
      tag: "Interrupted",
      code: ExitCode.interrupted,
      message: isFree ? "it had cost nothing yet" : "it was under way"
    }
  }
}

interface Ending {
  readonly facts: Facts
  readonly images: ReadonlyArray<GeneratedImage.GeneratedImage>
  /** The text of an answer that cannot be read. */
  readonly answer?: string | undefined
  readonly response?: Response
}

const endingOf = (
  request: Request,
  exit: Exit.Exit<Response, Errors.GenerateError>,
  underWay: UnderWay.UnderWay
): Ending => {
  if (Exit.isSuccess(exit))
    return { facts: factsOfResponse(request, exit.value), images: exit.value.data, response: exit.value }
  return Option.match(Cause.failureOption(exit.cause), {
    onNone: () => ({ facts: factsOfInterruption(underWay), images: [] }),
    onSome: (error) => ({ facts: factsOfError(error), images: Save.imagesOf(error), answer: Save.answerOf(error) })
  })
}

/** Saves what has arrived. */
const save = (run: Run, request: Request, { answer, facts, images, response }: Ending, took: Duration.Duration) =>
  Effect.gen(function* () {
    const paths = yield* Path.Path
    const created = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const place = {
      folder: run.folder,
      stem: slug(request.model),
      provenance: run.provenance ? Provenance.of(request, response ?? { created, data: images }) : undefined
    }
    const saved = yield* Save.pictures(images, place)
    const text = answer === undefined ? [] : [yield* Save.answer(answer, place)]
    const problem = [...saved, ...text].find((one) => one.problem !== undefined)?.problem
    const outcome: Outcome.Outcome = {
      ...{ model: request.model, took, emulated: run.emulated, ...facts },
      failure: problem === undefined ? facts.failure : { tag: "FileError", code: ExitCode.files, message: problem },
      pictures: images.map((image, i) => {
        const path = saved[i]?.path
        return { image, file: path === undefined ? undefined : paths.relative(run.folder, path) }
      })
    }
    return outcome
  })

/** `Images` that saves, and remembers what came of each request. */
const layerSaving = (run: Run): Layer.Layer<Images.Images, never, Images.Images | Files> =>
  Layer.effect(
    Images.Images,
    Effect.gen(function* () {
      const images = yield* Images.Images
      const context = yield* Effect.context<Files>()
      return {
        ...images,
        generate: (request, options) =>
          Effect.uninterruptibleMask((restore) =>
            Effect.gen(function* () {
              const underWay = yield* UnderWay.make
              const followed = UnderWay.follow(underWay, options)
              const beganMillis = yield* Clock.currentTimeMillis
              run.progress.set(request, { beganMillis })
              const [took, exit] = yield* Effect.timed(Effect.exit(restore(images.generate(request, followed))))
              const outcome = yield* save(run, request, endingOf(request, exit, yield* Ref.get(underWay)), took)
              run.progress.set(request, { beganMillis, outcome })
              return yield* exit
            }).pipe(Effect.provide(context))
          )
      }
    })
  )

/** The same around `limits`, whose refusals are outcomes as well. */
export const layer = (
  run: Run,
  limits: Layer.Layer<Images.Images, never, Images.Images>
): Layer.Layer<Images.Images, never, Images.Images | Files> => Layer.provide(layerSaving(run), limits)

/** What came of the models, in their order. */
export const outcomesOf = ({ progress }: Run, requests: ReadonlyArray<Request>): ReadonlyArray<Outcome.Outcome> =>
  requests.flatMap((request) => progress.get(request)?.outcome ?? [])

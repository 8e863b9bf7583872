/** Makes the pictures of a generation, bills it, and answers with them: as JSON or as a stream. */
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import { GeneratedImage, ImagesSchema } from "effect-openrouter-images"
import type { Accepted } from "./Accepted.js"
import * as Answer from "./Answer.js"
import { check } from "./Checks.js"
import type { Fault } from "./Fault.js"
import * as Frames from "./Frames.js"
import * as Picture from "./Picture.js"
import * as Preview from "./Preview.js"
import { costOf, imageTokens, textTokens } from "./Price.js"
import { type Refusal, refuse } from "./Refusal.js"
import { textOf } from "./RequestText.js"
import type { State } from "./State.js"

const answerGeneration = Answer.encoded(ImagesSchema.ImageGenerationResponse)
const encodeUsage = Schema.encodeSync(ImagesSchema.ImageGenerationUsage)

const draw = ({ format, request, size }: Accepted, seed: number): Effect.Effect<GeneratedImage.GeneratedImage> =>
  Effect.map(
    Picture.draw({
      prompt: request.prompt,
      ...size,
      seed,
      format,
      background: request.background === "transparent" ? "transparent" : "opaque",
      label: request.model,
      ...(request.outputCompression === undefined ? {} : { compression: request.outputCompression })
    }),
    (bytes) => GeneratedImage.make(bytes)
  )

const usageOf = (accepted: Accepted, pictures: number): ImagesSchema.ImageGenerationUsage => {
  const cost = costOf(accepted, pictures)
  const promptTokens = textTokens(accepted)
  const completionTokens = pictures * imageTokens(accepted)
  return {
    promptTokens,
    completionTokens,
    totalTokens: promptTokens + completionTokens,
    cost,
    costDetails: {
      upstreamInferenceCost: cost,
      upstreamInferencePromptCost: 0,
      upstreamInferenceCompletionsCost: cost
    },
    isByok: false,
    completionTokensDetails: { imageTokens: completionTokens, reasoningTokens: 0 }
  }
}

const authorized = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<void, Refusal> =>
  /^Bearer \S+$/.test(request.headers["authorization"] ?? "")
    ? Effect.void
    : Effect.fail(refuse(401, "Missing Authentication header"))

/** What a viewer sees before the first picture is done. */
const progressOf = (
  accepted: Accepted,
  pictures: ReadonlyArray<GeneratedImage.GeneratedImage>
): Effect.Effect<Frames.Progress> => {
  const [first] = pictures
  if (first === undefined) return Effect.succeed({ previews: [], chunks: [] })
  if (accepted.format === "svg") {
    const markup = new TextDecoder().decode(first.bytes)
    return Effect.succeed({ previews: [], chunks: markup.match(/.{1,400}/gsu) ?? [] })
  }
  return Effect.forEach(Array.from({ length: Preview.steps }), (_, i) => Preview.draw(first.bytes, i)).pipe(
    Effect.map((all) => ({ previews: all.map((bytes) => GeneratedImage.make(bytes).b64Json), chunks: [] }))
  )
}

/** A stream whose fault keeps the picture from coming was not billed, unless the fault says that it had completed. */
const isBilled = (fault: Fault | null, streamed: boolean): boolean => {
  if (!streamed || fault === null || fault.afterCompletion === true) return true
  if (fault._tag === "Reset" || fault._tag === "Stall") return false
  return fault._tag !== "Stream" || (fault.how !== "error" && fault.how !== "doneEarly" && fault.how !== "endEarly")
}

const answerStream = (text: string, headers: Readonly<Record<string, string>>): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(text, { headers, contentType: "text/event-stream" })

export const generate =
  (state: State) =>
  (
    fault: Fault | null
  ): Effect.Effect<HttpServerResponse.HttpServerResponse, Refusal, HttpServerRequest.HttpServerRequest> =>
    Effect.gen(function* () {
      const http = yield* HttpServerRequest.HttpServerRequest
      yield* authorized(http)
      const accepted = yield* check(yield* textOf(http))
      const { endpoint, request } = accepted
      const pictures = request.n ?? 1
      const seed = request.seed ?? (yield* Random.nextIntBetween(0, 2 ** 31))
      const data = yield* Effect.forEach(Array.from({ length: pictures }), (_, i) => draw(accepted, seed + i))
      const usage = usageOf(accepted, pictures)
      const entry = {
        model: request.model,
        provider: endpoint.providerSlug,
        prompt: request.prompt,
        pictures,
        costUsd: usage.cost ?? 0
      }
      const headers = isBilled(fault, accepted.stream)
        ? { "x-generation-id": (yield* state.bill(entry)).generationId }
        : {}
      const created = Math.floor((yield* Clock.currentTimeMillis) / 1000)
      if (!accepted.stream) return answerGeneration({ created, data, usage }, headers)
      const final = {
        pictures: data.map((image) => ({ b64: image.b64Json, mediaType: image.mediaType })),
        created,
        usage: encodeUsage(usage)
      }
      const progress = yield* progressOf(accepted, data)
      return answerStream(Frames.body(progress, final, fault?._tag === "Stream" ? fault : undefined), headers)
    })

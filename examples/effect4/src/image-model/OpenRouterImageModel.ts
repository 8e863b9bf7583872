// `ImageModel` by OpenRouter: over `Images`, so whatever layers a program has over it (Budget, Fallback, Cache) hold here as well.

import { Context, DateTime, Effect, Layer, Option, Ref, Stream } from "effect"
import { Model, Response, Telemetry } from "effect/ai"
import { type GeneratedImage, Images, ImagesSchema, InputReference } from "effect-openrouter-images"
import * as ImageModel from "./ImageModel.js"
import { toAiError } from "./openRouterErrors.js"

// Not under `openrouter`: that name has another type in `@effect/ai-openrouter`.
declare module "effect/ai/Response" {
  export interface FinishPartMetadata extends ProviderMetadata {
    readonly openrouterImages?: {
      /** In US dollars, the part included that your own provider key paid. `null` where it is not known. */
      readonly costUsd: number | null
      readonly providerName: string | null
      /** Whether the pictures existed already and cost nothing. */
      readonly cached: boolean
    } | null
  }
}

/** What only OpenRouter takes. */
export interface ConfigOptions
  extends Partial<
    Omit<ImagesSchema.ImageGenerationRequest, "prompt" | "inputReferences" | "n" | "size" | "aspectRatio" | "seed">
  > {}

/** Options for the calls within an effect. They win over those of the layer. */
export class Config extends Context.Service<Config, ConfigOptions>()("image-model/OpenRouterImageModel/Config") {}

const referenceOf = ({ data, mediaType }: ImageModel.Reference): InputReference.InputReference => {
  if (data instanceof URL) return InputReference.fromUrl(data)
  if (typeof data === "string") return InputReference.fromUrl(`data:${mediaType};base64,${data}`)
  return InputReference.fromBytes(data, mediaType)
}

const fileOf = ({ bytes, mediaType }: GeneratedImage.GeneratedImage): Response.FilePart =>
  Response.makePart("file", { mediaType, data: bytes })

/** What is known of an answer besides its pictures. */
type Facts = Omit<ImagesSchema.ImageGenerationResponse, "data"> & { readonly model: string }

const metadataPart = ({ created, generationId, model }: Facts): Response.ResponseMetadataPart =>
  Response.makePart("response-metadata", {
    id: generationId,
    modelId: model,
    timestamp: Option.getOrUndefined(DateTime.make(created * 1000))
  })

/** `Usage` throws on a part of a token, and a picture that is paid for must not be lost by that. */
const tokens = (count: number | undefined): number | undefined => (Number.isSafeInteger(count) ? count : undefined)

const finishPart = ({ cached, providerName, usage }: Facts): Response.FinishPart =>
  Response.makePart("finish", {
    reason: "stop",
    usage: new Response.Usage({
      inputTokens: { total: tokens(usage?.promptTokens) },
      outputTokens: { total: tokens(usage?.completionTokens) }
    }),
    metadata: {
      openrouterImages: {
        costUsd: ImagesSchema.totalCostUsd(usage) ?? null,
        providerName: providerName ?? null,
        cached: cached === true
      }
    }
  })

/** The conventions' name for generating content of any kind. They have none for pictures alone. */
const operation = { name: "generate_content" } as const

const annotateRequest = (
  { span }: ImageModel.ProviderOptions,
  { model, seed }: ImagesSchema.ImageGenerationRequest
): void =>
  Telemetry.addGenAIAnnotations(span, { provider: { name: "openrouter" }, operation, request: { model, seed } })

const annotateResponse = ({ span }: ImageModel.ProviderOptions, { generationId, model, usage }: Facts): void =>
  Telemetry.addGenAIAnnotations(span, {
    response: { id: generationId, model, finishReasons: ["stop"] },
    usage: { inputTokens: usage?.promptTokens, outputTokens: usage?.completionTokens }
  })

/** Without what has no part: the markup of an SVG on its way, and events that nobody knows. */
const partsOf = (event: ImagesSchema.ImageStreamEvent): ReadonlyArray<ImageModel.StreamPart> => {
  switch (event._tag) {
    case "PartialImage":
      return [{ type: "preview", index: event.partialImageIndex, image: fileOf(event.image) }]
    case "Completed":
      return [fileOf(event.image)]
    default:
      return []
  }
}

export interface Options {
  readonly model: ImagesSchema.Model
  readonly config?: Omit<ConfigOptions, "model"> | undefined
}

/** The service over the `Images` of the context. */
export const make = ({ config, model }: Options): Effect.Effect<ImageModel.Service, never, Images.Images> =>
  Effect.map(Images.Images, (images) => {
    const requestOf = ({ aspectRatio, n, prompt, references, seed, size }: ImageModel.ProviderOptions) =>
      Effect.map(
        Effect.serviceOption(Config),
        (override): ImagesSchema.ImageGenerationRequest => ({
          model,
          ...config,
          ...Option.getOrUndefined(override),
          ...{ prompt, n, size, aspectRatio, seed },
          inputReferences: references.length === 0 ? undefined : references.map(referenceOf)
        })
      )

    return ImageModel.make({
      generate: (options) =>
        Effect.gen(function* () {
          const request = yield* requestOf(options)
          annotateRequest(options, request)
          const { data, ...answer } = yield* Effect.mapError(images.generate(request), toAiError("generate"))
          const facts = { ...answer, model: answer.fallback?.model ?? answer.request?.model ?? request.model }
          annotateResponse(options, facts)
          return [metadataPart(facts), ...data.map(fileOf), finishPart(facts)]
        }),

      stream: (options) =>
        Effect.gen(function* () {
          const request = yield* requestOf(options)
          annotateRequest(options, request)
          const last = yield* Ref.make(Option.none<ImagesSchema.Completed>())
          // The last picture of a stream brings what is known of all of it.
          const end = Effect.map(Ref.get(last), (completed) =>
            Option.toArray(completed).flatMap((event) => {
              const facts = { ...event, model: event.model ?? request.model }
              annotateResponse(options, facts)
              return [metadataPart(facts), finishPart(facts)]
            })
          )
          return images.generateStream(request).pipe(
            Stream.mapError(toAiError("stream")),
            Stream.tap((event) => (event._tag === "Completed" ? Ref.set(last, Option.some(event)) : Effect.void)),
            Stream.flatMap((event) => Stream.fromIterable(partsOf(event))),
            Stream.concat(Stream.fromIterableEffect(end))
          )
        }).pipe(Stream.unwrap)
    })
  })

/** `ImageModel` by a model of OpenRouter. */
export const layer = (options: Options): Layer.Layer<ImageModel.ImageModel, never, Images.Images> =>
  Layer.effect(ImageModel.ImageModel, make(options))

/** The same, with the provider's name for programs that ask for it. */
export const model = (
  model: ImagesSchema.Model,
  config?: Options["config"]
): Model.Model<"openrouter", ImageModel.ImageModel, Images.Images> =>
  Model.make("openrouter", model, layer({ model, config }))

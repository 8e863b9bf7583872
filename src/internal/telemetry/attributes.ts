/**
 * Defines the telemetry attributes of a generation: those of OpenTelemetry's semantic conventions for generative AI,
 * and our own.
 */
import * as Either from "effect/Either"
import type * as Errors from "../../Errors.js"
import * as GeneratedImage from "../../GeneratedImage.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { type ImageGenerationUsage, totalCostUsd } from "../../Schema/ImageGenerationUsage.js"
import { generationIdIn } from "../errors/generationIdIn.js"
import { present } from "../schema/present.js"

export type Attributes = Readonly<Record<string, unknown>>

/** The conventions' name for generating content of any kind. They have none for pictures alone. */
const operation = "generate_content"

export const spanName = ({ model }: ImageGenerationRequest): string => `${operation} ${model}`

/** The labels that spans and metrics of a request share. */
export const labels = ({ model }: ImageGenerationRequest): Readonly<Record<string, string>> => ({
  "gen_ai.operation.name": operation,
  "gen_ai.provider.name": "openrouter",
  "gen_ai.request.model": model
})

/** The content that a span may record. Neither part unless you ask for it. */
export interface Content {
  readonly prompts: boolean
  readonly pictures: boolean
}

const blob = (mediaType: string, content: string) => ({
  type: "blob",
  modality: "image",
  mime_type: mediaType,
  content
})

const dataUrl = /^data:([^;,]*)[^,]*;base64,/i

/** A reference that is an address belongs to the prompt. One that is a picture belongs to the pictures. */
const referenceParts = (
  { inputReferences = [] }: ImageGenerationRequest,
  { pictures, prompts }: Content
): ReadonlyArray<object> =>
  inputReferences.flatMap(({ imageUrl: { url } }): ReadonlyArray<object> => {
    const [prefix, mediaType = ""] = dataUrl.exec(url) ?? []
    if (prefix === undefined) return prompts ? [{ type: "uri", modality: "image", uri: url }] : []
    return pictures ? [blob(mediaType, url.slice(prefix.length))] : []
  })

/** None where it would be longer than a string can be: telemetry must not lose a picture. */
const jsonOf = (value: unknown): string | undefined => Either.getOrUndefined(Either.try(() => JSON.stringify(value)))

const inputMessages = (request: ImageGenerationRequest, content: Content): string | undefined => {
  const text = content.prompts ? [{ type: "text", content: request.prompt }] : []
  const parts = [...text, ...referenceParts(request, content)]
  return parts.length === 0 ? undefined : jsonOf([{ role: "user", parts }])
}

export const requestAttributes = (request: ImageGenerationRequest, content: Content): Attributes => ({
  ...labels(request),
  "gen_ai.output.type": "image",
  ...present({
    "gen_ai.request.choice.count": request.n === 1 ? undefined : request.n,
    "gen_ai.request.seed": request.seed,
    "gen_ai.conversation.id": request.sessionId,
    "gen_ai.input.messages": inputMessages(request, content)
  })
})

/** The result of a generation so far. */
export interface Outcome {
  readonly images: ReadonlyArray<GeneratedImage.GeneratedImage>
  readonly usage?: ImageGenerationUsage | undefined
  readonly generationId?: string | undefined
  /** Set where it is not the requested model. */
  readonly model?: string | undefined
  readonly cached?: true | undefined
  /** The calls that were made in place of one. */
  readonly calls?: ReadonlyArray<unknown> | undefined
}

const outputMessages = (images: Outcome["images"]): string | undefined =>
  jsonOf([
    {
      role: "assistant",
      parts: images.map(({ b64Json, mediaType }) => blob(mediaType, b64Json)),
      finish_reason: "stop"
    }
  ])

/** The cost by its usage. A cache hit costs nothing. */
export const costOf = ({ cached, usage }: Outcome): number | undefined => (cached ? 0 : totalCostUsd(usage))

export const resultAttributes = (outcome: Outcome, { pictures }: Content): Attributes =>
  present({
    "openrouter.images": outcome.images.length,
    "openrouter.calls": outcome.calls?.length,
    "gen_ai.response.id": outcome.generationId,
    "gen_ai.response.model": outcome.model,
    "gen_ai.usage.input_tokens": outcome.usage?.promptTokens,
    "gen_ai.usage.output_tokens": outcome.usage?.completionTokens,
    "openrouter.cost_usd": costOf(outcome),
    "openrouter.cached": outcome.cached,
    "gen_ai.output.messages": pictures && outcome.images.length > 0 ? outputMessages(outcome.images) : undefined
  })

/** The differences of a deviation, by the API's names. */
const differences = {
  size: "size",
  resolution: "resolution",
  aspectRatio: "aspect_ratio",
  outputFormat: "output_format",
  background: "background"
} as const satisfies Record<keyof GeneratedImage.Deviation, string>

/** For each picture that is not what was asked for: its index, and what was asked and delivered. */
export const deviations = (request: ImageGenerationRequest, { images }: Outcome): ReadonlyArray<Attributes> =>
  images.flatMap((image, index) => {
    const found = GeneratedImage.deviation(image, request)
    return found === undefined ? [] : [{ "openrouter.image_index": index, ...differenceAttributes(found) }]
  })

const differenceAttributes = (found: GeneratedImage.Deviation): Attributes =>
  Object.fromEntries(
    (Object.keys(differences) as ReadonlyArray<keyof GeneratedImage.Deviation>).flatMap((field) => {
      const difference = found[field]
      if (difference === undefined) return []
      const name = `openrouter.deviation.${differences[field]}`
      return [
        [`${name}.asked`, difference.asked],
        [`${name}.delivered`, difference.delivered]
      ]
    })
  )

/**
 * The attributes of a failure that have few values, and the generation's id. Messages are left out: they may repeat the
 * prompt.
 */
export const failureAttributes = (error: Errors.OpenRouterError): Attributes =>
  present({
    "error.type": error._tag,
    "openrouter.billing": error.billing,
    "http.response.status_code": "httpStatus" in error ? error.httpStatus : undefined,
    "gen_ai.response.id": generationIdIn(error)
  })

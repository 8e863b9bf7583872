import * as Schema from "effect/Schema"
import { ImagesSchema } from "effect-openrouter-images"

const encodeUsage = Schema.encodeSync(ImagesSchema.ImageGenerationUsage)

/** An event as the API writes it. */
const jsonOf = (event: ImagesSchema.ImageStreamEvent): unknown => {
  switch (event._tag) {
    case "PartialImage":
      return {
        type: "image_generation.partial_image",
        partial_image_index: event.partialImageIndex,
        b64_json: event.image.b64Json
      }
    case "TextChunk":
      return { type: "image_generation.text_chunk", text: event.text, phase: event.phase }
    case "Completed":
      return {
        type: "image_generation.completed",
        b64_json: event.image.b64Json,
        media_type: event.image.mediaType,
        created: event.created,
        ...(event.usage === undefined ? {} : { usage: encodeUsage(event.usage) })
      }
    default:
      return event.payload
  }
}

/** A stream with these events, with a comment before the first and `[DONE]` after the last. */
export const streamText = (events: ReadonlyArray<ImagesSchema.ImageStreamEvent>, lineEnd = "\n"): string =>
  [": OPENROUTER PROCESSING", ...events.map((event) => `data: ${JSON.stringify(jsonOf(event))}`), "data: [DONE]"]
    .map((line) => `${line}${lineEnd}${lineEnd}`)
    .join("")

export const encodeResponse = Schema.encodeSync(ImagesSchema.ImageGenerationResponse)
export const encodeModels = Schema.encodeSync(ImagesSchema.ImageModelsListResponse)
export const encodeEndpoints = Schema.encodeSync(ImagesSchema.ImageModelEndpointsResponse)

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** From a server-sent event to what it means. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Errors from "../Errors.js"
import * as GeneratedImage from "../GeneratedImage.js"
import { ImageGenerationUsage } from "../Schema/ImageGenerationUsage.js"
import { Completed, type ImageStreamEvent, PartialImage, TextChunk, UnknownEvent } from "../Schema/ImageStreamEvent.js"
import { imagesOf, type Origin, unreadable } from "./conclude.js"
import { decoder } from "./issues.js"
import { present } from "./present.js"
import { parseJson } from "./responseError.js"
import { restored, withUsage } from "./restored.js"
import type { ServerSentEvent } from "./sse.js"
import { nullish, orAbsent } from "./wire.js"

/** What an event means to the stream that it comes in. */
export type Meaning =
  | { readonly _tag: "Event"; readonly event: ImageStreamEvent }
  | { readonly _tag: "Done" }
  | { readonly _tag: "Failed"; readonly error: Errors.ImageStreamError | Errors.ResponseValidationError }

/** A picture stands in the JSON as its number. */
const decodePartial = decoder(Schema.Struct({ partial_image_index: Schema.Number, b64_json: Schema.Number }))
const decodeText = decoder(Schema.Struct({ text: Schema.String, phase: Schema.String }))
const decodeCompleted = decoder(
  Schema.Struct({
    b64_json: Schema.Number,
    media_type: nullish(Schema.String),
    created: Schema.Number,
    usage: nullish(ImageGenerationUsage)
  })
)

const pictureAt = ({ data }: ServerSentEvent, index: number, mediaType?: string): GeneratedImage.GeneratedImage =>
  GeneratedImage.make(data.pictures[index] as Uint8Array, mediaType)

const unknown = (event: ServerSentEvent, type: string, json: unknown, text: string): ImageStreamEvent =>
  new UnknownEvent({ type, payload: json === undefined ? text : restored(json, event.data.pictures) })

const decodedOf = ({ data: { faults, pictures } }: ServerSentEvent, json: unknown) => {
  if (faults.length > 0) return Either.left(faults.map(({ message }) => ({ path: ["b64_json"], message })))
  if (json === undefined) return Either.left([{ path: [], message: "the event is not JSON" }])
  return decodeCompleted(withUsage(json, pictures))
}

const completed = (event: ServerSentEvent, json: unknown, text: string, origin: Origin): Meaning => {
  const decoded = decodedOf(event, json)
  if (Either.isRight(decoded)) {
    const { b64_json, created, media_type, usage } = decoded.right
    const image = pictureAt(event, b64_json, orAbsent(media_type))
    const told = present({ usage: orAbsent(usage), generationId: origin.headers["x-generation-id"] })
    return { _tag: "Event", event: new Completed({ image, created, ...told }) }
  }
  return { _tag: "Failed", error: unreadable("generateStream", origin, decoded.left, text, imagesOf(event.data)) }
}

const textOf = (value: unknown): string | undefined => (Predicate.isString(value) ? value : undefined)

/** Somebody on the way gave up waiting; the generation may go on. */
const gaveUp = ["408", "504", "524"]

const failed = (json: unknown, origin: Origin, afterPicture: boolean): Meaning | undefined => {
  const said = origin.mask.json(Predicate.isRecord(json) ? json["error"] : undefined)
  if (!Predicate.isRecord(said) || !Predicate.isString(said["message"])) return undefined
  const code = Predicate.isNumber(said["code"]) ? String(said["code"]) : textOf(said["code"])
  const error = new Errors.ImageStreamError({
    operation: "generateStream",
    billing: afterPicture || gaveUp.includes(code ?? "") ? "unknown" : "notBilled",
    message: said["message"],
    ...present({
      code,
      type: textOf(said["type"]),
      param: textOf(said["param"]),
      generationId: origin.headers["x-generation-id"]
    })
  })
  return { _tag: "Failed", error }
}

/** The value of a known event whose shape is the documented one. */
const known = (event: ServerSentEvent, type: string, json: unknown): ImageStreamEvent | undefined => {
  if (event.data.faults.length > 0) return undefined
  if (type === "image_generation.partial_image") {
    return Either.getOrUndefined(
      Either.map(
        decodePartial(json),
        (wire) =>
          new PartialImage({ partialImageIndex: wire.partial_image_index, image: pictureAt(event, wire.b64_json) })
      )
    )
  }
  if (type === "image_generation.text_chunk") {
    return Either.getOrUndefined(Either.map(decodeText(json), (wire) => new TextChunk(wire)))
  }
  return undefined
}

/** Whether a text that is no JSON was to be a final picture. */
export const isCompletedText = (text: string): boolean => text.includes('"image_generation.completed"')

/**
 * What an event means. A server that fails after a finished picture (`afterPicture`) leaves open whether it charges for that one.
 */
export const interpret = (event: ServerSentEvent, origin: Origin, afterPicture: boolean): Meaning => {
  const text = event.data.text()
  if (text.trim() === "[DONE]") return { _tag: "Done" }
  const json = parseJson(text)
  const type = (Predicate.isRecord(json) ? textOf(json["type"]) : undefined) ?? event.event
  if (type === "image_generation.completed" || (json === undefined && isCompletedText(text))) {
    return completed(event, json, text, origin)
  }
  const failure = type === "error" ? failed(json, origin, afterPicture) : undefined
  return failure ?? { _tag: "Event", event: known(event, type, json) ?? unknown(event, type, json, text) }
}

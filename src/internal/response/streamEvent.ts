/** From a server-sent event to what it means. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Errors from "../../Errors.js"
import * as GeneratedImage from "../../GeneratedImage.js"
import { type ImageStreamEvent, PartialImage, TextChunk, UnknownEvent } from "../../Schema/ImageStreamEvent.js"
import { type Origin, unreadable } from "../attempt/outcome.js"
import { isGivenUp } from "../attempt/status.js"
import type { ServerSentEvent } from "../decoding/sse.js"
import { saidBy } from "../errors/reported.js"
import { decoder } from "../schema/issues.js"
import { present } from "../schema/present.js"
import { completedEvents } from "./completedEvents.js"
import { type ReadEvent, readEvent } from "./eventKind.js"
import { factsOf, readGeneration } from "./generation.js"
import { restored } from "./restore.js"
import { isCharged } from "./usage.js"

/** What an event means to the stream that it comes in. */
export type Meaning =
  | { readonly _tag: "Events"; readonly events: ReadonlyArray<ImageStreamEvent> }
  | { readonly _tag: "Done" }
  | { readonly _tag: "Failed"; readonly error: Errors.ImageStreamError | Errors.ResponseValidationError }

/** A picture stands in the JSON as its number. */
const decodePartial = decoder(Schema.Struct({ partial_image_index: Schema.Number, b64_json: Schema.Number }))
const decodeText = decoder(Schema.Struct({ text: Schema.String, phase: Schema.String }))

/** An event has its picture where a response has a list of them. */
const asResponse = (json: unknown): unknown =>
  Predicate.isRecord(json) && !Array.isArray(json["data"]) ? { ...json, data: [json] } : json

const completed = ({ data }: ServerSentEvent, { json, text }: ReadEvent, origin: Origin): Meaning => {
  const content = { text, json: asResponse(json), pictures: data.pictures, faults: data.faults }
  const { headers, receivedAt } = origin
  return Either.match(readGeneration({ ...content, headers, receivedAt }), {
    onRight: (response) => ({ _tag: "Events", events: completedEvents(response) }),
    onLeft: (issues) => ({ _tag: "Failed", error: unreadable(origin, issues, content) })
  })
}

/** What the failure cost: a generation fails before its picture, save where somebody on the way only gave up waiting. */
const billingOf = (code: string | undefined, json: unknown, afterPicture: boolean): Errors.Billing => {
  if (afterPicture || isCharged(json)) return "billed"
  return isGivenUp(Number(code)) ? "unknown" : "notBilled"
}

const failed = ({ json, text }: ReadEvent, { headers, mask }: Origin, afterPicture: boolean): Meaning => {
  const said = saidBy(mask.json(json ?? text))
  const { message, ...fields } = said
  const facts = factsOf(headers)
  const error = new Errors.ImageStreamError({
    operation: "generateStream",
    billing: billingOf(said.code, json, afterPicture),
    message,
    ...present({ ...fields, ...facts })
  })
  return { _tag: "Failed", error }
}

/** The value of a known event whose shape is the documented one. */
const known = ({ data }: ServerSentEvent, { json, kind }: ReadEvent): ImageStreamEvent | undefined => {
  if (data.faults.length > 0) return undefined
  if (kind === "text") return Either.getOrUndefined(Either.map(decodeText(json), (wire) => new TextChunk(wire)))
  if (kind !== "partial") return undefined
  return Either.getOrUndefined(
    Either.map(decodePartial(json), (wire) => {
      const image = GeneratedImage.make(data.pictures[wire.b64_json] as Uint8Array)
      return new PartialImage({ partialImageIndex: wire.partial_image_index, image })
    })
  )
}

const unknown = ({ data }: ServerSentEvent, { json, text, type }: ReadEvent): ImageStreamEvent =>
  new UnknownEvent({ type, payload: json === undefined ? text : restored(json, data.pictures) })

/** What an event means. `afterPicture`: a finished picture of the same stream has come before it. */
export const interpret = (event: ServerSentEvent, origin: Origin, afterPicture: boolean): Meaning => {
  const read = readEvent(event)
  switch (read.kind) {
    case "done":
      return { _tag: "Done" }
    case "completed":
      return completed(event, read, origin)
    case "failed":
      return failed(read, origin, afterPicture)
    default:
      return { _tag: "Events", events: [known(event, read) ?? unknown(event, read)] }
  }
}

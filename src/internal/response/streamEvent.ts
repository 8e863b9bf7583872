/** Turns a server-sent event into its meaning. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Errors from "../../Errors.js"
import * as GeneratedImage from "../../GeneratedImage.js"
import { type ImageStreamEvent, PartialImage, TextChunk, UnknownEvent } from "../../Schema/ImageStreamEvent.js"
import { billingOfEvent } from "../attempt/billing.js"
import { type Origin, validationError } from "../attempt/outcome.js"
import { reportOf } from "../errors/reported.js"
import { decoder } from "../schema/issues.js"
import { present } from "../schema/present.js"
import { completedEvents } from "./completedEvents.js"
import type { ReadEvent } from "./eventKind.js"
import { readGeneration } from "./generation.js"
import { restorePictures } from "./restore.js"

/** What an event means to its stream. */
export type Meaning =
  | { readonly _tag: "Events"; readonly events: ReadonlyArray<ImageStreamEvent> }
  | { readonly _tag: "Done" }
  | { readonly _tag: "Failed"; readonly error: Errors.ImageStreamError | Errors.ResponseValidationError }

/** In the JSON, a number stands for a picture. */
const decodePartial = decoder(Schema.Struct({ partial_image_index: Schema.Number, b64_json: Schema.Number }))
const decodeText = decoder(Schema.Struct({ text: Schema.String, phase: Schema.String }))

/** An event has its picture where a response has a list of them. */
const asResponse = (json: unknown): unknown =>
  Predicate.isRecord(json) && !Array.isArray(json["data"]) ? { ...json, data: [json] } : json

const readCompleted = (event: ReadEvent, origin: Origin): Meaning => {
  const content = { ...event, json: asResponse(event.json) }
  const { facts, receivedAt } = origin
  return Either.match(readGeneration({ ...content, facts, receivedAt }), {
    onRight: (response) => ({ _tag: "Events", events: completedEvents(response) }),
    onLeft: (issues) => ({ _tag: "Failed", error: validationError(origin, issues, content) })
  })
}

const readFailure = ({ json, text }: ReadEvent, { facts, redact }: Origin, isAfterPicture: boolean): Meaning => {
  const { message, ...fields } = reportOf(redact.json(json ?? text))
  const error = new Errors.ImageStreamError({
    operation: "generateStream",
    billing: billingOfEvent(fields.code, json, isAfterPicture),
    message,
    ...present({ ...fields, ...facts })
  })
  return { _tag: "Failed", error }
}

/** The value of a known event with the documented shape. */
const readKnown = ({ faults, json, kind, pictures }: ReadEvent): ImageStreamEvent | undefined => {
  if (faults.length > 0) return undefined
  if (kind === "text") return Either.getOrUndefined(Either.map(decodeText(json), (wire) => new TextChunk(wire)))
  if (kind !== "partial") return undefined
  return Either.getOrUndefined(
    Either.map(decodePartial(json), (wire) => {
      const image = GeneratedImage.make(pictures[wire.b64_json] as Uint8Array)
      return new PartialImage({ partialImageIndex: wire.partial_image_index, image })
    })
  )
}

const readUnknown = ({ json, pictures, text, type }: ReadEvent): ImageStreamEvent =>
  new UnknownEvent({ type, payload: json === undefined ? text : restorePictures(json, pictures) })

/** The meaning of an event. `isAfterPicture`: a finished picture of the same stream came before it. */
export const interpret = (event: ReadEvent, origin: Origin, isAfterPicture: boolean): Meaning => {
  switch (event.kind) {
    case "done":
      return { _tag: "Done" }
    case "completed":
      return readCompleted(event, origin)
    case "failed":
      return readFailure(event, origin, isAfterPicture)
    default:
      return { _tag: "Events", events: [readKnown(event) ?? readUnknown(event)] }
  }
}

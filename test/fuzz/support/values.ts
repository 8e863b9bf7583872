import * as Duration from "effect/Duration"
import * as FastCheck from "effect/FastCheck"
import type * as Schema from "effect/Schema"
import { GeneratedImage, ImagesSchema } from "effect-openrouter-images"
import { samplesOf } from "../../support/samples.js"

/** A wait of an availability is written in seconds: to the millisecond for the next thirty years, and more is nonsense. */
const staysAsSeconds = (millis: number): boolean => Number.isSafeInteger(millis) && millis <= 2 ** 40

/** Values that come from JSON and can go back into it: JSON has no NaN, no infinity, no -0 and nothing undefined. */
export const fromJson = (value: unknown): boolean => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== "object") return false
  if (GeneratedImage.isGeneratedImage(value)) return true
  if (Duration.isDuration(value)) return staysAsSeconds(Duration.toMillis(value))
  if (Array.isArray(value)) return value.every(fromJson)
  // `Schema.Record` assigns its keys, and this one would set the prototype.
  return Object.entries(value).every(([key, item]) => key !== "__proto__" && fromJson(item))
}

/** The same without fields that are undefined. Half of all optional fields are, and a filter would leave next to nothing. */
const withoutUndefined = <A>(value: A): A => {
  if (Array.isArray(value)) return value.map(withoutUndefined) as A
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  const there = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(there.map(([key, item]) => [key, withoutUndefined(item)])) as A
}

/** Any value of the schema that JSON can carry. */
export const valuesOf = <A, I>(schema: Schema.Schema<A, I>): FastCheck.Arbitrary<A> =>
  samplesOf(schema).map(withoutUndefined).filter(fromJson)

/** Seconds since 1970 that are a time. */
const created = FastCheck.integer({ min: 1, max: 9_999_999_999 })

/** A response as a server can say it: there is a picture, and a time. */
export const response: FastCheck.Arbitrary<ImagesSchema.ImageGenerationResponse> = FastCheck.tuple(
  valuesOf(ImagesSchema.ImageGenerationResponse),
  FastCheck.array(valuesOf(GeneratedImage.FromWire), { minLength: 1, maxLength: 4 }),
  created
).map(([{ usage }, data, created]) => ({ created, data, ...(usage === undefined ? {} : { usage }) }))
export const models: FastCheck.Arbitrary<ImagesSchema.ImageModelsListResponse> = valuesOf(
  ImagesSchema.ImageModelsListResponse
)
export const endpoints: FastCheck.Arbitrary<ImagesSchema.ImageModelEndpointsResponse> = valuesOf(
  ImagesSchema.ImageModelEndpointsResponse
)
export const request: FastCheck.Arbitrary<ImagesSchema.ImageGenerationRequest> = valuesOf(
  ImagesSchema.ImageGenerationRequest
)

const known = ["image_generation.partial_image", "image_generation.text_chunk", "image_generation.completed", "error"]

/** An event that nobody documents: its payload is the whole of its JSON. */
const unknownEvent = FastCheck.tuple(
  FastCheck.string({ minLength: 1 }).filter((type) => !known.includes(type)),
  FastCheck.dictionary(FastCheck.string(), FastCheck.jsonValue({ noUnicodeString: false }))
)
  .map(([type, rest]) => new ImagesSchema.UnknownEvent({ type, payload: { ...rest, type } }))
  .filter(fromJson)

/** A finished picture as its event tells it: the rest is in the head of the answer, or told by who chose another model. */
const completed = FastCheck.tuple(valuesOf(ImagesSchema.Completed), created).map(
  ([{ image, usage }, created]) =>
    new ImagesSchema.Completed({ image, created, ...(usage === undefined ? {} : { usage }) })
)

/** Events as a stream brings them, the last of them a finished picture. */
export const events: FastCheck.Arbitrary<ReadonlyArray<ImagesSchema.ImageStreamEvent>> = FastCheck.tuple(
  FastCheck.array(
    FastCheck.oneof(valuesOf(ImagesSchema.PartialImage), valuesOf(ImagesSchema.TextChunk), completed, unknownEvent),
    { maxLength: 4 }
  ),
  completed
).map(([all, last]) => [...all, last])

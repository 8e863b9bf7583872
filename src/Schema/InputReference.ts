/**
 * A picture to work from, as part of a request.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Checked from "../internal/schema/checked.js"
import { openStruct } from "../internal/schema/primitives.js"
import * as Sample from "../internal/schema/samples.js"

/**
 * A reference picture: an http(s) URL that the provider can reach, or a data URL that carries the picture itself.
 *
 * @since 0.1.0
 * @category models
 */
export interface InputReference {
  readonly type: "image_url"
  readonly imageUrl: { readonly url: string }
}

/** A data URL may be megabytes long, so only its head is checked. */
const isReferenceUrl = (value: unknown): value is string =>
  Predicate.isString(value) &&
  (/^data:[^,]*,/i.test(value.slice(0, 1024)) || (/^https?:\/\//i.test(value) && URL.canParse(value)))

const Url = Checked.constrain(
  "an http(s) URL or a data URL",
  isReferenceUrl,
  Sample.map(Sample.either(Sample.integer(), Sample.list(Sample.integer(0, 255))), (sample) =>
    Predicate.isNumber(sample)
      ? `https://example.com/${sample}.png`
      : `data:image/png;base64,${btoa(String.fromCharCode(...sample))}`
  )
)

const Type = Checked.constrain(
  '"image_url"',
  (value): value is "image_url" => value === "image_url",
  Sample.oneOf("image_url")
)

const Wire = openStruct({ type: Schema.Literal("image_url"), image_url: openStruct({ url: Schema.String }) })
const Domain = Checked.describe(
  openStruct({
    type: Type,
    imageUrl: Checked.describe(openStruct({ url: Url }), "an object with a url")
  }),
  'a reference { type: "image_url", imageUrl: { url } }'
)

/**
 * The Schema of a reference picture. It accepts http, https and data URLs only.
 *
 * @since 0.1.0
 * @category schemas
 */
export const InputReference: Schema.Schema<InputReference, typeof Wire.Encoded> = Schema.transform(Wire, Domain, {
  decode: ({ image_url, ...rest }) => ({ ...rest, imageUrl: image_url }),
  encode: ({ imageUrl, ...rest }) => ({ ...rest, image_url: imageUrl })
})

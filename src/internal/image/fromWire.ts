/** The Schema between the wire's base64 and a picture. */
import * as Schema from "effect/Schema"
import type { GeneratedImage, GeneratedImageEncoded } from "../../GeneratedImage.js"
import { show } from "../../Issue.js"
import { decodeBase64 } from "../decoding/base64.js"
import { convert, declare } from "../schema/primitives.js"
import * as Sample from "../schema/samples.js"

const Wire = Schema.Struct({ b64_json: Schema.String, media_type: Schema.optional(Schema.NullOr(Schema.String)) })

/** `make` makes a picture from its bytes and the media type that the server declared. */
export const fromWire = (
  isImage: (value: unknown) => value is GeneratedImage,
  make: (bytes: Uint8Array, mediaType?: string) => GeneratedImage
): Schema.Schema<GeneratedImage, GeneratedImageEncoded> => {
  const bytes = Sample.map(Sample.list(Sample.integer(0, 255), 1), (all) => make(Uint8Array.from(all)))
  const picture = declare(isImage, bytes, {
    message: (value) => `must be a GeneratedImage, got ${show(value)}`,
    identifier: "GeneratedImage"
  })
  const schema = convert(Wire, picture, {
    decode: (wire) => {
      const bytes = decodeBase64(wire.b64_json)
      return bytes === undefined || bytes.length === 0 ? undefined : make(bytes, wire.media_type ?? undefined)
    },
    encode: (image) => ({ b64_json: image.b64Json, media_type: image.mediaType }),
    message: "b64_json is not base64"
  })
  return schema
}

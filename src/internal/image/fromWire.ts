/** The Schema between the wire's base64 and a picture. */
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type { GeneratedImage, GeneratedImageEncoded } from "../../GeneratedImage.js"
import { decodeBase64 } from "../decoding/base64.js"

const Wire = Schema.Struct({ b64_json: Schema.String, media_type: Schema.optional(Schema.NullOr(Schema.String)) })

/** `make` makes a picture from its bytes and the media type that the server declared. */
export const fromWire = (
  isImage: (value: unknown) => value is GeneratedImage,
  make: (bytes: Uint8Array, mediaType?: string) => GeneratedImage
): Schema.Schema<GeneratedImage, GeneratedImageEncoded> => {
  const self = Schema.declare(isImage, {
    identifier: "GeneratedImage",
    arbitrary: () => (fc) => fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => make(bytes))
  })
  return Schema.transformOrFail(Wire, self, {
    strict: true,
    decode: (wire, _, ast) => {
      const bytes = decodeBase64(wire.b64_json)
      return bytes === undefined || bytes.length === 0
        ? ParseResult.fail(new ParseResult.Type(ast, wire.b64_json.slice(0, 16), "b64_json is not base64"))
        : ParseResult.succeed(make(bytes, wire.media_type ?? undefined))
    },
    encode: (image) => ParseResult.succeed({ b64_json: image.b64Json, media_type: image.mediaType })
  })
}

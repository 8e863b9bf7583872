import { expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { ImagesSchema } from "effect-openrouter-images"

it("fields that this version does not know are kept where excess properties are preserved", () => {
  const preserve = { onExcessProperty: "preserve" } as const
  const plain = { model: "author/slug", prompt: "a red panda", never_documented: { a_b: 1 } }
  const request = { ...plain, provider: { allowFallbacks: true, neverDocumented: 2 } }
  const wire = { ...plain, provider: { allow_fallbacks: true, neverDocumented: 2 } }
  const schema = ImagesSchema.ImageGenerationRequest
  expect(Schema.encodeUnknownSync(schema, preserve)(request)).toStrictEqual(wire)
  expect(Schema.decodeUnknownSync(schema, preserve)(wire)).toStrictEqual(request)
})

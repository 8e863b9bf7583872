import { describe, expect, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Errors, Images, InputReference } from "effect-openrouter-images"
import { emulated, withFault } from "../../support/emulated.js"

const pictureOf = (byteLength: number) =>
  InputReference.fromBytes(Uint8Array.from({ length: byteLength }, (_, i) => (i === 0 ? 0xff : i === 1 ? 0xd8 : 0xff)))

const address = InputReference.fromUrl(`https://example.com/${"long".repeat(1000)}.png`)
const request = { model: "bytedance-seed/seedream-5-lite", prompt: "the same boat", size: "32x32" }
const tooLarge = withFault({ _tag: "Status", status: 413 })

describe("a request that the server finds too large", () => {
  layer(emulated(), { excludeTestServices: true })((it) => {
    for (const byteLength of [300, 301, 302]) {
      it.effect(`is told with its largest reference, of ${byteLength} bytes, at once or as a stream`, () =>
        Effect.gen(function* () {
          const inputReferences = [address, pictureOf(20), pictureOf(byteLength), pictureOf(299)]
          const whole = Images.generate({ ...request, inputReferences }, tooLarge)
          const streamed = Stream.runDrain(Images.generateStream({ ...request, inputReferences }, tooLarge))
          for (const call of [whole, streamed]) {
            const error = yield* Effect.flip(Effect.asVoid(call))
            expect(error).toMatchObject({
              _tag: "PayloadTooLargeResponseError",
              billing: "notBilled",
              largestReference: { index: 2, byteLength }
            })
            expect(Errors.explain(error).details).toContainEqual({
              label: "largest",
              value: `inputReferences[2] has ${byteLength} bytes`
            })
          }
        })
      )
    }

    it.effect("names no reference where it carried none", () =>
      Effect.forEach([[], [address]], (inputReferences) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(Images.generate({ ...request, inputReferences }, tooLarge))
          expect(error).toMatchObject({ _tag: "PayloadTooLargeResponseError", message: expect.stringMatching(/\S/) })
          expect(error).not.toHaveProperty("largestReference")
          expect(Errors.explain(error).details.map(({ label }) => label)).not.toContain("largest")
        })
      )
    )
  })
})

import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Catalog, type Errors, Images, type ImagesSchema, Preflight } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { emulated, requestsTo, withFault } from "../../support/emulated.js"
import { logged } from "../../support/logged.js"

type Request = ImagesSchema.ImageGenerationRequest

const checked = Preflight.layer.pipe(Layer.provideMerge(Catalog.layer()), Layer.provideMerge(emulated()))

const gpt: Request = { model: "openai/gpt-image-1", prompt: "a red panda" }
const krea: Request = { model: "krea/krea-2", prompt: "a paper boat" }

describe("the layer", () => {
  it.effect("refuses before anything is sent, and says where each fault is", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Images.generate({ ...krea, resolution: "4K" }))
      expect(error).toMatchObject({
        _tag: "InvalidRequestError",
        operation: "generate",
        billing: "notBilled",
        issues: [{ path: ["resolution"], message: 'must be one of 512, 768, 1K, got "4K" (Krea)' }]
      })
      const stream = yield* Effect.flip(Stream.runDrain(Images.generateStream({ ...krea, model: "krea/krea-9" })))
      expect(stream).toMatchObject({
        _tag: "InvalidRequestError",
        operation: "generateStream",
        issues: [{ path: ["model"] }]
      })
      expect(yield* requestsTo("/images")).toBe(0)
    }).pipe(Effect.provide(checked))
  )

  it.effect("lets through what an endpoint takes, and logs what it drops", () =>
    Effect.gen(function* () {
      const request = { ...krea, resolution: "512", provider: { options: { krea: { steps: 4 } } } }
      const [response, lines] = yield* logged(Images.generate(request))
      expect(response.data).toHaveLength(1)
      expect(lines).toEqual([["Warning", "provider.options.krea.steps is dropped: no key is passed on (Krea)"]])
      const events = yield* Stream.runCollect(Images.generateStream({ ...krea, resolution: "512" }))
      expect(events).toHaveLength(1)
    }).pipe(Effect.provide(checked))
  )

  it.effect("sends the request unjudged where the catalogue cannot be asked", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* emulator.script([{ _tag: "Status", status: 500 }])
      const [response, lines] = yield* logged(Images.generate({ ...krea, resolution: "512" }))
      expect(response.data).toHaveLength(1)
      expect(lines).toHaveLength(1)
      expect(lines[0]?.[1]).toContain("The request is not checked")
      const error = yield* Effect.flip(Images.generate(krea, withFault({ _tag: "Status", status: 402 })))
      expect(error._tag).toBe("PaymentRequiredResponseError")
    }).pipe(Effect.provide(checked))
  )

  it("has exact types", () => {
    expectTypeOf(Preflight.layer).toEqualTypeOf<Layer.Layer<Images.Images, never, Images.Images | Catalog.Catalog>>()
    expectTypeOf(Preflight.check(gpt)).toEqualTypeOf<
      Effect.Effect<Preflight.Report, Errors.ListModelEndpointsError, Catalog.Catalog>
    >()
    expectTypeOf(Preflight.fit(gpt)).toEqualTypeOf<
      Effect.Effect<Preflight.Fit, Errors.ListModelEndpointsError, Catalog.Catalog>
    >()
  })
})

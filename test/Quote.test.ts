import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Effect, Either, FastCheck, Layer, Runtime, Schema } from "effect"
import {
  Catalog,
  type Errors,
  GeneratedImage,
  Images,
  ImagesSchema,
  InputReference,
  Quote
} from "effect-openrouter-images"
import { Checks, Price } from "effect-openrouter-images-emulator"
import { billed, emulated } from "./support/emulated.js"
import { partialImages, priced } from "./support/partialImages.js"
import { anyRequest } from "./support/requests.js"

type Request = ImagesSchema.ImageGenerationRequest

const live = Catalog.layer().pipe(Layer.provideMerge(emulated()))

const seedream: Request = { model: "bytedance-seed/seedream-4.5", prompt: "a red panda" }
const flux: Request = {
  model: "black-forest-labs/flux.2-flex",
  prompt: "a red panda",
  provider: { only: ["black-forest-labs"] }
}
const gpt: Request = { model: "openai/gpt-image-1", prompt: "a red panda" }

const boundsOf = (request: Request) =>
  Effect.map(Quote.estimate(request), ({ exact, maxUsd, minUsd }) => ({ minUsd, maxUsd, exact }))

/** A catalogue of one model whose one endpoint has this price list. */
const listed = (
  pricing: ReadonlyArray<ImagesSchema.ImagePricingEntry>,
  supported: ImagesSchema.SupportedParameters = {}
) => {
  const parameters = { n: { type: "range", min: 1, max: 10 } as const, ...supported }
  return Catalog.layer().pipe(Layer.provide(partialImages(priced(pricing, parameters))))
}

const one: Request = { model: "a/b", prompt: "a red panda" }

describe("a quote", () => {
  it.effect("is exact where a picture has one price, and adds up without drift", () =>
    Effect.gen(function* () {
      const only = { ...seedream, provider: { only: ["seed"] } }
      expect(yield* boundsOf(only)).toEqual({ minUsd: 0.04, maxUsd: 0.04, exact: true })
      expect(yield* boundsOf({ ...flux, size: "1024x1024" })).toEqual({
        minUsd: 0.06291456,
        maxUsd: 0.06291456,
        exact: true
      })
      const quote = yield* Quote.estimate({ ...only, n: 3 })
      // 3 * 0.04 is 0.12 in decimals, and 0.12 is what a number can show; 0.1 + 0.2 would not be 0.3.
      expect(quote).toMatchObject({
        minUsd: 0.04,
        maxUsd: 0.12,
        exact: false,
        reasons: ["fewer than 3 pictures may come back"]
      })
      expect(quote.lines).toMatchObject([
        {
          billable: "output_image",
          unit: "image",
          costUsd: 0.04,
          quantity: { min: 1, max: 3 },
          endpoint: { providerSlug: "seed" }
        }
      ])
    }).pipe(Effect.provide(live))
  )

  it.effect("is exact to the last decimal where numbers are not", () =>
    Effect.map(boundsOf({ ...one, n: 3 }), ({ maxUsd }) => {
      expect(3 * 0.1).not.toBe(0.3)
      expect(maxUsd).toBe(0.5)
    }).pipe(
      Effect.provide(
        listed([
          { billable: "output_image", unit: "image", costUsd: 0.1 },
          { billable: "output_image", unit: "request", costUsd: 0.2 }
        ])
      )
    )
  )

  it.effect("spans the endpoints that may serve the request, and says so", () =>
    Effect.gen(function* () {
      const quote = yield* Quote.estimate({ ...seedream, resolution: "4K" })
      expect(quote).toMatchObject({ minUsd: 0.04, maxUsd: 0.06, exact: false })
      expect(quote.reasons).toEqual(["2 endpoints of bytedance-seed/seedream-4.5 may serve it, at different prices"])
      const one = yield* boundsOf({ ...seedream, resolution: "4K", provider: { ignore: ["seed"] } })
      expect(one).toEqual({ minUsd: 0.06, maxUsd: 0.06, exact: true })
    }).pipe(Effect.provide(live))
  )

  it.effect("matches price variants to the resolution", () =>
    Effect.gen(function* () {
      const at = (resolution?: string) =>
        boundsOf({
          model: "google/gemini-3-pro-image",
          prompt: "a cat",
          ...(resolution === undefined ? {} : { resolution })
        })
      expect(yield* at("1K")).toEqual({ minUsd: 0.134, maxUsd: 0.134, exact: true })
      expect(yield* at("4K")).toEqual({ minUsd: 0.24, maxUsd: 0.24, exact: true })
      expect(yield* at()).toEqual({ minUsd: 0.134, maxUsd: 0.24, exact: false })
      const { reasons } = yield* Quote.estimate({ model: "google/gemini-3-pro-image", prompt: "a cat" })
      expect(reasons).toEqual(["no size is given, and Google AI Studio offers 1K, 2K, 4K"])
    }).pipe(Effect.provide(live))
  )

  it.effect("counts references and requests, and free pictures cost nothing", () =>
    Effect.gen(function* () {
      const inputReferences = Array.from({ length: 3 }, () => InputReference.fromUrl("https://example.com/cat.png"))
      const pro = { model: "google/gemini-3-pro-image", prompt: "a cat", resolution: "1K", inputReferences }
      expect(yield* boundsOf(pro)).toEqual({ minUsd: 0.1373, maxUsd: 0.1373, exact: true })
      expect(yield* boundsOf({ model: "krea/krea-2", prompt: "a boat", n: 10 })).toEqual({
        minUsd: 0.01,
        maxUsd: 0.01,
        exact: true
      })
      const free = {
        model: "black-forest-labs/flux.2-klein-4b",
        prompt: "a cat",
        n: 4,
        provider: { only: ["deepinfra"] }
      }
      expect(yield* boundsOf(free)).toEqual({ minUsd: 0, maxUsd: 0, exact: true })
    }).pipe(Effect.provide(live))
  )

  it.effect("is an honest range where only the provider can know, and says why", () =>
    Effect.gen(function* () {
      const { exact, maxUsd, minUsd, reasons } = yield* Quote.estimate(gpt)
      expect(exact).toBe(false)
      // What OpenAI publishes for 1024 x 1024: 272 tokens at low quality, 4,160 at high.
      expect(minUsd).toBeLessThan(272 * 0.00004)
      expect(maxUsd).toBeGreaterThan(4160 * 0.00004)
      expect(maxUsd).toBeLessThan(1)
      expect(reasons).toEqual([
        "how many tokens the prompt has is the model's business",
        "how many tokens a picture has is known once it is drawn"
      ])
      const tier = yield* Quote.estimate({ ...flux, resolution: "1K" })
      expect(tier.reasons).toEqual(["a tier is not an exact number of pixels"])
      const picture = GeneratedImage.make(
        new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg' width='8' height='4'/>")
      )
      const small = yield* Quote.estimate({
        ...flux,
        size: "512x512",
        inputReferences: [InputReference.fromImage(picture)]
      })
      const far = yield* Quote.estimate({
        ...flux,
        size: "512x512",
        inputReferences: [InputReference.fromUrl("https://example.com/a.png")]
      })
      expect(small.minUsd).toBe(far.minUsd)
      expect(small.maxUsd).toBeLessThan(far.maxUsd)
      expect(small.reasons).toEqual(["how Black Forest Labs scales the references is not known"])
    }).pipe(Effect.provide(live))
  )

  it.effect("has no upper bound where the price list is not understood, or is none", () =>
    Effect.gen(function* () {
      const strange = yield* Quote.estimate(one).pipe(
        Effect.provide(
          listed([
            { billable: "output_image", unit: "image", costUsd: 0.04 },
            { billable: "gpu_time", unit: "second", costUsd: 0.001 }
          ])
        )
      )
      expect(strange).toMatchObject({ minUsd: 0.04, maxUsd: Number.POSITIVE_INFINITY, exact: false })
      expect(strange.reasons).toEqual(["Only charges for gpu_time by second, which is not understood"])
      const free = yield* Quote.estimate(one).pipe(
        Effect.provide(listed([{ billable: "gpu_time", unit: "second", costUsd: 0 }]))
      )
      expect(free).toMatchObject({ minUsd: 0, maxUsd: 0, exact: true })
      const none = yield* Effect.provide(Quote.estimate(one), listed([]))
      expect(none).toMatchObject({ minUsd: 0, maxUsd: Number.POSITIVE_INFINITY, reasons: ["Only has no price list"] })
    })
  )

  it.effect("takes a variant by the request's quality, and spans those that only the provider understands", () =>
    Effect.gen(function* () {
      const pricing = [
        { billable: "output_image", unit: "image", costUsd: 0.02, variant: "low" },
        { billable: "output_image", unit: "image", costUsd: 0.08, variant: "high" }
      ]
      const quality = { quality: { type: "boolean" } } as const
      const at = (request: Request) => Effect.provide(Quote.estimate(request), listed(pricing, quality))
      expect(yield* at({ ...one, quality: "high" })).toMatchObject({ minUsd: 0.08, maxUsd: 0.08, exact: true })
      expect(yield* at(one)).toMatchObject({
        minUsd: 0.02,
        maxUsd: 0.08,
        reasons: ["which of its price variants applies only Only knows"]
      })
    })
  )

  it.effect("fails where no endpoint takes the request", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Quote.estimate({ ...seedream, quality: "high" }))
      expect(error).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["quality"] }] })
    }).pipe(Effect.provide(live))
  )

  it("has exact types", () => {
    expectTypeOf(Quote.estimate(one)).toEqualTypeOf<
      Effect.Effect<Quote.Quote, Errors.ListModelEndpointsError, Catalog.Catalog>
    >()
  })
})

const encode = Schema.encodeSync(ImagesSchema.ImageGenerationRequest)

/** The emulator rounds to the billionth of a dollar. */
const rounding = 1e-9

const contains = ({ maxUsd, minUsd }: Quote.Quote, costUsd: number): boolean =>
  costUsd >= minUsd - rounding && costUsd <= maxUsd + rounding

describe("the range of a quote", () => {
  it.effect("holds what the emulator would bill for any request that it accepts", () =>
    Effect.gen(function* () {
      const run = Runtime.runPromise(yield* Effect.runtime<Catalog.Catalog>())
      const seen = { quoted: 0, exact: 0 }
      const property = FastCheck.asyncProperty(anyRequest(), async (request) => {
        const verdict = Checks.check(JSON.stringify(encode(request)))
        if (Either.isLeft(verdict)) return
        const quote = await run(Quote.estimate(request))
        for (const pictures of [1, request.n ?? 1]) {
          const cost = Price.costOf(verdict.right, pictures)
          expect({ request, quote, cost, held: contains(quote, cost) }).toMatchObject({ held: true })
        }
        expect(quote.exact || quote.reasons.length > 0).toBe(true)
        seen.quoted++
        if (quote.exact) seen.exact++
      })
      yield* Effect.promise(() => FastCheck.assert(property, { numRuns: 3000 }))
      expect(seen.quoted).toBeGreaterThan(300)
      expect(seen.exact).toBeGreaterThan(50)
    }).pipe(Effect.provide(live))
  )

  it.effect("holds what the emulator's ledger says after real generations", () =>
    Effect.gen(function* () {
      const run = Runtime.runPromise(
        yield* Effect.runtime<Catalog.Catalog | Images.Images | Layer.Layer.Success<typeof live>>()
      )
      const small = FastCheck.constantFrom("16x16", "64x48", "128x128")
      const property = FastCheck.asyncProperty(
        anyRequest({ size: small, resolution: FastCheck.constant(undefined) }, FastCheck.constantFrom(undefined, 1, 3)),
        (request) =>
          run(
            Effect.gen(function* () {
              const quote = yield* Effect.either(Quote.estimate(request))
              const before = yield* billed
              const generated = yield* Effect.either(Images.generate(request))
              const cost = (yield* billed) - before
              expect(Either.isRight(generated)).toBe(Either.isRight(quote))
              if (Either.isRight(quote)) expect(contains(quote.right, cost)).toBe(true)
            })
          )
      )
      yield* Effect.promise(() => FastCheck.assert(property, { numRuns: 300 }))
      expect(yield* billed).toBeGreaterThan(0)
    }).pipe(Effect.provide(live))
  )
})

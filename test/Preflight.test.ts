import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, FastCheck, Layer, Runtime, Schema } from "effect"
import { Catalog, ImagesSchema, Preflight } from "effect-openrouter-images"
import { Catalogue, Checks } from "effect-openrouter-images-emulator"
import { emulated, requestsTo } from "./support/emulated.js"
import { anyRequest } from "./support/requests.js"

type Request = ImagesSchema.ImageGenerationRequest

const live = Catalog.layer().pipe(Layer.provideMerge(emulated()))

const gpt: Request = { model: "openai/gpt-image-1", prompt: "a red panda" }
const krea: Request = { model: "krea/krea-2", prompt: "a paper boat" }
const seedream: Request = { model: "bytedance-seed/seedream-5-lite", prompt: "a red panda" }
/** It takes sizes in pixels and encodings, which the larger one does not. */
const mini: Request = { ...gpt, model: "openai/gpt-image-1-mini" }

/** What an issue says, without its endpoints. */
const said = ({ issues }: Preflight.Report) =>
  issues.map(({ endpoints, parameter, reason, severity }) => ({
    [parameter]: reason,
    severity,
    at: endpoints.map(({ providerSlug }) => providerSlug)
  }))

const errorsOf = (report: Preflight.Report) =>
  report.issues.filter(({ severity }) => severity === "error").map(({ parameter }) => parameter)

describe("the check of a request", () => {
  it.effect("names the endpoints that take it, the preferred ones first", () =>
    Effect.gen(function* () {
      const slugs = (request: Request) =>
        Effect.map(Preflight.check(request), ({ eligible }) => eligible.map(({ providerSlug }) => providerSlug))
      expect(yield* slugs(gpt)).toEqual(["openai", "azure"])
      expect(yield* slugs({ ...gpt, provider: { order: ["Azure"] } })).toEqual(["azure", "openai"])
      expect(yield* slugs({ ...gpt, provider: { ignore: ["openai"] } })).toEqual(["azure"])
      expect(yield* slugs({ ...gpt, provider: { order: ["azure"], allowFallbacks: false } })).toEqual(["azure"])
    }).pipe(Effect.provide(live))
  )

  it.effect("says of each parameter why, what is allowed, and where", () =>
    Effect.gen(function* () {
      const report = yield* Preflight.check({ ...krea, resolution: "4K", outputFormat: "webp", n: 3 })
      expect(report.ok).toBe(false)
      expect(report.eligible).toEqual([])
      expect(said(report)).toEqual([
        { resolution: 'must be one of 512, 768, 1K, got "4K"', severity: "error", at: ["krea"] },
        { outputFormat: 'outputFormat is not supported, got "webp"', severity: "error", at: ["krea"] }
      ])
      expect(report.issues[0]).toMatchObject({ value: "4K", allowed: ["512", "768", "1K"], path: ["resolution"] })
      const many = yield* Preflight.check({ model: "google/gemini-2.5-flash-image", prompt: "a cat", n: 8 })
      expect(many.issues).toMatchObject([{ parameter: "n", value: 8, allowed: { min: 1, max: 4 } }])
      expect(many.issues[0]?.endpoints).toHaveLength(2)
    }).pipe(Effect.provide(live))
  )

  it.effect("tells apart what one endpoint refuses and another takes", () =>
    Effect.gen(function* () {
      const report = yield* Preflight.check({
        model: "black-forest-labs/flux.2-flex",
        prompt: "a cat",
        resolution: "2K"
      })
      expect(report.ok).toBe(true)
      expect(report.eligible.map(({ providerSlug }) => providerSlug)).toEqual(["black-forest-labs"])
      expect(said(report)).toEqual([
        { resolution: 'must be one of 512, 1K, got "2K"', severity: "error", at: ["together"] }
      ])
    }).pipe(Effect.provide(live))
  )

  const reference = (url: string) => ({ type: "image_url" as const, imageUrl: { url } })
  const https = reference("https://example.com/cat.png")

  it.effect("counts references", () =>
    Effect.gen(function* () {
      const four = [https, https, https, https]
      const report = yield* Preflight.check({
        model: "google/gemini-2.5-flash-image",
        prompt: "a cat",
        inputReferences: four
      })
      expect(report.issues).toMatchObject([
        { parameter: "inputReferences", value: 4, reason: "must be from 0 to 3, got 4 references" }
      ])
      const none = yield* Preflight.check({ model: "sourceful/riverflow-v2", prompt: "a shoe" })
      expect(none.issues).toMatchObject([
        { parameter: "inputReferences", reason: "must be from 1 to 4, got 0 references" }
      ])
      expect((yield* Preflight.check({ ...seedream, inputReferences: four })).ok).toBe(true)
    }).pipe(Effect.provide(live))
  )

  it.effect("knows that a size is a tier or pixels, and what contradicts it", () =>
    Effect.gen(function* () {
      const errors = (fields: Partial<Request>, base = seedream) =>
        Effect.map(Preflight.check({ ...base, ...fields }), errorsOf)
      expect(yield* errors({ size: "2K" })).toEqual([])
      expect(yield* errors({ size: "2048x1024" })).toEqual([])
      expect(yield* errors({ size: "large" })).toEqual(["size"])
      expect(yield* errors({ size: "2K", resolution: "4K" })).toEqual(["size"])
      expect(yield* errors({ size: "2048x1024", aspectRatio: "1:1" })).toEqual(["size"])
      expect(yield* errors({ size: "2048x2048", resolution: "1K" })).toEqual(["size"])
      expect(yield* errors({ size: "8192x8192" })).toEqual(["size"])
      expect(yield* errors({ size: "1024x1024" }, krea)).toEqual(["size"])
      expect(yield* errors({ size: "1K" }, krea)).toEqual([])
    }).pipe(Effect.provide(live))
  )

  it.effect("knows that transparency needs an encoding with alpha", () =>
    Effect.gen(function* () {
      const errors = (fields: Partial<Request>) => Effect.map(Preflight.check({ ...mini, ...fields }), errorsOf)
      expect(yield* errors({ background: "transparent" })).toEqual([])
      expect(yield* errors({ background: "transparent", outputFormat: "webp" })).toEqual([])
      expect(yield* errors({ background: "transparent", outputFormat: "jpeg" })).toEqual(["background"])
    }).pipe(Effect.provide(live))
  )

  it.effect("warns of options that would be dropped without a word", () =>
    Effect.gen(function* () {
      const options = { openai: { moderation: "low", steps: 4 }, azure: { steps: 4 }, nobody: { a: 1 } }
      const report = yield* Preflight.check({ ...gpt, provider: { options } })
      expect(report.ok).toBe(true)
      expect(report.eligible).toHaveLength(2)
      expect(said(report)).toEqual([
        {
          "provider.options.openai.steps": "is dropped: only moderation, user are passed on",
          severity: "warning",
          at: ["openai"]
        },
        { "provider.options.azure.steps": "is dropped: no key is passed on", severity: "warning", at: ["azure"] },
        {
          "provider.options.nobody": "is dropped: no endpoint of openai/gpt-image-1 has this slug",
          severity: "warning",
          at: []
        }
      ])
    }).pipe(Effect.provide(live))
  )

  it.effect("reports what the Schema refuses, unreadable references, and a model that is none", () =>
    Effect.gen(function* () {
      const malformed = yield* Preflight.check({ ...gpt, prompt: "", n: 11 })
      expect(malformed.ok).toBe(false)
      expect(malformed.issues.map(({ parameter, value }) => [parameter, value])).toEqual([
        ["prompt", ""],
        ["n", 11]
      ])
      const unreadable = yield* Preflight.check({
        ...gpt,
        inputReferences: [https, reference("data:text/plain,hello"), reference("data:image/png;base64,%%%%")]
      })
      expect(unreadable.issues.map(({ parameter }) => parameter)).toEqual([
        "inputReferences[1].imageUrl.url",
        "inputReferences[2].imageUrl.url"
      ])
      const near = yield* Preflight.check({ ...gpt, model: "openai/gpt-image-9" })
      expect(near.issues).toMatchObject([
        {
          parameter: "model",
          value: "openai/gpt-image-9",
          reason: 'must be a model that makes pictures, got "openai/gpt-image-9"',
          allowed: ["openai/gpt-image-2", "openai/gpt-image-1", "openai/gpt-image-1-mini"]
        }
      ])
      const far = yield* Preflight.check({ ...gpt, model: "no model at all" })
      expect(far.issues[0]?.allowed).toEqual(Catalogue.catalogue.map(({ model }) => model.id))
      expect(yield* requestsTo("/images")).toBe(0)
    }).pipe(Effect.provide(live))
  )
})

const encode = Schema.encodeSync(ImagesSchema.ImageGenerationRequest)

/** The emulator's own verdict, by its own code. */
const verdictOf = (request: Request) => Checks.check(JSON.stringify(encode(request)))

describe("the verdict", () => {
  const holdsFor = <E>(property: (request: Request) => Effect.Effect<void, E, Catalog.Catalog>, numRuns: number) =>
    Effect.gen(function* () {
      const run = Runtime.runPromise(yield* Effect.runtime<Catalog.Catalog>())
      yield* Effect.promise(() =>
        FastCheck.assert(
          FastCheck.asyncProperty(anyRequest(), (request) => run(property(request))),
          { numRuns }
        )
      )
    }).pipe(Effect.provide(live))

  it.effect("is the emulator's, for any request to any model of its catalogue", () => {
    const seen = { accepted: 0, refused: 0 }
    return holdsFor(
      (request) =>
        Effect.map(Preflight.check(request), (report) => {
          const verdict = verdictOf(request)
          expect({ request, ok: report.ok }).toEqual({ request, ok: Either.isRight(verdict) })
          seen[report.ok ? "accepted" : "refused"]++
          if (Either.isRight(verdict)) {
            expect(report.eligible.map(({ providerSlug }) => providerSlug)).toContain(
              verdict.right.endpoint.providerSlug
            )
          }
        }),
      3000
    ).pipe(
      Effect.tap(() =>
        Effect.sync(() => {
          expect(seen.accepted).toBeGreaterThan(300)
          expect(seen.refused).toBeGreaterThan(300)
        })
      )
    )
  })

  it.effect("is good for whatever `fit` gives back, and what is good already comes back as it is", () =>
    holdsFor(
      (request) =>
        Effect.gen(function* () {
          const { changes, request: fitted } = yield* Preflight.fit(request)
          expect(Either.isRight(verdictOf(fitted))).toBe(true)
          expect(changes.length === 0).toBe((yield* Preflight.check(request)).ok)
          if (changes.length === 0) expect(fitted).toBe(request)
          for (const { from, parameter, to } of changes) {
            expect([request[parameter], fitted[parameter]]).toEqual([from, to])
          }
        }),
      1500
    )
  )
})

describe("the nearest request", () => {
  const fitted = (request: Request) => Effect.map(Preflight.fit(request), ({ changes }) => changes)

  it.effect("takes the nearest value, else leaves the parameter out", () =>
    Effect.gen(function* () {
      expect(yield* fitted({ ...krea, resolution: "4K", aspectRatio: "16:9", n: 3 })).toEqual([
        { parameter: "resolution", from: "4K", to: "1K" },
        { parameter: "aspectRatio", from: "16:9", to: "2:1" }
      ])
      expect(yield* fitted({ ...krea, quality: "high" })).toEqual([{ parameter: "quality", from: "high" }])
      expect(yield* fitted({ ...gpt, n: 40, outputCompression: 130 })).toEqual([
        { parameter: "n", from: 40, to: 10 },
        { parameter: "outputCompression", from: 130, to: 100 }
      ])
      expect(yield* fitted({ ...mini, background: "transparent", outputFormat: "jpeg" })).toEqual([
        { parameter: "outputFormat", from: "jpeg", to: "png" }
      ])
    }).pipe(Effect.provide(live))
  )

  it.effect("turns pixels into a tier and a proportion where an endpoint knows only those", () =>
    Effect.gen(function* () {
      expect(yield* fitted({ ...krea, size: "1024x512" })).toEqual([
        { parameter: "size", from: "1024x512" },
        { parameter: "resolution", to: "768" },
        { parameter: "aspectRatio", to: "2:1" }
      ])
      expect(yield* fitted({ ...seedream, size: "8192x4096" })).toEqual([
        { parameter: "size", from: "8192x4096", to: "4096x2048" }
      ])
      expect(yield* fitted({ ...seedream, size: "2048x2048", aspectRatio: "16:9", resolution: "2K" })).toEqual([
        { parameter: "aspectRatio", from: "16:9" }
      ])
    }).pipe(Effect.provide(live))
  )

  it.effect("lets provider preferences go before the model, and the model last", () =>
    Effect.gen(function* () {
      expect(yield* fitted({ ...krea, provider: { only: ["openai"], options: { krea: {} } } })).toEqual([
        {
          parameter: "provider",
          from: { only: ["openai"], options: { krea: {} } },
          to: { options: { krea: {} } }
        }
      ])
      const shoe = { model: "sourceful/riverflow-v2", prompt: "a shoe", resolution: "1.5K" }
      const changes = yield* fitted(shoe)
      expect(changes.map(({ parameter }) => parameter)).toContain("model")
      const unknown = yield* fitted({ model: "openai/gpt-image-9", prompt: "a cat", quality: "high" })
      expect(unknown).toEqual([{ parameter: "model", from: "openai/gpt-image-9", to: "openai/gpt-image-2" }])
    }).pipe(Effect.provide(live))
  )

  it.effect("fails with every fault where nothing can be done", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Preflight.fit({ ...krea, prompt: "" }))
      expect(error).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["prompt"] }] })
    }).pipe(Effect.provide(live))
  )
})

import { FileSystem, KeyValueStore } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck, Layer, Option, Schema, Stream } from "effect"
import {
  Batch,
  Cache,
  Fallback,
  GeneratedImage,
  ImageStream,
  Images,
  ImagesSchema,
  Provenance
} from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { keysOf, logged, storeOf } from "../../support/caching.js"
import { prop } from "../../support/properties.js"

const asked: ImagesSchema.ImageGenerationRequest = {
  model: "acme/first",
  prompt: "a red panda",
  seed: 7,
  quality: "high",
  user: "me",
  inputReferences: [{ type: "image_url", imageUrl: { url: "data:image/png;base64,UE5H" } }]
}
const step: Fallback.Step = { model: "acme/second", quality: undefined, provider: { only: ["fast"] } }
/** As provenance tells it. */
const served = {
  model: "acme/second",
  prompt: "a red panda",
  seed: 7,
  provider: { only: ["fast"] },
  inputReferences: [{ type: "image_url", imageUrl: { url: "data:image/png;base64," } }]
}

const busy = Testing.error("ProviderOverloadedResponseError")

/** The first model is busy. */
const server = Testing.layer({
  generate: ({ model }) => (model === "acme/first" ? busy : Testing.response()),
  generateStream: ({ model }) => (model === "acme/first" ? busy : [Testing.partialImage(), Testing.completed()])
})

const fallback = Layer.provide(Fallback.layer([step]), server)

const ways: Readonly<Record<string, Effect.Effect<ImagesSchema.ImageGenerationResponse, unknown, Images.Images>>> = {
  generate: Images.generate(asked),
  generateStream: ImageStream.runFinal(Images.generateStream(asked))
}

describe("the request that made a picture", () => {
  for (const [way, made] of Object.entries(ways)) {
    it.effect(`is the step's where a fallback served ${way}`, () =>
      Effect.gen(function* () {
        const response = yield* made
        expect(response.request).toEqual(served)
        expect(response.fallback?.model).toBe("acme/second")
        expect(Provenance.of(asked, response).request).toEqual(served)
      }).pipe(Effect.provide(fallback))
    )

    for (const [again, hit] of Object.entries(ways)) {
      it.effect(`is told by a hit of ${again} after ${way}, without the prompt in the store`, () => {
        const { data, layer } = storeOf()
        return Effect.gen(function* () {
          yield* made
          const response = yield* hit
          expect(response).toMatchObject({ request: served, fallback: { model: "acme/second", failures: [] } })
          expect(response.usage?.cost).toBe(0)
          expect(Provenance.of(asked, response).request).toEqual(served)
          const [entry = ""] = keysOf(data, "generations/").map((key) => String(data.get(key)))
          expect(JSON.parse(entry)).toMatchObject({ request: { model: "acme/second", quality: null } })
          expect(entry).not.toContain("panda")
        }).pipe(Effect.provide(Cache.layer().pipe(Layer.provide([layer, fallback]))))
      })
    }
  }

  it.effect("is nothing to tell of where it is the one that was asked for", () =>
    Effect.gen(function* () {
      const second = { ...asked, model: "acme/second" }
      const [first, again] = [yield* Images.generate(second), yield* Images.generate({ ...second, user: "you" })]
      expect([first, again].map((response) => "request" in response)).toEqual([false, false])
      expect(again).toMatchObject({ cached: true, fallback: { model: "acme/second" } })
    }).pipe(Effect.provide(Cache.layer().pipe(Layer.provide([KeyValueStore.layerMemory, fallback]))))
  )

  it.effect("is another's under a key that both share, also while it is being made", () => {
    const one = { model: "acme/second", prompt: "a red panda", user: "me" }
    const other = { model: "acme/second", prompt: "a blue panda", user: "you" }
    const cache = Cache.layer({ key: () => "panda" }).pipe(Layer.provide([KeyValueStore.layerMemory, server]))
    return Effect.gen(function* () {
      const [first, shared] = yield* Effect.all([Images.generate(one), Images.generate(other)], {
        concurrency: "unbounded"
      })
      const hit = yield* ImageStream.runFinal(Images.generateStream(other))
      expect(first).not.toHaveProperty("request")
      for (const response of [shared, hit]) {
        expect(response.request).toEqual({ model: "acme/second", prompt: "a red panda" })
        expect(Provenance.of(other, response).prompt).toBe("a red panda")
      }
    }).pipe(Effect.provide(cache))
  })

  it.effect("is not told by an entry of an older version, which is served all the same", () => {
    const { data, layer } = storeOf()
    return Effect.gen(function* () {
      yield* Images.generate(asked)
      const [place = ""] = keysOf(data, "generations/")
      const { fallback: _, request: __, ...old } = JSON.parse(String(data.get(place)))
      for (const entry of [old, { ...old, fallback: 3, request: { model: 4 } }]) {
        data.set(place, JSON.stringify(entry))
        const response = yield* Images.generate(asked)
        expect(response.cached).toBe(true)
        expect(response).not.toHaveProperty("request")
        expect(response).not.toHaveProperty("fallback")
      }
    }).pipe(Effect.provide(Cache.layer().pipe(Layer.provide([layer, fallback]))))
  })

  it.effect("is told by a plan and by a batch that shares generations as well", () =>
    Effect.gen(function* () {
      const planned = Effect.withExecutionPlan(Images.generate(asked), Fallback.plan([step]))
      expect((yield* Effect.provide(planned, server)).request).toEqual(served)
      const streamed = Stream.withExecutionPlan(Images.generateStream(asked), Fallback.plan([step]))
      expect((yield* Effect.provide(ImageStream.runFinal(streamed), server)).request).toEqual(served)
      const items = yield* Stream.runCollect(Batch.run([asked, asked], { singleFlight: true }))
      expect([...items].map(({ result }) => Option.map(Option.getRight(result), ({ request }) => request))).toEqual([
        Option.some(served),
        Option.some(served)
      ])
    }).pipe(Effect.provide(fallback))
  )

  it.effect("crosses a process boundary within a Completed", () =>
    Effect.gen(function* () {
      const events = yield* Stream.runCollect(Images.generateStream(asked))
      const json = JSON.stringify(Schema.encodeSync(Schema.Array(ImagesSchema.ImageStreamEvent))([...events]))
      const again = Schema.decodeUnknownSync(Schema.Array(ImagesSchema.ImageStreamEvent))(JSON.parse(json))
      expect(again.at(-1)).toMatchObject({ model: "acme/second", request: served })
    }).pipe(Effect.provide(fallback))
  )
})

describe("what a picture is told of", () => {
  prop(
    "never costs it, whatever the request, the response and the bytes are",
    [
      FastCheck.anything(),
      FastCheck.record({ usage: FastCheck.anything(), data: FastCheck.anything(), created: FastCheck.anything() }),
      FastCheck.uint8Array({ maxLength: 300 }),
      FastCheck.constantFrom("\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "RIFF0000WEBP", "<svg ", "")
    ],
    ([request, response, bytes, head]) => {
      const image = GeneratedImage.make(new Uint8Array([...Array.from(head, (c) => c.charCodeAt(0)), ...bytes]))
      const provenance = Provenance.of(request as typeof asked, response as ImagesSchema.ImageGenerationResponse)
      expect(GeneratedImage.isGeneratedImage(Provenance.write(image, provenance))).toBe(true)
      expect(Option.isOption(Provenance.read(image.bytes))).toBe(true)
    }
  )

  it.effect.each([Number.NaN, -1, Number.POSITIVE_INFINITY, "0.04"])("has no cost of %s", (cost) =>
    Effect.sync(() => {
      const response = Testing.response({ usage: { ...Testing.usage(), cost: cost as number } })
      const written = Provenance.write(Testing.image, Provenance.of({ model: "a/b", prompt: "c" }, response))
      const read = Option.getOrThrow(Provenance.read(written.bytes))
      expect(read.costUsd).toBeUndefined()
      expect(read.prompt).toBe("c")
    })
  )

  it.scoped("is left out of a file where it throws, with a warning", () => {
    const { layer, lines } = logged()
    return Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const provenance = {
        into: () => {
          throw new Error("boom")
        }
      } as unknown as Provenance.Provenance
      const path = yield* GeneratedImage.save(Testing.image, `${folder}/panda`, { provenance })
      expect(new Uint8Array(yield* fs.readFile(path))).toEqual(Testing.image.bytes)
      expect(lines).toContain("The picture is saved without its provenance: boom")
    }).pipe(Effect.provide([NodeContext.layer, layer]))
  })
})

import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { ImageStream, Images, type ImagesSchema, Split } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { billed } from "../../support/emulated.js"
import { catalogOf, dividing, lost, refused, script, seedream } from "../../support/split.js"

describe("a stream", () => {
  const events = (request: ImagesSchema.ImageGenerationRequest) =>
    Effect.map(Stream.runCollect(Images.generateStream(request)), (all) => [...all])
  const gpt: ImagesSchema.ImageGenerationRequest = {
    model: "openai/gpt-image-1-mini",
    prompt: "a red panda",
    size: "32x32"
  }

  it.effect("has the events of all parts, its previews numbered through, and the sum with its last picture", () =>
    Effect.gen(function* () {
      const all = yield* events({ ...gpt, n: 3 })
      const previews = all.flatMap((event) => (event._tag === "PartialImage" ? [event.partialImageIndex] : []))
      expect(previews.length).toBeGreaterThan(2)
      expect(previews).toEqual(previews.map((_, i) => i))
      const completed = all.flatMap((event) => (event._tag === "Completed" ? [event] : []))
      expect(completed.map(({ usage }) => usage?.cost)).toEqual([
        undefined,
        undefined,
        expect.closeTo(yield* billed, 9)
      ])
      expect(all.at(-1)).toBe(completed.at(-1))
      const calls = completed.at(-1)?.calls ?? []
      expect(calls.flatMap(({ pictures }) => pictures).sort()).toEqual([0, 1, 2])
      for (const { generationId, pictures } of calls) {
        expect(pictures.map((i) => completed[i]?.generationId)).toEqual([generationId])
      }
    }).pipe(Effect.provide(dividing(1)))
  )

  it.effect("gives the response that generate gives, but for the order of the pictures", () =>
    Effect.gen(function* () {
      const three = { ...seedream, n: 3 }
      const whole = yield* Images.generate(three)
      const streamed = yield* ImageStream.runFinal(Images.generateStream(three))
      expect(streamed.usage).toEqual(whole.usage)
      expect(streamed.generationId).toBeUndefined()
      for (const { pictures, request } of streamed.calls ?? []) {
        const same = whole.calls?.find(({ request: { seed } }) => seed === request.seed)?.pictures ?? []
        expect(pictures.map((i) => streamed.data[i]?.bytes)).toEqual(same.map((i) => whole.data[i]?.bytes))
      }
    }).pipe(Effect.provide(dividing(1)))
  )

  it.effect("ends well once a picture has come, and says what failed", () =>
    Effect.gen(function* () {
      yield* script([null, lost, refused])
      const all = yield* events({ ...seedream, n: 3 })
      expect(all.map(({ _tag }) => _tag)).toEqual(["Completed"])
      const response = yield* ImageStream.runFinal(Stream.fromIterable(all))
      expect(response.usage).toBeUndefined()
      expect(response.calls?.map(({ error }) => error?.billing)).toEqual([undefined, "unknown", "notBilled"])
      expect(response.faults).toHaveLength(2)
    }).pipe(Effect.provide(dividing(1, { concurrency: 1 })))
  )

  it.effect("of which every part fails fails with the failure that cost most", () =>
    Effect.gen(function* () {
      yield* script([refused, lost, refused])
      const error = yield* Effect.flip(events({ ...seedream, n: 3 }))
      expect(error).toMatchObject({ _tag: "ConnectionError", billing: "unknown" })
    }).pipe(Effect.provide(dividing(1, { concurrency: 1 })))
  )

  it.effect("emits the pictures that a failure of a part holds", () => {
    const held = Testing.error("IncompleteStreamError", { images: [Testing.image] })
    const layer = Split.layer({ concurrency: 1 }).pipe(
      Layer.provide(catalogOf(1)),
      Layer.provide(Testing.layer({ generateStream: [held, [Testing.completed()]] }))
    )
    return Effect.gen(function* () {
      const response = yield* ImageStream.runFinal(Images.generateStream({ ...seedream, n: 2 }))
      expect(response.data).toHaveLength(2)
      expect(response.calls?.map(({ pictures }) => pictures)).toEqual([[1], [0]])
    }).pipe(Effect.provide(layer))
  })
})

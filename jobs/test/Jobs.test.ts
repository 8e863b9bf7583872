import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { ImageStore, Jobs } from "effect-openrouter-images-jobs"
import { finished, itemsOf, ledger, model, prompts, working } from "./support/working.js"

describe("a job", () => {
  it.effect("makes each picture once, and keeps it in the store", () =>
    Effect.gen(function* () {
      const submitted = yield* Jobs.submit(prompts(20), { job: "twenty" })
      expect(submitted).toEqual({ job: "twenty", requests: 20, added: 20 })
      const status = yield* finished("twenty")
      expect(status).toMatchObject({ total: 20, done: 20, failed: 0, pictures: 20, finished: true })
      const paid = yield* ledger
      expect(paid.map(({ prompt }) => prompt).sort()).toEqual(
        prompts(20)
          .map(({ prompt }) => prompt)
          .sort()
      )
      expect(status.spentUsd).toBeCloseTo(
        paid.reduce((sum, { costUsd }) => sum + costUsd, 0),
        9
      )
      const items = yield* itemsOf("twenty")
      expect(items.map(({ request }) => request)).toEqual(prompts(20))
      const store = yield* ImageStore.ImageStore
      for (const { outcome } of items) {
        if (outcome._tag !== "Made") return expect.fail(outcome.error.message)
        const [stored] = outcome.generation.pictures
        if (stored === undefined) return expect.fail("no picture")
        const image = yield* store.get(stored)
        expect(image.dimensions).toEqual(stored.dimensions)
        expect(image.bytes.byteLength).toBe(stored.byteLength)
      }
    }).pipe(Effect.provide(working()))
  )

  it.effect("takes the same requests again without making them again", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(5), { job: "again" })
      yield* finished("again")
      const second = yield* Jobs.submit(Stream.fromIterable(prompts(7)), { job: "again" })
      expect(second).toEqual({ job: "again", requests: 7, added: 2 })
      yield* finished("again")
      expect(yield* ledger).toHaveLength(7)
    }).pipe(Effect.provide(working()))
  )

  it.effect("makes equal requests of one submission as often as they are there", () =>
    Effect.gen(function* () {
      const same = Array.from({ length: 450 }, () => ({ model, prompt: "a paper boat" }))
      yield* Jobs.submit(same.slice(0, 3), { job: "three" })
      expect((yield* finished("three")).done).toBe(3)
      expect(yield* Jobs.submit(same.slice(0, 3), { job: "three" })).toMatchObject({ added: 0 })
      expect(yield* ledger).toHaveLength(3)
      // Over several batches, which do not know each other
      expect(yield* Jobs.submit(same, { job: "three" })).toMatchObject({ added: 447 })
      yield* Jobs.cancel("three")
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )
})

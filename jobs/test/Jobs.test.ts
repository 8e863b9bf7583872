import { describe, expect, it } from "@effect/vitest"
import { Chunk, Duration, Effect, Layer, Option, Ref, Stream, TestClock } from "effect"
import { Images, type ImagesSchema } from "effect-openrouter-images"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { finished, imagesLive, itemsOf, ledger, made, model, prompts, script, working } from "./support/working.js"

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

describe("a worker's own services", () => {
  it.live("come before those around it", () =>
    Effect.gen(function* () {
      const sent = yield* Ref.make(0)
      const counting = Layer.effect(
        Images.Images,
        Effect.map(
          Images.Images,
          (images): Images.Service => ({
            ...images,
            generate: (...all) =>
              Effect.zipRight(
                Ref.update(sent, (n) => n + 1),
                images.generate(...all)
              )
          })
        )
      )
      const live = Layer.merge(Jobs.layer, Worker.layer()).pipe(
        Layer.provide(counting),
        Layer.provide(ImageStore.layerMemory),
        Layer.provideMerge(Sqlite.layer({ filename: ":memory:" }))
      )
      yield* Jobs.submit(prompts(3), { job: "counted" }).pipe(
        Effect.zipRight(Stream.runDrain(Jobs.watch("counted", { every: "50 millis" }))),
        Effect.provide(live)
      )
      expect(yield* Ref.get(sent)).toBe(3)
      expect(yield* ledger).toHaveLength(3)
    }).pipe(Effect.provide(imagesLive))
  )
})

describe("looking at jobs", () => {
  it.effect("lists them all, the newest first", () =>
    Effect.gen(function* () {
      expect(yield* Jobs.list).toEqual([])
      yield* made(prompts(3), { job: "first" })
      yield* TestClock.adjust("1 second")
      yield* made(prompts(2), { job: "second" })
      expect(yield* Jobs.list).toEqual([yield* Jobs.status("second"), yield* Jobs.status("first")])
    }).pipe(Effect.provide(working()))
  )

  it.effect("puts together what failed alike", () =>
    Effect.gen(function* () {
      const refused = { _tag: "Status", status: 400 } as const
      yield* script(refused, { _tag: "Reset", at: "head", afterCompletion: true }, refused)
      yield* made(prompts(5), { job: "mixed" })
      const failures = yield* Jobs.failures("mixed")
      expect(failures).toMatchObject([
        { tag: "BadRequestResponseError", billing: "notBilled", items: 2 },
        { tag: "ConnectionError", billing: "unknown", items: 1 }
      ])
      expect(failures[0]?.example).toContain("Emulated status 400")
      yield* Jobs.retryFailed("mixed")
      yield* finished("mixed")
      expect(yield* Jobs.failures("mixed")).toMatchObject([{ tag: "ConnectionError" }])
      expect(yield* Effect.flip(Jobs.failures("none"))).toMatchObject({ _tag: "JobNotFoundError" })
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )

  it.effect("gives a page of the items, and one item, without the others", () =>
    Effect.gen(function* () {
      yield* script(null, { _tag: "Status", status: 400 })
      yield* made(prompts(5), { job: "paged" })
      const latest = yield* Jobs.page("paged", { limit: 2 })
      expect(latest.map(({ position }) => position)).toEqual([4, 3])
      const older = yield* Jobs.page("paged", { limit: 2, before: latest.at(-1)?.id })
      expect(older.map(({ position }) => position)).toEqual([2, 1])
      expect(yield* Jobs.page("paged", { limit: 2, after: older[0]?.id })).toEqual(latest)
      expect((yield* Jobs.page("paged", { state: "failed" })).map(({ state }) => state)).toEqual(["failed"])
      const [one] = latest
      expect(yield* Jobs.item("paged", one?.id ?? "")).toEqual(Option.fromNullable(one))
      expect(yield* Jobs.item("another", one?.id ?? "")).toEqual(Option.none())
      expect(yield* Effect.flip(Jobs.page("absent"))).toMatchObject({ _tag: "JobNotFoundError" })
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )

  it.effect("keeps the line that each request comes from, and names those that failed", () =>
    Effect.gen(function* () {
      const [one, two, three] = prompts(3)
      if (one === undefined || two === undefined || three === undefined) return expect.fail()
      const lines = new Map<ImagesSchema.ImageGenerationRequest, number>([
        [one, 1],
        [two, 4]
      ])
      yield* Jobs.submit([one, two, three], { job: "lines", lineOf: (request) => lines.get(request) })
      yield* script({ _tag: "Status", status: 404 }, { _tag: "Status", status: 404 })
      yield* finished("lines")
      expect((yield* itemsOf("lines")).map(({ line }) => line)).toEqual([1, 4, undefined])
      const ids = (yield* itemsOf("lines")).map(({ id }) => id)
      expect(yield* Jobs.failures("lines")).toMatchObject([
        {
          items: 2,
          first: [
            { id: ids[0], position: 0, line: 1, prompt: "picture 1" },
            { id: ids[1], position: 1, line: 4, prompt: "picture 2" }
          ]
        }
      ])
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )

  it.effect("begins the results where it is asked to", () =>
    Effect.gen(function* () {
      yield* made(prompts(5), { job: "five" })
      const last = yield* Stream.runCollect(Jobs.results("five", { from: 3 }))
      expect(Chunk.toReadonlyArray(last).map(({ position }) => position)).toEqual([3, 4])
    }).pipe(Effect.provide(working()))
  )
})

describe("the pace", () => {
  const progress = (done: number): Jobs.Progress => ({
    job: "steady",
    total: 1_000,
    waiting: 999 - done,
    running: 1,
    undecided: 0,
    unsettled: 0,
    paused: undefined,
    done,
    failed: 0,
    cancelled: 0,
    unknown: 0,
    pictures: done * 2,
    spentUsd: 0,
    emulatedUsd: 0,
    reservedUsd: 0,
    limitUsd: undefined,
    settlements: {
      waiting: { attempts: 0, minUsd: 0, maxUsd: 0 },
      billed: { attempts: 0, costUsd: 0 },
      unknown: { attempts: 0, minUsd: 0, maxUsd: 0 }
    },
    submitting: false,
    finished: done === 1_000
  })

  /** What each look says, `seconds` after the one before. */
  const paces = (seconds: number, ...done: ReadonlyArray<number>) =>
    Stream.fromIterable(done).pipe(
      Stream.zipWithIndex,
      Stream.mapEffect(([each, i]) =>
        Effect.as(TestClock.adjust(Duration.seconds(i === 0 ? 0 : seconds)), progress(each))
      ),
      Jobs.withPace,
      Stream.runCollect,
      Effect.map(Chunk.toReadonlyArray)
    )

  it.effect("is that of the last minute", () =>
    Effect.gen(function* () {
      const looks = yield* paces(20, 0, 10, 20, 30, 130, 230, 330, 1_000)
      expect(looks.map(({ picturesPerMinute }) => Math.round(picturesPerMinute))).toEqual([
        0, 60, 60, 60, 240, 420, 600, 1740
      ])
      expect(looks[0]?.remaining).toBeUndefined()
      expect(looks[3]?.remaining).toEqual(Duration.minutes(970 / 30))
      expect(looks[7]?.remaining).toEqual(Duration.zero)
      const rare = yield* paces(120, 0, 10, 20, 60)
      expect(rare.map(({ picturesPerMinute }) => picturesPerMinute)).toEqual([0, 10, 10, 40])
    })
  )
})

import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Array as Arr, Context, type Duration, Effect, Either, Fiber, Layer, Option, Stream, TestClock } from "effect"
import { Batch, type Errors, type Images, type ImagesSchema, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { billed, emulated, requestsTo } from "./support/emulated.js"
import {
  collect,
  generating,
  hashed,
  inTime,
  prompts,
  type Request,
  response,
  settled,
  taking
} from "./support/generating.js"
import { type Answer, inFlight, picture, refusal, scripted } from "./support/memoryHttp.js"

/** A picture costs 4 cents. */
const panda: Request = {
  model: "bytedance-seed/seedream-5-lite",
  prompt: "a red panda",
  size: "32x32",
  provider: { only: ["seed"] }
}
const indices = (items: ReadonlyArray<Batch.Item>) => items.map(({ index }) => index)
const failures = (items: ReadonlyArray<Batch.Item>) =>
  Object.fromEntries(
    items.flatMap(({ index, result }) => (Either.isLeft(result) ? [[index, result.left._tag] as const] : []))
  )

describe("a batch", () => {
  it.effect("loses no picture to the failures of others", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* emulator.script([null, { _tag: "Status", status: 500 }, null, { _tag: "Reset", at: "head" }])
      const requests = [panda, panda, { ...panda, prompt: "" }, { ...panda, prompt: "a blue panda" }, panda, panda]
      const items = yield* collect(Batch.run(requests, { concurrency: 1 }))
      expect(indices(items)).toEqual([0, 1, 2, 3, 4, 5])
      expect(items.map(({ request }) => request)).toEqual(requests)
      expect(failures(items)).toEqual({
        1: "InternalServerResponseError",
        2: "InvalidRequestError",
        4: "ConnectionError"
      })
      const pictures = items.flatMap(({ result }) => (Either.isRight(result) ? result.right.data : []))
      expect(pictures.map(({ dimensions }) => dimensions?.width)).toEqual([32, 32, 32])
      expect(yield* billed).toBeCloseTo(0.12, 9)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("waits for calls that hold its credits, longer than their retries would", () =>
    Effect.gen(function* () {
      const busy = Array.from({ length: 30 }, () => inFlight(undefined, { "retry-after": "20" }))
      const { layer } = scripted([...busy, picture])
      const items = yield* inTime(collect(Batch.run(prompts(3)))).pipe(Effect.provide(layer))
      expect(failures(items)).toEqual({})
    })
  )

  it.effect("does not wait for what never passes, nor where nothing is to be tried again", () =>
    Effect.gen(function* () {
      const run = (answer: Answer, options?: Batch.Options["options"]) =>
        Effect.gen(function* () {
          const { layer, received } = scripted([answer, picture])
          const items = yield* collect(Batch.run(prompts(1), { options })).pipe(Effect.provide(layer))
          return [failures(items), received.length]
        })
      expect(yield* run(inFlight("weight_exceeds_budget"))).toEqual([{ 0: "PaymentRequiredResponseError" }, 1])
      expect(yield* run(inFlight(), { retry: Retry.none })).toEqual([{ 0: "PaymentRequiredResponseError" }, 1])
    })
  )

  it.effect("makes four pictures at a time, or as many as it is told", () =>
    Effect.gen(function* () {
      for (const [concurrency, most] of [
        [undefined, 4],
        [1, 1],
        [7, 7],
        [100, 20]
      ]) {
        const { layer, seen } = taking(() => 1)
        const items = yield* inTime(Effect.provide(collect(Batch.run(prompts(20), { concurrency })), layer))
        expect([items.length, seen.most]).toEqual([20, most])
      }
    })
  )

  it.effect("gives the results as they come, or in the order of the requests", () =>
    Effect.gen(function* () {
      const { layer } = taking(({ prompt }) => [10, 9, 8, 6][Number(prompt)] ?? 0)
      const run = (options: Batch.Options) => inTime(Effect.provide(collect(Batch.run(prompts(4), options)), layer))
      expect(indices(yield* run({}))).toEqual([3, 2, 1, 0])
      expect(indices(yield* run({ concurrency: 2 }))).toEqual([1, 0, 3, 2])
      expect(indices(yield* run({ ordered: true }))).toEqual([0, 1, 2, 3])
    })
  )

  it.effect("passes the options of a call on", () => {
    const { layer, received } = scripted([refusal(400)])
    return Effect.gen(function* () {
      const [item] = yield* collect(Batch.run([panda], { options: { headers: { "x-mine": "yes" } } }))
      expect(item && Either.merge(item.result)).toMatchObject({ _tag: "BadRequestResponseError" })
      expect(received[0]?.headers["x-mine"]).toBe("yes")
    }).pipe(Effect.provide(layer))
  })

  it.effect("says of every item that its concurrency is wrong, and sends nothing", () =>
    Effect.gen(function* () {
      for (const concurrency of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        const items = yield* collect(Batch.run([panda, panda], { concurrency }))
        expect(items).toHaveLength(2)
        expect(items[0] && Either.merge(items[0].result)).toMatchObject({
          _tag: "InvalidRequestError",
          operation: "generate",
          issues: [{ path: ["batch", "concurrency"], message: `must be a positive integer, got ${concurrency}` }]
        })
      }
      expect(yield* requestsTo("/images")).toBe(0)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("takes requests from a stream, from any iterable, and from none", () =>
    Effect.gen(function* () {
      const asked = Stream.fromIterable(prompts(3)).pipe(Stream.tap(() => Effect.sleep("1 second")))
      const { layer, seen } = taking(() => 0)
      const items = yield* inTime(Effect.provide(collect(Batch.run(asked)), layer))
      expect(indices(items)).toEqual([0, 1, 2])
      expect(yield* Effect.provide(collect(Batch.run([])), layer)).toEqual([])
      const set = yield* inTime(Effect.provide(collect(Batch.run(new Set(prompts(2)))), layer))
      expect(indices(set)).toEqual([0, 1])
      expect(seen.begun).toBe(5)
    })
  )

  it.effect("can be run again", () =>
    Effect.gen(function* () {
      const batch = Batch.run(prompts(3), { singleFlight: true })
      const { layer } = taking(() => 0)
      for (const _ of [1, 2]) expect(yield* inTime(Effect.provide(collect(batch), layer))).toHaveLength(3)
    })
  )
})

for (const ordered of [false, true]) {
  describe(`of a thousand requests, ${ordered ? "in order" : "as they come"}`, () => {
    /** Requests as they are asked for, responses as they are made and taken. */
    const counting = (count: number) => {
      const seen = { asked: 0, made: 0, taken: 0, mostAsked: 0, mostAlive: 0 }
      const requests: Iterable<Request> = {
        *[Symbol.iterator]() {
          for (const request of prompts(count)) {
            seen.asked++
            seen.mostAsked = Math.max(seen.mostAsked, seen.asked - seen.taken)
            yield request
          }
        }
      }
      const layer = generating(({ prompt }) =>
        Effect.zipRight(
          Effect.yieldNow(),
          Effect.sync(() => {
            seen.made++
            seen.mostAlive = Math.max(seen.mostAlive, seen.made - seen.taken)
            return response(prompt)
          })
        )
      )
      return { requests, seen, layer }
    }

    it.effect("a slow consumer never has more than a few waiting", () =>
      Effect.gen(function* () {
        const { layer, requests, seen } = counting(1000)
        const concurrency = 5
        yield* Batch.run(requests, { concurrency, ordered }).pipe(
          Stream.runForEach(() =>
            Effect.map(Effect.repeat(Effect.yieldNow(), { times: 20 }), () => {
              seen.taken++
            })
          ),
          Effect.provide(layer)
        )
        expect(seen.taken).toBe(1000)
        // One is in the hands of the consumer, and one in the smallest queue that there is.
        expect(seen.mostAlive).toBeGreaterThanOrEqual(concurrency)
        expect(seen.mostAlive).toBeLessThanOrEqual(concurrency + 2)
        expect(seen.mostAsked).toBeLessThanOrEqual(concurrency + 4)
      })
    )

    it.effect("no more are made than there is room for while nobody takes any", () =>
      Effect.gen(function* () {
        const { layer, requests, seen } = counting(1000)
        const gate = yield* Effect.makeLatch()
        const running = yield* Batch.run(requests, { concurrency: 3, ordered }).pipe(
          Stream.runForEach(() => gate.await),
          Effect.provide(layer),
          Effect.fork
        )
        yield* Effect.repeat(settled, { times: 5 })
        expect(seen.made).toBeGreaterThanOrEqual(3)
        expect(seen.made).toBeLessThanOrEqual(5)
        yield* gate.open
        yield* Fiber.join(running)
        expect(seen.made).toBe(1000)
      })
    )

    it.effect("what runs is interrupted when no more are taken", () =>
      Effect.gen(function* () {
        const { layer, seen } = taking(({ prompt }) => (prompt === "0" ? 1 : 1000))
        const [first] = yield* inTime(
          Effect.provide(collect(Stream.take(Batch.run(prompts(1000), { ordered }), 1)), layer)
        )
        expect(first?.index).toBe(0)
        expect(seen).toMatchObject({ running: 0, most: 4 })
        expect(seen.interrupted).toBe(seen.begun - 1)
      })
    )

    it.effect("what runs is interrupted with the whole", () =>
      Effect.gen(function* () {
        const { layer, seen } = taking(() => 1)
        const running = yield* Effect.fork(
          Effect.provide(Stream.runDrain(Batch.run(prompts(1000), { ordered })), layer)
        )
        yield* TestClock.adjust("500 millis")
        expect(seen).toMatchObject({ begun: 4, running: 4 })
        yield* Fiber.interrupt(running)
        expect(seen).toMatchObject({ begun: 4, running: 0, interrupted: 4 })
      })
    )
  })
}

describe("equal requests of a batch", () => {
  const seeded = { ...panda, seed: 7 }
  const equal: ReadonlyArray<Request> = [seeded, { ...seeded, user: "another" }, { ...seeded, trace: { a: 1 } }, seeded]

  /** Nothing is sent before all have come. */
  const options = { onAttempt: hashed }

  const costs = (items: ReadonlyArray<Batch.Item>) =>
    items
      .map(({ result }) => Either.map(result, ({ cached, usage }) => [usage?.cost, cached ?? false]))
      .map(Either.getOrThrow)

  it.effect("are one generation when they run at the same time, paid once", () =>
    Effect.gen(function* () {
      const tracker = yield* Batch.makeTracker
      const items = yield* collect(Batch.run(equal, { singleFlight: true, ordered: true, tracker, options }))
      expect(costs(items)).toEqual([
        [0.04, false],
        [0, true],
        [0, true],
        [0, true]
      ])
      const [first, ...others] = items.map(({ result }) => Either.getOrThrow(result).data[0]?.b64Json)
      expect(others).toEqual([first, first, first])
      expect(yield* requestsTo("/images")).toBe(1)
      expect(yield* billed).toBeCloseTo(0.04, 9)
      const progress = yield* Stream.runLast(Batch.progress(tracker))
      expect(Option.getOrThrow(progress)).toMatchObject({ done: 4, failed: 0, spentUsd: 0.04 })
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("fail together, and are made again when they come later", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* emulator.script([{ _tag: "Status", status: 500 }])
      const items = yield* collect(Batch.run(equal, { singleFlight: true, concurrency: 2, options }))
      expect(Object.values(failures(items))).toEqual(["InternalServerResponseError", "InternalServerResponseError"])
      expect(yield* billed).toBeCloseTo(0.04, 9)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("are made each without a seed, with another seed, or unless it is asked for", () =>
    Effect.gen(function* () {
      const { layer, seen } = taking(() => 1)
      const run = (requests: ReadonlyArray<Request>, options?: Batch.Options) =>
        Effect.gen(function* () {
          const before = seen.begun
          const items = yield* inTime(Effect.provide(collect(Batch.run(requests, options)), layer))
          expect(costs(items)).toEqual(Arr.replicate([0.04, false], items.length))
          return seen.begun - before
        })
      expect(yield* run([panda, panda], { singleFlight: true })).toBe(2)
      expect(yield* run([seeded, { ...seeded, seed: 8 }], { singleFlight: true })).toBe(2)
      expect(yield* run([seeded, seeded])).toBe(2)
    })
  )
})

describe("the types of a batch", () => {
  class Source extends Context.Tag("test/Source")<Source, ReadonlyArray<Request>>() {}

  it("ask for Images, and for what a stream of requests asks for", () => {
    expectTypeOf(Batch.run([panda])).toEqualTypeOf<Stream.Stream<Batch.Item, never, Images.Images>>()
    expectTypeOf(Batch.run(new Set([panda]))).toEqualTypeOf<Stream.Stream<Batch.Item, never, Images.Images>>()
    expectTypeOf(Batch.run(Stream.make(panda))).toEqualTypeOf<Stream.Stream<Batch.Item, never, Images.Images>>()
    const asked = Stream.unwrap(Effect.map(Source, (all) => Stream.fromIterable(all)))
    expectTypeOf(Batch.run(asked)).toEqualTypeOf<Stream.Stream<Batch.Item, never, Images.Images | Source>>()
    // @ts-expect-error: a stream of requests that can fail has to say first what becomes of that
    void Batch.run(Stream.fail("broken"))
    // @ts-expect-error: a request has a prompt
    void Batch.run([{ model: "a/b" }])
  })

  it("are those of generate, an item each", () => {
    expectTypeOf<Batch.Item["result"]>().toEqualTypeOf<
      Either.Either<ImagesSchema.ImageGenerationResponse, Errors.GenerateError>
    >()
    expectTypeOf(Batch.makeTracker).toEqualTypeOf<Effect.Effect<Batch.Tracker>>()
    expectTypeOf(Batch.progress).returns.toEqualTypeOf<Stream.Stream<Batch.Progress>>()
    expectTypeOf<Batch.Progress["timeLeft"]>().toEqualTypeOf<Duration.Duration | undefined>()
  })

  it.effect("hold for requests that come from a service", () =>
    Effect.gen(function* () {
      const asked = Stream.unwrap(Effect.map(Source, (all) => Stream.fromIterable(all)))
      const items = yield* collect(Batch.run(asked))
      expect(indices(items)).toEqual([0, 1])
    }).pipe(
      Effect.provide(
        Layer.merge(
          Layer.succeed(Source, prompts(2)),
          generating(() => Effect.succeed(response("x")))
        )
      )
    )
  )
})

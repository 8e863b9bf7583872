import { KeyValueStore } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Option, TestClock } from "effect"
import {
  Budget,
  Cache,
  type Catalog,
  type Client,
  Images,
  RateLimit,
  Reconcile,
  Retry,
  Split
} from "effect-openrouter-images"
import { request, statusOf } from "../../support/budgeted.js"
import { billed, emulated, requestsTo, withFault } from "../../support/emulated.js"
import { pass, passing } from "../../support/passing.js"
import { catalogOf, lost, refused, script, seedream } from "../../support/split.js"

type Over<A = never> = Layer.Layer<Images.Images | A, never, Images.Images | Client.OpenRouterClient | Catalog.Catalog>

/** A budget above a layer, over the emulator. */
const above = <A>(layer: Over<A>, pictures = 10) =>
  Budget.layer({ limitUsd: 1 }).pipe(
    Layer.provideMerge(layer),
    Layer.provideMerge(catalogOf(pictures)),
    Layer.provideMerge(emulated())
  )

/** `Images` changed by hand. */
const changed = (change: (images: Images.Service) => Partial<Images.Service>): Over =>
  Layer.effect(
    Images.Images,
    Effect.map(Images.Images, (images) => ({ ...images, ...change(images) }))
  )

/** Pauses of 20 seconds. */
const slowly = Retry.make({ initialInterval: "20 seconds", jitter: false })
const twice = { ...slowly, while: Retry.whenTransient }

const begun = (count: number) =>
  passing(Effect.repeat(requestsTo("/images"), { until: (requests) => requests >= count }))

const nothing = { spentUsd: 0, reservedUsd: 0 }

describe("nothing is set aside for a call that is interrupted", () => {
  const atGate = above(RateLimit.layer({ requestsPerSecond: 0.01 }))

  it.effect("while it waits for its first turn at a gate", () =>
    Effect.gen(function* () {
      yield* Effect.flip(Images.generate(request, withFault(refused)))
      const waiting = yield* Effect.fork(Images.generate(request))
      yield* Effect.repeat(Effect.zipRight(TestClock.adjust(0), RateLimit.status), {
        until: ({ waiting }) => waiting > 0
      })
      expect((yield* statusOf).reservedUsd).toBe(0.04)
      yield* Fiber.interrupt(waiting)
      expect(yield* statusOf).toMatchObject(nothing)
    }).pipe(Effect.provide(atGate))
  )

  it.effect("while its next attempt waits for a turn, though an earlier one has cost nothing", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Images.generate(request, { ...withFault(refused), retry: slowly }))
      yield* begun(1)
      yield* pass(50)
      yield* Fiber.interrupt(fiber)
      expect(yield* requestsTo("/images")).toBe(1)
      expect(yield* statusOf).toMatchObject(nothing)
    }).pipe(Effect.provide(atGate))
  )

  it.effect("while all calls in its place pause or wait", () =>
    Effect.gen(function* () {
      const call = Images.generate({ ...seedream, n: 3 }, { ...withFault(refused), retry: slowly })
      const fiber = yield* Effect.fork(call)
      yield* begun(2)
      yield* pass(10)
      yield* Fiber.interrupt(fiber)
      expect(yield* requestsTo("/images")).toBe(2)
      expect(yield* statusOf).toMatchObject(nothing)
    }).pipe(Effect.provide(above(Split.layer({ concurrency: 2 }), 1)))
  )
})

describe("calls in place of one", () => {
  it.effect("have shares by the number of their pictures, and none has less than an equal share", () =>
    Effect.gen(function* () {
      yield* script([lost, lost, lost])
      yield* Effect.flip(Images.generate({ ...seedream, n: 10 }))
      const { reservations } = yield* Budget.status
      expect(reservations.map(({ usd }) => Math.round(usd * 100))).toEqual([16, 13, 13])
    }).pipe(Effect.provide(above(Split.layer({ concurrency: 1 }), 4)))
  )

  it.effect("have no more than their share for an attempt that was retried", () =>
    Effect.gen(function* () {
      yield* script([lost])
      const call = Images.generate({ ...seedream, n: 2 }, { retry: twice })
      expect((yield* passing(call)).data).toHaveLength(2)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.08, reservedUsd: 0.04 })
      expect(yield* billed).toBeCloseTo(0.12, 9)
    }).pipe(Effect.provide(above(Split.layer({ concurrency: 1 }), 1)))
  )

  it.effect("are settled by the id of one that died after its answer", () =>
    Effect.gen(function* () {
      let calls = 0
      const dying = changed(({ generate }) => ({
        generate: (asked, options) =>
          Effect.tap(generate(asked, options), () => (++calls === 2 ? Effect.die("boom") : Effect.void))
      }))
      const split = Layer.provide(Split.layer({ concurrency: 1 }), dying)
      yield* Effect.gen(function* () {
        expect((yield* Images.generate({ ...seedream, n: 2 })).data).toHaveLength(1)
        yield* pass(60)
        expect(yield* statusOf).toMatchObject({ spentUsd: 0.08, reservedUsd: 0 })
      }).pipe(Effect.provide(Layer.provideMerge(Reconcile.layer(), above(split, 1))))
    })
  )

  it.effect("set nothing aside for one that died before it was sent", () =>
    Effect.gen(function* () {
      let calls = 0
      const onAttempt = Effect.suspend(() => (++calls === 2 ? Effect.die("boom") : Effect.void))
      expect((yield* Images.generate({ ...seedream, n: 2 }, { onAttempt })).data).toHaveLength(1)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.04, reservedUsd: 0 })
    }).pipe(Effect.provide(above(Split.layer({ concurrency: 1 }), 1)))
  )
})

describe("callers who share a generation", () => {
  const stack = Reconcile.layer().pipe(
    Layer.provideMerge(above(Layer.provide(Cache.layer(), KeyValueStore.layerMemory)))
  )

  /** Two callers, of whom the first leaves once the call is where `reached` says. */
  const leaving = (options: Client.RequestOptions, reached: Effect.Effect<unknown>) =>
    Effect.gen(function* () {
      const first = yield* Effect.fork(Images.generate(seedream, options))
      const second = yield* Effect.fork(Effect.exit(Images.generate(seedream, options)))
      yield* passing(reached)
      yield* Fiber.interrupt(first)
      yield* passing(Fiber.join(second))
      yield* pass(60)
    })

  it.effect("count it once when the first leaves while it is under way", () =>
    Effect.gen(function* () {
      const head = yield* Deferred.make<void>()
      const slow = withFault({ _tag: "Pace", chunkBytes: 500, everyMillis: 20_000 })
      const onGenerationId = () => Effect.asVoid(Deferred.succeed(head, undefined))
      yield* leaving({ ...slow, onGenerationId }, Deferred.await(head))
      expect(yield* billed).toBe(0.04)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.04, reservedUsd: 0 })
    }).pipe(Effect.provide(stack))
  )

  it.effect("count an attempt once when the first leaves in the pause after it", () =>
    Effect.gen(function* () {
      const ended = yield* Deferred.make<void>()
      const onAttemptEnd = () => Effect.asVoid(Deferred.succeed(ended, undefined))
      yield* leaving({ ...withFault({ _tag: "Reset", at: "head" }), retry: twice, onAttemptEnd }, Deferred.await(ended))
      expect((yield* statusOf).reservedUsd).toBeCloseTo(0.04 * (yield* requestsTo("/images")), 9)
    }).pipe(Effect.provide(stack))
  )

  it.effect("count a failed call in place of one once", () =>
    Effect.gen(function* () {
      yield* script([null, lost])
      const call = Effect.exit(Images.generate({ ...seedream, n: 2 }))
      yield* passing(Effect.all([call, call], { concurrency: 2 }))
      expect(yield* requestsTo("/images")).toBe(2)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.04, reservedUsd: 0.04 })
    }).pipe(
      Effect.provide(
        above(
          Layer.provide(Split.layer({ concurrency: 1 }), Layer.provide(Cache.layer(), KeyValueStore.layerMemory)),
          1
        )
      )
    )
  )

  it.effect("count a failure once that both of them get", () =>
    Effect.gen(function* () {
      const call = Effect.exit(Images.generate(seedream, withFault(lost)))
      yield* passing(Effect.all([call, call], { concurrency: 2 }))
      expect(yield* requestsTo("/images")).toBe(1)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0, reservedUsd: 0.04 })
    }).pipe(Effect.provide(stack))
  )
})

describe("a layer of your own below", () => {
  it.effect("that gives up an attempt and makes another leaves the cost of the first open", () =>
    Effect.gen(function* () {
      yield* script([{ _tag: "Stall", at: "head", afterCompletion: true }])
      expect((yield* passing(Images.generate(request))).data).toHaveLength(1)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.04, reservedUsd: 0.04 })
    }).pipe(
      Effect.provide(
        above(
          changed(({ generate }) => ({
            generate: (asked, options) =>
              generate(asked, options).pipe(
                Effect.timeoutOption("30 seconds"),
                Effect.flatMap(
                  Option.match({ onNone: () => generate(asked, options), onSome: (answer) => Effect.succeed(answer) })
                )
              )
          }))
        )
      )
    )
  )

  it.effect("that does not run the hooks may have sent something when its call is interrupted", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<void>()
      const own = changed(() => ({
        generate: () => Effect.zipRight(Deferred.succeed(started, undefined), Effect.never)
      }))
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.fork(Images.generate(request))
        yield* Deferred.await(started)
        yield* Fiber.interrupt(fiber)
        expect(yield* statusOf).toMatchObject({ spentUsd: 0, reservedUsd: 0.04 })
      }).pipe(Effect.provide(above(own)))
    })
  )
})

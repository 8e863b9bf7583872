import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Duration, Effect, Exit, FastCheck, Layer, Ref, Runtime, Stream, TestClock, TestContext } from "effect"
import {
  Batch,
  Budget,
  Cache,
  Catalog,
  type Errors,
  Images,
  ImagesSchema,
  Provenance,
  Quote
} from "effect-openrouter-images"
import { request, statusOf, within } from "./support/budgeted.js"
import { requestsTo } from "./support/emulated.js"
import { image } from "./support/fakeImages.js"
import { partialImages, priced } from "./support/partialImages.js"

const nonsense = [-1, -0.000001, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
const asked = { model: "a/b", prompt: "a cat" } as const
const tokens = { promptTokens: 0, completionTokens: 0, totalTokens: 0 }
type Usage = Partial<ImagesSchema.ImageGenerationUsage>

const answered = (usage: Usage | undefined): ImagesSchema.ImageGenerationResponse => ({
  created: 1,
  data: [image],
  ...(usage === undefined ? {} : { usage: { ...tokens, ...usage } })
})

/** A model at one price a picture, whose answers say that they used this, buffered and streamed. */
const selling = (costUsd: number, usage: Usage | undefined) => {
  const response = answered(usage)
  const completed = new ImagesSchema.Completed({
    image,
    created: 1,
    ...(response.usage ? { usage: response.usage } : {})
  })
  return partialImages({
    ...priced([{ billable: "output_image", unit: "image", costUsd }]),
    generate: () => Effect.succeed(response),
    generateStream: () => Stream.make(completed)
  })
}

const budgeted = (options: Budget.Options, images: Layer.Layer<Images.Images>) =>
  Budget.layer(options).pipe(Layer.provide(Catalog.layer()), Layer.provide(images))

const ways: Readonly<Record<string, Effect.Effect<void, Errors.GenerateStreamError, Images.Images>>> = {
  buffered: Effect.asVoid(Images.generate(asked)),
  streamed: Stream.runDrain(Images.generateStream(asked))
}

describe("a price that is no amount", () => {
  it.effect("has no upper bound, and says why", () =>
    Effect.gen(function* () {
      for (const costUsd of nonsense) {
        const quote = yield* Quote.estimate(asked).pipe(
          Effect.provide(Catalog.layer().pipe(Layer.provide(selling(costUsd, undefined))))
        )
        expect(quote).toMatchObject({ minUsd: 0, maxUsd: Number.POSITIVE_INFINITY, exact: false })
        expect(quote.reasons).toEqual(["the price that Only lists for output_image by image is no amount"])
      }
    })
  )

  it.effect("does not matter where the request needs none of it", () =>
    Effect.gen(function* () {
      const pricing = [
        { billable: "output_image", unit: "image", costUsd: 0.04 },
        { billable: "input_reference", unit: "image", costUsd: -1 }
      ]
      const quote = yield* Quote.estimate(asked).pipe(
        Effect.provide(Catalog.layer().pipe(Layer.provide(partialImages(priced(pricing)))))
      )
      expect(quote).toMatchObject({ minUsd: 0.04, maxUsd: 0.04, reasons: [] })
    })
  )

  it.effect("is refused by a budget, buffered and streamed", () =>
    Effect.gen(function* () {
      for (const costUsd of nonsense) {
        for (const one of Object.values(ways)) {
          const error = yield* Effect.flip(
            Effect.provide(one, budgeted({ limitUsd: 0.1 }, selling(costUsd, { cost: 1 })))
          )
          expect(error).toMatchObject({ _tag: "BudgetExceededError", reason: "unknownCost", billing: "notBilled" })
        }
      }
    })
  )

  it.effect("is no highest price to look for", () =>
    Effect.gen(function* () {
      for (const maxCostUsd of nonsense) {
        const error = yield* Effect.flip(Catalog.find({ maxCostUsd }))
        expect(error).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["maxCostUsd"] }] })
        expect(error.message).toContain(`US dollars, zero or more`)
        expect(error.message).toContain(`got ${maxCostUsd}`)
      }
    }).pipe(Effect.provide(Catalog.layer().pipe(Layer.provide(selling(0.04, undefined)))))
  )
})

describe("a cost that is no amount", () => {
  for (const [way, one] of Object.entries(ways)) {
    it.effect(`counts as not known: what was set aside is spent, ${way}`, () =>
      Effect.gen(function* () {
        for (const cost of nonsense) {
          const status = yield* Effect.zipRight(one, statusOf).pipe(
            Effect.provide(budgeted({ limitUsd: 1 }, selling(0.04, { cost })))
          )
          expect(status).toEqual({ spentUsd: 0.04, reservedUsd: 0, remainingUsd: 0.96 })
        }
      })
    )
  }
})

describe("an option of a budget that means nothing", () => {
  const refused = (options: Budget.Options) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Images.generate(request))
      const streamed = yield* Effect.flip(Stream.runDrain(Images.generateStream(request)))
      expect(streamed._tag).toBe("InvalidRequestError")
      expect(yield* requestsTo("/images")).toBe(0)
      expect(yield* requestsTo("/endpoints")).toBe(0)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0 })
      return error._tag === "InvalidRequestError" ? error.issues : []
    }).pipe(Effect.provide(within(options)))

  it.effect("is refused before anything is asked, with its name, its value and what is allowed", () =>
    Effect.gen(function* () {
      for (const limitUsd of nonsense) {
        expect(yield* refused({ limitUsd })).toEqual([
          {
            path: ["budget", "limitUsd"],
            message: expect.stringMatching(`US dollars, zero or more.*, got ${limitUsd}$`)
          }
        ])
      }
      const windows = [...nonsense, 0, Duration.zero, Duration.infinity, "-1 day", "soon"] as ReadonlyArray<number>
      for (const window of windows) {
        expect(yield* refused({ limitUsd: 1, window })).toEqual([
          { path: ["budget", "window"], message: expect.stringContaining("must be a positive and finite duration") }
        ])
      }
      expect(yield* refused({ limitUsd: 1, onUnknownCost: "perhaps" as "allow" })).toEqual([
        { path: ["budget", "onUnknownCost"], message: 'must be "refuse" or "allow", got "perhaps"' }
      ])
    })
  )
})

describe("a settlement", () => {
  const lost = Images.generate(request, {
    headers: { "x-emulator-fault": JSON.stringify({ _tag: "Reset", at: "head", afterCompletion: true }) }
  })

  it.effect("that is no amount is refused, and the reservation stays", () =>
    Effect.gen(function* () {
      yield* Effect.flip(lost)
      const before = yield* Budget.status
      const id = before.reservations[0]?.id ?? ""
      for (const cost of nonsense) {
        const error = yield* Effect.flip(Budget.settle(id, cost))
        expect(error).toBeInstanceOf(Budget.InvalidSettlementError)
        expect(error).toMatchObject({ id, message: expect.stringMatching(/^costUsd must be US dollars, zero or more/) })
        expect(error.message).toContain(`got ${cost}`)
      }
      expect(yield* Budget.status).toEqual(before)
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )

  it.effect("finds its reservation whatever white space is around the id", () =>
    Effect.gen(function* () {
      yield* Effect.flip(lost)
      const id = (yield* Budget.status).reservations[0]?.id
      expect(yield* Budget.settle(` ${id}\n`, 0.01)).toBe(true)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.01, reservedUsd: 0 })
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )
})

describe("a key of your own", () => {
  const own = { cost: 0, isByok: true, costDetails: { upstreamInferenceCost: 0.036 } } as const

  it("costs what OpenRouter charges and what the provider charges", () => {
    const total = (usage: Usage) => ImagesSchema.totalCostUsd({ ...tokens, ...usage })
    expect(total(own)).toBe(0.036)
    expect(total({ ...own, cost: 0.0018 })).toBe(0.0378)
    // As recorded without a key of one's own: what the provider was paid is within the price.
    expect(total({ cost: 0.014, isByok: false, costDetails: { upstreamInferenceCost: 0.014 } })).toBe(0.014)
    expect(total({ cost: 0, isByok: false, costDetails: { upstreamInferenceCost: 0.014 } })).toBe(0)
    // Whose key it was is not said: an upstream cost above the price tells.
    expect(total({ cost: 0, costDetails: { upstreamInferenceCost: 0.036 } })).toBe(0.036)
    expect(total({ cost: 0.014, costDetails: { upstreamInferenceCost: 0.014 } })).toBe(0.014)
    expect(total({ cost: 0.02 })).toBe(0.02)
  })

  it("has no total where a part of it is not known", () => {
    const total = (usage: Usage) => ImagesSchema.totalCostUsd({ ...tokens, ...usage })
    expect(ImagesSchema.totalCostUsd(undefined)).toBeUndefined()
    expect(total({})).toBeUndefined()
    expect(total({ cost: 0, isByok: true })).toBeUndefined()
    for (const amount of nonsense) {
      expect(total({ cost: amount })).toBeUndefined()
      expect(total({ cost: amount, isByok: true, costDetails: { upstreamInferenceCost: 1 } })).toBeUndefined()
      expect(total({ cost: 0, isByok: true, costDetails: { upstreamInferenceCost: amount } })).toBeUndefined()
      expect(total({ cost: 0.01, isByok: false, costDetails: { upstreamInferenceCost: amount } })).toBe(0.01)
    }
  })

  for (const [way, one] of Object.entries(ways)) {
    it.effect(`counts in a budget, unless it says otherwise, ${way}`, () =>
      Effect.gen(function* () {
        const spent = (options: Partial<Budget.Options>) =>
          Effect.zipRight(one, statusOf).pipe(
            Effect.provide(budgeted({ limitUsd: 1, ...options }, selling(0.04, own))),
            Effect.map(({ spentUsd }) => spentUsd)
          )
        expect(yield* spent({})).toBe(0.036)
        expect(yield* spent({ countUpstreamCost: true })).toBe(0.036)
        expect(yield* spent({ countUpstreamCost: false })).toBe(0)
      })
    )
  }

  it.effect("counts in a batch's progress and in provenance, and a hit of a cache costs nothing", () =>
    Effect.gen(function* () {
      const images = selling(0.04, own)
      const spentUsd = yield* Effect.gen(function* () {
        const tracker = yield* Batch.makeTracker
        yield* Stream.runDrain(Batch.run([asked, { ...asked, prompt: "a dog" }], { tracker }))
        return yield* Stream.runFold(Batch.progress(tracker), 0, (_, progress) => progress.spentUsd)
      }).pipe(Effect.provide(images))
      expect(spentUsd).toBe(0.072)
      expect(Provenance.of(asked, answered(own)).costUsd).toBe(0.036)
      const cached = Cache.layer().pipe(Layer.provide([images, KeyValueStore.layerMemory]))
      const { first, second } = yield* Effect.all({
        first: Images.generate({ ...asked, seed: 1 }),
        second: Images.generate({ ...asked, seed: 1 })
      }).pipe(Effect.provide(cached))
      expect(ImagesSchema.totalCostUsd(first.usage)).toBe(0.036)
      expect(second.cached).toBe(true)
      expect(ImagesSchema.totalCostUsd(second.usage)).toBe(0)
    })
  )
})

describe("a clock that is set back", () => {
  const day = Duration.toMillis("1 day")

  /** Time goes on as the test says, and the time of day is off by as much as it says. */
  const skewed = (skew: Ref.Ref<number>) =>
    Effect.map(
      Effect.clock,
      (clock): Clock.Clock => ({
        [Clock.ClockTypeId]: clock[Clock.ClockTypeId],
        currentTimeMillis: Effect.zipWith(clock.currentTimeMillis, Ref.get(skew), (now, by) => now + by),
        currentTimeNanos: clock.currentTimeNanos,
        unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
        unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis(),
        sleep: (duration) => clock.sleep(duration)
      })
    )

  it.effect("keeps no old price: the catalogue is as old as it is", () =>
    Effect.gen(function* () {
      const skew = yield* Ref.make(0)
      const questions = yield* Ref.make(0)
      const images = partialImages({
        listModels: () =>
          Effect.as(
            Ref.update(questions, (n) => n + 1),
            { data: [] }
          )
      })
      yield* TestClock.adjust("2 days")
      const clock = yield* Effect.clock
      yield* Effect.gen(function* () {
        yield* Catalog.models
        yield* Ref.set(skew, -day)
        yield* TestClock.adjust("10 minutes").pipe(Effect.withClock(clock))
        yield* Catalog.models
        expect(yield* Ref.get(questions)).toBe(2)
      }).pipe(Effect.provide(Catalog.layer().pipe(Layer.provide(images))), Effect.withClock(yield* skewed(skew)))
    })
  )

  it.effect("keeps no old price either where every clock is set back", () =>
    Effect.gen(function* () {
      const questions = yield* Ref.make(0)
      const images = partialImages({
        listModels: () =>
          Effect.as(
            Ref.update(questions, (n) => n + 1),
            { data: [] }
          )
      })
      yield* TestClock.adjust("2 days")
      yield* Effect.gen(function* () {
        yield* Catalog.models
        yield* TestClock.setTime(day)
        yield* Catalog.models
        expect(yield* Ref.get(questions)).toBe(2)
      }).pipe(Effect.provide(Catalog.layer().pipe(Layer.provide(images))))
    })
  )

  it.effect("never loosens a limit, neither while it is wrong nor when it is right again", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("2 days")
      yield* Effect.gen(function* () {
        yield* Images.generate(asked)
        yield* TestClock.setTime(day)
        yield* Images.generate(asked)
        expect(yield* statusOf).toMatchObject({ spentUsd: 0.08 })
        expect((yield* Effect.flip(Images.generate(asked)))._tag).toBe("BudgetExceededError")
        yield* TestClock.setTime(2 * day + Duration.toMillis("23 hours"))
        expect(yield* statusOf).toMatchObject({ spentUsd: 0.08 })
        yield* TestClock.adjust("2 hours")
        expect(yield* statusOf).toMatchObject({ spentUsd: 0 })
      }).pipe(Effect.provide(budgeted({ limitUsd: 0.1, window: "1 day" }, selling(0.04, { cost: 0.04 }))))
    })
  )

  it.effect("that was ahead for a moment holds later spending for two windows at most", () =>
    Effect.gen(function* () {
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("365 days")
        yield* Images.generate(asked)
        yield* TestClock.setTime(0)
        yield* Images.generate(asked)
        yield* TestClock.adjust(2 * day + day / 64)
        expect(yield* statusOf).toMatchObject({ spentUsd: 0.04 })
      }).pipe(Effect.provide(budgeted({ limitUsd: 1, window: "1 day" }, selling(0.04, { cost: 0.04 }))))
    })
  )
})

describe("whatever prices, costs and windows there are", () => {
  const amount = FastCheck.oneof(
    { arbitrary: FastCheck.integer({ min: 0, max: 60 }).map((cents) => cents / 100), weight: 3 },
    { arbitrary: FastCheck.constantFrom(...nonsense, 0, 1e308, 5e-324), weight: 1 }
  )
  const window = FastCheck.constantFrom(
    undefined,
    0,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "1 hour",
    "1 minute",
    0.5
  )
  const call = FastCheck.record({
    price: amount,
    charged: amount,
    streamed: FastCheck.boolean(),
    minutes: FastCheck.nat(3)
  })

  it.live("no more than the limit is ever spent or set aside within a window", () =>
    Effect.gen(function* () {
      const run = Runtime.runPromise(yield* Effect.runtime<never>())
      const seen = { served: 0, refused: 0 }
      const property = FastCheck.asyncProperty(
        FastCheck.array(call, { minLength: 1, maxLength: 10 }),
        amount,
        window,
        (calls, limitUsd, window) =>
          run(
            Effect.gen(function* () {
              // What is charged is never above the list's price, and the server tells of it whatever it likes.
              const billed: Array<{ readonly usd: number; readonly at: number }> = []
              let now = 0
              let next = calls[0]
              const pay = Effect.sync(() => {
                const { charged = 0, price = 0 } = next ?? {}
                const real = Number.isFinite(price) && price >= 0 ? price : 1
                const told = Number.isNaN(charged) ? charged : Math.min(charged, real)
                billed.push({ usd: told >= 0 ? told : real, at: now })
                return told
              })
              const images = partialImages({
                listModelEndpoints: (id) =>
                  Effect.suspend(() =>
                    priced([{ billable: "output_image", unit: "image", costUsd: next?.price ?? 0 }]).listModelEndpoints(
                      id
                    )
                  ),
                generate: () => Effect.map(pay, (cost) => answered({ cost })),
                generateStream: () =>
                  Stream.fromEffect(
                    Effect.map(
                      pay,
                      (cost) => new ImagesSchema.Completed({ image, created: 1, usage: { ...tokens, cost } })
                    )
                  )
              })
              yield* Effect.gen(function* () {
                for (const [i, one] of calls.entries()) {
                  next = one
                  now += one.minutes
                  const ask = { ...asked, model: `a/${i}` }
                  const exit = yield* Effect.exit<unknown, unknown, Images.Images>(
                    one.streamed ? Stream.runDrain(Images.generateStream(ask)) : Images.generate(ask)
                  )
                  if (Exit.isFailure(exit)) expect(exit.cause._tag).toBe("Fail")
                  seen[Exit.isSuccess(exit) ? "served" : "refused"]++
                  const minutes = window === "1 minute" ? 1 : window === "1 hour" ? 60 : window === 0.5 ? 0.001 : 1e9
                  const inWindow = billed.filter(({ at }) => now - at < minutes)
                  const total = inWindow.reduce((sum, { usd }) => sum + usd, 0)
                  expect(total).toBeLessThanOrEqual(Math.max(0, limitUsd || 0) * (1 + 1e-9))
                  const status = yield* Budget.status
                  expect(status.spentUsd).toBeGreaterThanOrEqual(0)
                  expect(status.remainingUsd).toBeGreaterThanOrEqual(0)
                  yield* TestClock.adjust(Duration.minutes(calls[i + 1]?.minutes ?? 0))
                }
              }).pipe(
                Effect.provide(
                  budgeted({ limitUsd, ...(window === undefined ? {} : { window: window as number }) }, images)
                ),
                Effect.provide(TestContext.TestContext)
              )
            })
          )
      )
      yield* Effect.promise(() => FastCheck.assert(property, { numRuns: 200 }))
      expect(seen.served).toBeGreaterThan(50)
      expect(seen.refused).toBeGreaterThan(50)
    })
  )
})

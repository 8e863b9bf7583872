import { describe, expect, it } from "@effect/vitest"
import { Cause, Duration, Effect, Exit, FastCheck, Runtime, Stream, TestClock, TestContext } from "effect"
import { Budget, Images, ImagesSchema } from "effect-openrouter-images"
import { image } from "../../support/fakeImages.js"
import { partialImages, priced } from "../../support/partialImages.js"
import { answered, asked, budgeted, nonsense, tokens } from "../../support/selling.js"

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
                  if (Exit.isFailure(exit)) expect([...Cause.failures(exit.cause)]).toHaveLength(1)
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
                Effect.provide([
                  budgeted({ limitUsd, ...(window === undefined ? {} : { window: window as number }) }, images),
                  TestContext.TestContext
                ])
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

import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import { finished, itemsOf, ledger, made, prompts, script, until, working } from "../../support/working.js"

describe("a limit", () => {
  it.effect("holds for all that are under way at once, and may be raised", () =>
    Effect.gen(function* () {
      // 4 cents each, at one endpoint 4.5
      const status = yield* made(prompts(8), { job: "poor", limitUsd: 0.14 })
      expect(status).toMatchObject({ done: 3, failed: 5, unknown: 0, limitUsd: 0.14 })
      expect(status.spentUsd).toBeCloseTo(0.12, 9)
      expect(status.reservedUsd).toBeCloseTo(0, 9)
      const errors = (yield* itemsOf("poor")).flatMap(({ outcome }) =>
        outcome._tag === "Failed" ? [outcome.error] : []
      )
      expect(errors.map(({ _tag }) => _tag)).toEqual(Array.from({ length: 5 }, () => "BudgetExceededError"))
      expect(yield* ledger).toHaveLength(3)
      yield* Jobs.submit(prompts(8), { job: "poor", limitUsd: 1 })
      expect(yield* Jobs.retryFailed("poor")).toBe(5)
      expect(yield* finished("poor")).toMatchObject({ done: 8, failed: 0 })
      expect(yield* ledger).toHaveLength(8)
    }).pipe(Effect.provide(working({ concurrency: 8 })))
  )

  it.effect("keeps aside what may have been billed", () =>
    Effect.gen(function* () {
      // The prices are known from now on, so that the fault meets a generation
      yield* made(prompts(1), { job: "before", limitUsd: 1 })
      yield* script({ _tag: "Reset", at: "head", afterCompletion: true })
      const status = yield* made(prompts(3), { job: "unsure", limitUsd: 0.09 })
      expect(status).toMatchObject({ done: 1, failed: 2, unknown: 1 })
      expect(status.spentUsd).toBeCloseTo(0.04, 9)
      expect(status.reservedUsd).toBeCloseTo(0.045, 9)
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )

  it.effect.each([Number.NaN, -1, Number.POSITIVE_INFINITY])("of %d is none, and is refused", (limitUsd) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Jobs.submit(prompts(1), { job: "odd", limitUsd }))
      if (error._tag !== "InvalidRequestError") return expect.fail(error._tag)
      expect(error.issues).toMatchObject([{ path: ["limitUsd"] }])
      expect(error.message).toContain(String(limitUsd))
      expect(yield* Jobs.list).toEqual([])
    }).pipe(Effect.provide(working()))
  )

  /** A worker whose answers say that they used this. */
  const telling = (usage: object) =>
    working(
      { concurrency: 1 },
      {
        images: (images) => ({
          ...images,
          generate: (request, options) =>
            Effect.map(images.generate(request, options), (response) => ({
              ...response,
              usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2, ...usage }
            }))
        })
      }
    )

  it.effect("counts what a provider charges for a key of your own", () =>
    Effect.gen(function* () {
      const status = yield* made(prompts(2), { job: "own", limitUsd: 1 })
      expect(status.spentUsd).toBeCloseTo(0.072, 9)
    }).pipe(Effect.provide(telling({ cost: 0, isByok: true, costDetails: { upstreamInferenceCost: 0.036 } })))
  )

  it.effect.each([-5, Number.NaN, Number.POSITIVE_INFINITY])(
    "takes all that was set aside to be spent where the cost is %d, which is none",
    (cost) =>
      Effect.gen(function* () {
        const status = yield* made(prompts(2), { job: "odd", limitUsd: 1 })
        expect(status.done).toBe(2)
        expect(status.spentUsd).toBeCloseTo(0.09, 9)
        expect(status.reservedUsd).toBeCloseTo(0, 9)
      }).pipe(Effect.provide(telling({ cost })))
  )

  it.effect("that is set on the way holds for those that wait to be sent", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(8), { job: "late" })
      yield* until("late", ({ done, running }) => done === 1 && running === 7)
      // 4 cents each, at one endpoint 4.5
      yield* Jobs.submit(prompts(8), { job: "late", limitUsd: 0.1 })
      const status = yield* finished("late")
      expect(status.spentUsd).toBeLessThanOrEqual(0.1)
      expect(status).toMatchObject({ done: 2, failed: 6 })
    }).pipe(Effect.provide(working({ concurrency: 8, rateLimit: { requests: 1, window: "10 seconds" } })))
  )
})

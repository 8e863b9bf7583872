import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Layer, Ref, TestClock } from "effect"
import { Catalog, Images } from "effect-openrouter-images"
import { statusOf } from "../../support/budgeted.js"
import { clockOf, offBy } from "../../support/clock.js"
import { partialImages } from "../../support/partialImages.js"
import { asked, budgeted, selling } from "../../support/selling.js"

describe("a clock that is set back", () => {
  const day = Duration.toMillis("1 day")

  it.effect("keeps no old price: the catalogue is as old as it is", () =>
    Effect.gen(function* () {
      let skew = 0
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
        skew = -day
        yield* TestClock.adjust("10 minutes").pipe(Effect.withClock(clock))
        yield* Catalog.models
        expect(yield* Ref.get(questions)).toBe(2)
      }).pipe(Effect.provide(Catalog.layer().pipe(Layer.provide(images))), Effect.withClock(offBy(clock, () => skew)))
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
      let now = 2 * day
      yield* Effect.gen(function* () {
        yield* Catalog.models
        now = day
        yield* Catalog.models
        expect(yield* Ref.get(questions)).toBe(2)
      }).pipe(
        Effect.provide(Catalog.layer().pipe(Layer.provide(images))),
        Effect.withClock(
          clockOf(
            () => now,
            () => Effect.never
          )
        )
      )
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

  it.effect("by more than the window of a limit loosens it no more", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("9 days")
      yield* Effect.gen(function* () {
        yield* Images.generate(asked)
        yield* TestClock.setTime(3 * day)
        yield* Images.generate(asked)
        yield* TestClock.setTime(9 * day + 1000)
        expect(yield* statusOf).toMatchObject({ spentUsd: 0.08 })
        expect((yield* Effect.flip(Images.generate(asked)))._tag).toBe("BudgetExceededError")
        yield* TestClock.adjust("2 hours")
        expect(yield* statusOf).toMatchObject({ spentUsd: 0 })
      }).pipe(Effect.provide(budgeted({ limitUsd: 0.1, window: "1 hour" }, selling(0.04, { cost: 0.04 }))))
    })
  )

  it.effect("that was ahead for a moment holds later spending for a week and a window at most", () =>
    Effect.gen(function* () {
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("365 days")
        yield* Images.generate(asked)
        yield* TestClock.setTime(0)
        yield* Images.generate(asked)
        yield* TestClock.adjust(8 * day + day / 64)
        expect(yield* statusOf).toMatchObject({ spentUsd: 0.04 })
      }).pipe(Effect.provide(budgeted({ limitUsd: 1, window: "1 day" }, selling(0.04, { cost: 0.04 }))))
    })
  )
})

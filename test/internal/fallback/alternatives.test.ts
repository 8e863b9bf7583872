import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Errors, Fallback, Images } from "effect-openrouter-images"
import { refused } from "../../support/failures.js"
import { faked, overloaded, preview, request, success, tags } from "../../support/fakeImages.js"

describe("a plan", () => {
  const failing = new Errors.ImageStreamError({ operation: "generateStream", message: "the provider fell over" })
  const plan = Fallback.plan(["a/second", { n: 1 }])

  it.effect.each([
    ["first", [success], ["a/first"]],
    ["second", [Effect.fail(overloaded), success], ["a/first", "a/second"]],
    ["third", [Effect.fail(overloaded), Effect.fail(refused(404)), success], ["a/first", "a/second", "a/first"]]
  ] as const)("is served by the %s in Effect and in Stream", ([, outcomes, models]) =>
    Effect.gen(function* () {
      const buffered = faked(outcomes)
      yield* Images.generate(request).pipe(Effect.withExecutionPlan(plan), Effect.provide(buffered.layer))
      expect(buffered.models()).toEqual(models)
      expect(buffered.asked[2]?.n).toBe(models.length === 3 ? 1 : undefined)
      const streamed = faked(outcomes)
      const stream = Images.generateStream(request).pipe(Stream.withExecutionPlan(plan))
      expect(yield* Effect.provide(tags(stream), streamed.layer)).toEqual(["Completed"])
      expect(streamed.models()).toEqual(models)
    })
  )

  it.effect.each([
    ["the first", [Effect.fail(refused(402)), success], "PaymentRequiredResponseError", 1],
    ["the second", [Effect.fail(overloaded), Effect.fail(refused(402)), success], "PaymentRequiredResponseError", 2],
    ["all", [Effect.fail(overloaded), Effect.fail(overloaded), Effect.fail(refused(502))], "BadGatewayResponseError", 3]
  ] as const)("ends with the failure of %s where no other step cures it", ([, outcomes, tag, calls]) =>
    Effect.gen(function* () {
      const buffered = faked(outcomes)
      const error = yield* Images.generate(request).pipe(
        Effect.withExecutionPlan(plan),
        Effect.flip,
        Effect.provide(buffered.layer)
      )
      expect([error._tag, buffered.asked.length]).toEqual([tag, calls])
      const streamed = faked(outcomes)
      const stream = Images.generateStream(request).pipe(Stream.withExecutionPlan(plan))
      expect(yield* Effect.provide(tags(stream), streamed.layer)).toEqual([tag])
      expect(streamed.asked).toHaveLength(calls)
    })
  )

  it.effect.each([
    ["first", [Effect.fail(failing), success], 1],
    ["second", [Effect.fail(failing), Effect.fail(failing), success], 2]
  ] as const)("of a stream ends with the failure after an event of the %s", ([, outcomes, step]) =>
    Effect.gen(function* () {
      const fake = faked(outcomes, (call) => (call === step ? [preview] : []))
      const stream = Images.generateStream(request).pipe(Stream.withExecutionPlan(plan))
      expect(yield* Effect.provide(tags(stream), fake.layer)).toEqual(["PartialImage", "ImageStreamError"])
      expect(fake.asked).toHaveLength(step)
    })
  )
})

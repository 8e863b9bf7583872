import { KeyValueStore } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Either, Fiber, Layer, Stream, TestClock } from "effect"
import { Batch, Budget, Cache, Catalog, Fallback, Images, Preflight, RateLimit } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { onFailure } from "../../support/attemptEnds.js"

const request = { model: "a/first", prompt: "a red panda" }
const overloaded = Testing.error("ProviderOverloadedResponseError")
const lost = Testing.error("ConnectionError", { phase: "response" })
const models = Effect.map(Testing.requests, (all) => all.map(({ model }) => model))

const over = <A>(
  layer: Layer.Layer<A, never, Images.Images | Catalog.Catalog>,
  answers?: Testing.Answers
): Layer.Layer<A | Images.Images | Testing.Testing> =>
  layer.pipe(Layer.provide(Catalog.layer()), Layer.provideMerge(Testing.layer(answers)))

/** Notes what it is told of attempts. */
const listening = () => {
  const heard: Array<string> = []
  const options: Images.RequestOptions = {
    onAttempt: Effect.sync(() => void heard.push("attempt")),
    onAttemptEnd: onFailure(({ _tag }) => Effect.sync(() => void heard.push(_tag)))
  }
  return { heard, options }
}

describe("the kit below", () => {
  it.effect("a Fallback shows which models were asked", () =>
    Effect.gen(function* () {
      const { fallback } = yield* Images.generate(request)
      expect(fallback).toEqual({ model: "b/second", failures: [{ model: "a/first", error: overloaded }] })
      expect(yield* models).toEqual(["a/first", "b/second"])
      const events = yield* Stream.runCollect(Images.generateStream(request))
      expect([...events]).toHaveLength(3)
      expect(yield* models).toEqual(["a/first", "b/second", "a/first", "b/second"])
    }).pipe(
      Effect.provide(
        over(Fallback.layer(["b/second"]), {
          generate: [overloaded, Testing.response()],
          generateStream: ({ model }) =>
            model === "a/first" ? overloaded : [Testing.partialImage(0), Testing.completed(), Testing.completed()]
        })
      )
    )
  )

  it.effect("a Budget spends what the answers cost, and keeps what may have been billed", () =>
    Effect.gen(function* () {
      yield* Images.generate(request)
      yield* Stream.runDrain(Images.generateStream({ ...request, n: 2 }))
      expect(yield* Budget.status).toMatchObject({ spentUsd: 0.12, reservedUsd: 0 })
      expect(yield* Effect.flip(Images.generate(request))).toBe(lost)
      expect(yield* Budget.status).toMatchObject({ spentUsd: 0.12, reservedUsd: 0.04 })
      const error = yield* Effect.flip(Images.generate({ ...request, n: 2 }))
      expect(error).toMatchObject({ _tag: "BudgetExceededError", quoteUsd: 0.08 })
      expect(yield* Testing.requests).toHaveLength(3)
    }).pipe(Effect.provide(over(Budget.layer({ limitUsd: 0.2 }), { generate: [Testing.response(), lost] })))
  )

  it.effect("a Preflight finds what a scripted endpoint does not take", () =>
    Effect.gen(function* () {
      yield* Images.generate({ ...request, n: 10, size: "2K", seed: 7 })
      const error = yield* Effect.flip(Images.generate({ ...request, quality: "high" }))
      expect(error).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["quality"] }] })
      expect(yield* Testing.requests).toHaveLength(1)
    }).pipe(
      Effect.provide(
        over(Preflight.layer, {
          listModelEndpoints: {
            id: "a/first",
            endpoints: [
              Testing.endpoint({
                supportedParameters: {
                  ...Testing.endpoint().supportedParameters,
                  quality: { type: "enum", values: ["low"] }
                }
              })
            ]
          }
        })
      )
    )
  )

  it.effect("a RateLimit is held by a scripted 429", () =>
    Effect.gen(function* () {
      const { heard, options } = listening()
      yield* Effect.flip(Images.generate(request, options))
      expect((yield* RateLimit.status).heldFor).toEqual(Duration.seconds(2))
      const next = yield* Effect.fork(Images.generate(request, options))
      yield* TestClock.adjust("1999 millis")
      expect(yield* Testing.requests).toHaveLength(1)
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(next)
      expect(yield* Testing.requests).toHaveLength(2)
      expect(heard).toEqual(["attempt", "TooManyRequestsResponseError", "attempt"])
    }).pipe(
      Effect.provide(
        over(RateLimit.layer(), {
          generate: [
            Testing.error("TooManyRequestsResponseError", { retryAfter: Duration.seconds(2) }),
            Testing.response()
          ]
        })
      )
    )
  )

  it.effect("a Cache is asked once, and a Batch has a call for each request", () =>
    Effect.gen(function* () {
      const seeded = { ...request, seed: 7 }
      const items = yield* Stream.runCollect(Batch.run([request, { ...request, prompt: "a fox" }, seeded]))
      expect([...items].map(({ result }) => Either.isRight(result))).toEqual([true, true, true])
      expect((yield* Images.generate(seeded)).cached).toBe(true)
      expect(yield* Testing.requests).toHaveLength(3)
    }).pipe(Effect.provide(over(Layer.provide(Cache.layer(), KeyValueStore.layerMemory))))
  )
})

describe("an attempt", () => {
  it.effect("that waits is not sent, nor recorded", () =>
    Effect.gen(function* () {
      const waiting = yield* Effect.fork(Images.generate(request, { onAttempt: Effect.never }))
      const inStream = yield* Effect.fork(
        Stream.runDrain(Images.generateStream(request, { onAttempt: Effect.sleep("1 second") }))
      )
      yield* TestClock.adjust("999 millis")
      expect(yield* Testing.calls).toEqual([])
      yield* Fiber.interrupt(waiting)
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(inStream)
      expect(yield* Testing.calls).toMatchObject([{ operation: "generateStream", outcome: "succeeded" }])
    }).pipe(Effect.provide(Testing.layer()))
  )

  it.effect("of a stream fails before its first event, and not after it", () =>
    Effect.gen(function* () {
      const { heard, options } = listening()
      yield* Effect.flip(Stream.runDrain(Images.generateStream(request, options)))
      yield* Effect.flip(Stream.runDrain(Images.generateStream(request, options)))
      expect(heard).toEqual(["attempt", "ProviderOverloadedResponseError", "attempt"])
    }).pipe(
      Effect.provide(
        Testing.layer({ generateStream: [overloaded, [Testing.partialImage(), Testing.error("ImageStreamError")]] })
      )
    )
  )
})

import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Duration, Effect, Fiber, Option, Stream, TestClock } from "effect"
import { Batch, Images } from "effect-openrouter-images"
import { collect, generating, inTime, prompts, response, settled, taking } from "../../support/generating.js"
import { refusal, scripted } from "../../support/memoryHttp.js"

describe("the progress of a batch", () => {
  const seconds = (progress: Batch.Progress) => ({
    ...progress,
    elapsed: Duration.toSeconds(progress.elapsed),
    ...(progress.timeLeft === undefined ? {} : { timeLeft: Duration.toSeconds(progress.timeLeft) })
  })

  it.effect("is how it is now, each change, and then the end", () =>
    Effect.gen(function* () {
      const layer = generating(({ prompt }) =>
        Effect.delay(
          prompt === "1"
            ? Effect.provide(Images.generate({ model: "a/b", prompt: "x" }), scripted([refusal(400)]).layer)
            : Effect.succeed(response(prompt)),
          "10 seconds"
        )
      )
      const tracker = yield* Batch.makeTracker
      const seen: Array<ReturnType<typeof seconds>> = []
      const watching = yield* Batch.progress(tracker).pipe(
        Stream.runForEach((progress) => Effect.sync(() => seen.push(seconds(progress)))),
        Effect.fork
      )
      yield* settled
      expect(seen).toEqual([{ done: 0, failed: 0, running: 0, spentUsd: 0, elapsed: 0 }])
      const running = yield* Effect.fork(
        Effect.provide(collect(Batch.run(prompts(3), { concurrency: 1, tracker })), layer)
      )
      yield* settled
      expect(seen.at(-1)).toEqual({ total: 3, done: 0, failed: 0, running: 1, spentUsd: 0, elapsed: 0 })
      yield* TestClock.adjust("10 seconds")
      yield* settled
      expect(seen.at(-1)).toEqual({
        ...{ total: 3, done: 1, failed: 0, running: 1, spentUsd: 0.04 },
        ...{ elapsed: 10, timeLeft: 20 }
      })
      yield* TestClock.adjust("10 seconds")
      yield* settled
      expect(seen.at(-1)).toMatchObject({ done: 1, failed: 1, running: 1, spentUsd: 0.04, elapsed: 20, timeLeft: 10 })
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(running)
      yield* Fiber.join(watching)
      expect(seen.at(-1)).toEqual({
        ...{ total: 3, done: 2, failed: 1, running: 0, spentUsd: 0.08 },
        ...{ elapsed: 30, timeLeft: 0 }
      })
      yield* TestClock.adjust("10 seconds")
      const later = yield* Stream.runCollect(Batch.progress(tracker))
      expect([...later].map(seconds)).toEqual([seen.at(-1)])
    })
  )

  it.effect("is only the latest for a slow consumer, and never without its end", () =>
    Effect.gen(function* () {
      const { layer } = taking(() => 0)
      const tracker = yield* Batch.makeTracker
      const gate = yield* Effect.makeLatch()
      const seen: Array<Batch.Progress> = []
      const watching = yield* Batch.progress(tracker).pipe(
        Stream.runForEach((progress) =>
          Effect.zipRight(
            Effect.sync(() => seen.push(progress)),
            gate.await
          )
        ),
        Effect.fork
      )
      yield* settled
      // More changes than a chunk of a stream holds, many of them at once.
      yield* inTime(Effect.provide(Stream.runDrain(Batch.run(prompts(3000), { tracker, concurrency: 100 })), layer))
      yield* settled
      expect(seen.map(({ done }) => done)).toEqual([0])
      yield* gate.open
      yield* Fiber.join(watching)
      expect(seen.map(({ done }) => done)).toEqual([0, 3000])
    })
  )

  it.effect("sums what was spent without drift, and leaves out what is no number", () =>
    Effect.gen(function* () {
      const costs = [...Arr.replicate(0.1, 30), 1e-9, Number.POSITIVE_INFINITY, Number.NaN]
      const tracker = yield* Batch.makeTracker
      const layer = generating(({ prompt }) => Effect.succeed(response(prompt, costs[Number(prompt)])))
      const items = yield* Effect.provide(collect(Batch.run(prompts(costs.length), { tracker })), layer)
      expect(items).toHaveLength(costs.length)
      const last = yield* Stream.runLast(Batch.progress(tracker))
      expect(Option.getOrThrow(last)).toMatchObject({ done: 33, spentUsd: 3.000000001 })
    })
  )

  it.effect("ends with a run that is interrupted, of which nothing runs on", () =>
    Effect.gen(function* () {
      const { layer } = taking(({ prompt }) => (prompt === "0" ? 1 : 1000))
      const tracker = yield* Batch.makeTracker
      const running = yield* Effect.fork(
        Effect.provide(Stream.runDrain(Batch.run(Stream.fromIterable(prompts(10)), { tracker })), layer)
      )
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.interrupt(running)
      const last = yield* Stream.runLast(Batch.progress(tracker))
      expect(seconds(Option.getOrThrow(last))).toEqual({ done: 1, failed: 0, running: 0, spentUsd: 0.04, elapsed: 2 })
    })
  )

  it.effect("begins anew with the next run", () =>
    Effect.gen(function* () {
      const { layer } = taking(() => 0)
      const tracker = yield* Batch.makeTracker
      for (const count of [3, 2]) {
        yield* inTime(Effect.provide(Stream.runDrain(Batch.run(prompts(count), { tracker })), layer))
        const last = yield* Stream.runLast(Batch.progress(tracker))
        expect(Option.getOrThrow(last)).toMatchObject({ total: count, done: count })
      }
    })
  )
})

import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, LogLevel, TestClock } from "effect"
import type { Images } from "effect-openrouter-images"
import { Jobs } from "effect-openrouter-images-jobs"
import * as Memory from "effect-openrouter-images-jobs/Memory"
import { finished, ledger, made, prompts, script, until, working } from "./support/working.js"

describe("a worker", () => {
  it.effect("that is gone has nothing under way", () =>
    Effect.gen(function* () {
      const client = Layer.provideMerge(Jobs.layer, Memory.layer)
      yield* Effect.gen(function* () {
        yield* Jobs.submit(prompts(3), { job: "left" })
        const sql = yield* SqlClient.SqlClient
        yield* sql`UPDATE images_items SET state = 'running', owner = 'somebody', lease = 30000 WHERE position < 2`
        expect(yield* Jobs.status("left")).toMatchObject({ running: 2, waiting: 1, finished: false })
        yield* TestClock.adjust("31 seconds")
        expect(yield* Jobs.status("left")).toMatchObject({ running: 0, waiting: 3, finished: false })
        expect(yield* Jobs.list).toMatchObject([{ running: 0, waiting: 3 }])
      }).pipe(Effect.provide(client))
    })
  )

  it.effect("lets go of items that it was given without hearing of it", () =>
    Effect.gen(function* () {
      yield* script({ _tag: "Pace", delayMillis: 5_000 })
      yield* Jobs.submit(prompts(3), { job: "lost" })
      yield* until("lost", ({ running }) => running === 1)
      const sql = yield* SqlClient.SqlClient
      // As when the claim was committed and the connection broke before the answer came
      yield* sql`
        UPDATE images_items SET state = 'running', lease = 1e15,
          owner = (SELECT owner FROM images_items WHERE state = 'running')
        WHERE position = 2`
      expect(yield* finished("lost")).toMatchObject({ done: 3 })
      expect(yield* ledger).toHaveLength(3)
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )

  it.effect("passes by items that it cannot read", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* Jobs.submit(prompts(6), { job: "newer" })
      // Of a version to come, which may allow more
      yield* sql`UPDATE images_items SET request = '{"model":"new","prompt":"many","n":99}' WHERE position < 3`
      const status = yield* until("newer", ({ done }) => done === 3)
      expect(status).toMatchObject({ done: 3, failed: 0, finished: false })
    }).pipe(Effect.provide(working({ concurrency: 2 })), Logger.withMinimumLogLevel(LogLevel.None))
  )

  it.effect("never has more under way than it may", () => {
    let now = 0
    let most = 0
    const counted = <A, E>(effect: Effect.Effect<A, E>) =>
      Effect.acquireUseRelease(
        Effect.sync(() => {
          now += 1
          most = Math.max(most, now)
        }),
        () => effect,
        () => Effect.sync(() => (now -= 1))
      )
    return Effect.gen(function* () {
      yield* Effect.all([made(prompts(20), { job: "one" }), made(prompts(20), { job: "two" })], { concurrency: 2 })
      expect(most).toBe(3)
    }).pipe(
      Effect.provide(
        working(
          { concurrency: 3 },
          {
            images: (images) => ({
              ...images,
              generate: (...all) => counted(Effect.delay(images.generate(...all), "300 millis"))
            })
          }
        )
      )
    )
  })
})

describe("jobs that share a worker", () => {
  it.effect("take turns by their priorities, whatever their sizes", () => {
    const sent: Array<"large" | "small"> = []
    const noting = (images: Images.Service): Images.Service => ({
      ...images,
      generate: (request, ...rest) => {
        sent.push(request.prompt.startsWith("picture") ? "large" : "small")
        return images.generate(request, ...rest)
      }
    })
    return Effect.gen(function* () {
      yield* Jobs.submit(prompts(200), { job: "large" })
      yield* until("large", ({ done }) => done > 0)
      const small = prompts(30).map((request) => ({ ...request, prompt: `small ${request.prompt}` }))
      yield* Jobs.submit(small, { job: "small", priority: 3 })
      yield* finished("small")
      const meanwhile = sent.slice(sent.indexOf("small"), sent.lastIndexOf("small") + 1)
      const large = meanwhile.filter((each) => each === "large").length
      // One of the large job for three of the small one
      expect(large).toBeGreaterThan(7)
      expect(large).toBeLessThan(14)
    }).pipe(Effect.provide(working({ concurrency: 4 }, { images: noting })))
  })

  it.effect("have a priority above nothing", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Jobs.submit(prompts(1), { job: "none", priority: 0 }))
      expect(error).toMatchObject({ _tag: "InvalidRequestError" })
      expect(error.message).toContain("priority: must be a finite number above 0, got 0")
    }).pipe(Effect.provide(working()))
  )
})

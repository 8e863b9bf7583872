import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, LogLevel, TestClock } from "effect"
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
          { images: (images) => ({ ...images, generate: (...all) => counted(images.generate(...all)) }) }
        )
      )
    )
  })
})

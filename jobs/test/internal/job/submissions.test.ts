import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream, TestClock } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import { finished, letPass, prompts, until, working } from "../../support/working.js"

/** A submission of these requests that ends when it is told to. */
const slowly = (from: number, to: number, end: Deferred.Deferred<void>) =>
  Stream.concat(Stream.fromIterable(prompts(to).slice(from)), Stream.drain(Stream.fromEffect(Deferred.await(end))))

describe("two submissions of one job at once", () => {
  it.effect("are whole when both have ended, whichever ends first", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const first = yield* Effect.fork(Jobs.submit(slowly(0, 3, one), { job: "both" }))
      const second = yield* Effect.fork(Jobs.submit(slowly(3, 7, other), { job: "both" }))
      yield* letPass("5 seconds", "1 second")
      yield* Deferred.succeed(one, undefined)
      expect(yield* Fiber.join(first)).toMatchObject({ added: 3 })
      yield* letPass("3 minutes")
      expect(yield* Jobs.status("both")).toMatchObject({ submitting: true, finished: false })
      yield* Deferred.succeed(other, undefined)
      expect(yield* Fiber.join(second)).toMatchObject({ added: 4 })
      expect(yield* finished("both")).toMatchObject({ submitting: false, total: 7, done: 7 })
    }).pipe(Effect.provide(working()))
  )

  it.effect("do not wait for one that has died", () =>
    Effect.gen(function* () {
      const never = yield* Deferred.make<void>()
      const dying = yield* Effect.fork(Jobs.submit(slowly(0, 3, never), { job: "both" }))
      yield* letPass("5 seconds", "1 second")
      yield* Fiber.interrupt(dying)
      expect(yield* Jobs.status("both")).toMatchObject({ submitting: true })
      yield* TestClock.adjust("1 second")
      yield* Jobs.submit(prompts(3), { job: "both" })
      expect(yield* finished("both")).toMatchObject({ submitting: false, done: 3 })
    }).pipe(Effect.provide(working()))
  )
})

describe("a submission that was killed and started over at once", () => {
  it.effect("leaves the job whole, some time later", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      // What a process leaves that was killed a moment ago
      yield* sql`INSERT INTO images_submissions (pass, job, heard_at) VALUES ('killed', 'again', 0)`
      yield* Jobs.submit(prompts(2), { job: "again" })
      const made = yield* until("again", ({ done }) => done === 2)
      expect(made).toMatchObject({ submitting: true, finished: false })
      yield* letPass("70 seconds", "1 second")
      expect(yield* Jobs.status("again")).toMatchObject({ submitting: false, finished: true })
    }).pipe(Effect.provide(working()))
  )
})

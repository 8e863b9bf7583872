/** Which submissions of a job are under way. Several may be at once, and each may die. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { currentMillis } from "../database/clock.js"
import { inTransaction } from "../database/transaction.js"
import { lockForChange } from "./permission.js"

const interval = "10 seconds"

/** A submission that has been silent for this long has died. */
const maxSilentMillis = 60_000

type Given = Effect.Effect<void, SqlError, SqlClient.SqlClient>

const beat = (job: string, pass: string): Given =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    yield* sql`
      INSERT INTO images_submissions (pass, job, heard_at) VALUES (${pass}, ${job}, ${now})
      ON CONFLICT (pass) DO UPDATE SET heard_at = excluded.heard_at`
  })

const forget = (pass: string): Given =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql`DELETE FROM images_submissions WHERE pass = ${pass}`)

/** Says that a submission is under way, while the effect runs. */
export const whileUnderWay =
  (sql: SqlClient.SqlClient, job: string, pass: string) =>
  <A, E, R>(submission: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> => {
    const within = Effect.provideService(SqlClient.SqlClient, sql)
    const beats = Effect.repeat(Effect.ignore(Effect.delay(beat(job, pass), interval)), Schedule.forever)
    return Effect.acquireUseRelease(
      within(Effect.zipRight(beat(job, pass), Effect.forkDaemon(Effect.interruptible(beats)))),
      () => submission,
      (fiber) => Effect.zipRight(Fiber.interrupt(fiber), within(Effect.ignore(forget(pass))))
    )
  }

/** Makes jobs whole that have a completed submission, and none that is under way. */
export const noteWhole: Given = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = yield* currentMillis
  yield* sql`
    UPDATE images_jobs SET whole = 1 WHERE whole = 0 AND completed = 1 AND NOT EXISTS (
      SELECT 1 FROM images_submissions
      WHERE images_submissions.job = images_jobs.job AND heard_at > ${now} - ${maxSilentMillis}
    )`
})

/** Ends a submission that is whole. Where another one is under way or has just died, a worker looks again later. */
export const complete = (job: string, pass: string): Given =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* lockForChange(job)
    yield* forget(pass)
    yield* sql`UPDATE images_jobs SET completed = 1 WHERE job = ${job}`
    yield* noteWhole
  }).pipe(inTransaction)

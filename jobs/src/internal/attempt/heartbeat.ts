/** The sign of life of whoever makes calls. An attempt without an end is under way for as long as its maker lives. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { currentMillis } from "../database/clock.js"
import { retryUntilBack } from "../database/retry.js"

const interval = "1 second"

/** Makers that have been silent for a day are forgotten. */
const forgottenAfterMillis = 86_400_000

const beat = (worker: string): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    yield* sql`
      INSERT INTO images_workers (worker, heard_at) VALUES (${worker}, ${now})
      ON CONFLICT (worker) DO UPDATE SET heard_at = excluded.heard_at`
  })

const forgetOld: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM images_workers WHERE heard_at < ${yield* currentMillis} - ${forgottenAfterMillis}`
})

/** Says that a worker lives, now and every second until the scope ends. */
export const start = (worker: string): Effect.Effect<void, never, SqlClient.SqlClient | Scope.Scope> =>
  Effect.gen(function* () {
    yield* retryUntilBack(Effect.zipRight(forgetOld, beat(worker)))
    yield* Effect.forkScoped(Effect.repeat(Effect.ignore(Effect.delay(beat(worker), interval)), Schedule.forever))
  })

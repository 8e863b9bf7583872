/**
 * Keeps the id of the generation in the record of its attempt while the call is under way. The call never waits for it:
 * a database that is slow or away costs the id at most, and only where the process dies before the call has ended.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { RequestOptions } from "effect-openrouter-images/Images"
import { retryUntilBack } from "../database/retry.js"
import type { AttemptKey } from "./record.js"

const update = (
  { attempt, item, round }: AttemptKey,
  generationId: string | null
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_attempts SET generation_id = ${generationId}
      WHERE item = ${item} AND round = ${round} AND attempt = ${attempt}`
  )

export interface Follower {
  /** Hooks for the call. */
  readonly hooks: Required<Pick<RequestOptions, "onAttempt" | "onGenerationId">>
  /** The generation of the last request that was sent. */
  readonly told: Effect.Effect<string | undefined>
  /** Ends the writing, and does not wait for it. */
  readonly stop: Effect.Effect<void>
}

/** Follows one call. */
export const follow = (key: AttemptKey): Effect.Effect<Follower, never, SqlClient.SqlClient> =>
  Effect.map(Effect.context<SqlClient.SqlClient>(), (context) => {
    let told: string | undefined
    let writing: Fiber.RuntimeFiber<void> | undefined
    /** Writes in the order in which the ids came. */
    const write = (id: string | null) => {
      const before = writing === undefined ? Effect.void : Fiber.interrupt(writing)
      return Effect.provide(Effect.zipRight(before, retryUntilBack(update(key, id))), context)
    }
    return {
      told: Effect.sync(() => told),
      stop: Effect.suspend(() => (writing === undefined ? Effect.void : Fiber.interruptFork(writing))),
      hooks: {
        onGenerationId: (id) =>
          Effect.gen(function* () {
            if (id.trim() === "") return
            told = id
            writing = yield* Effect.forkDaemon(Effect.interruptible(write(id)))
          }),
        // A layer over `Images` may send a second request in one call, about which the id of the first says nothing.
        onAttempt: Effect.suspend(() => {
          if (told === undefined) return Effect.void
          told = undefined
          return write(null)
        })
      }
    }
  })

/** Passes the events on to one who remembers how far it is. Of several that run at once, one at a time does. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type { Event } from "../../Event.js"
import { currentMillis } from "../database/clock.js"
import { type Place, placeOf, readAfter, start } from "./events.js"

const leaseMillis = 30_000

/** Takes the turn, or keeps it. Gives how far the consumer is, or nothing while another has the turn. */
const take = (name: string, owner: string): Effect.Effect<Place | undefined, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    yield* sql`
      INSERT INTO images_consumers (name, tx, seq) VALUES (${name}, ${sql.literal(start.tx)}, ${sql.literal(start.seq)})
      ON CONFLICT (name) DO NOTHING`
    const [row] = yield* sql<{ readonly tx: string | number; readonly seq: string | number }>`
      UPDATE images_consumers SET owner = ${owner}, lease = ${now} + ${leaseMillis}
      WHERE name = ${name} AND (owner IS NULL OR owner = ${owner} OR lease < ${now}) RETURNING tx, seq`
    return row === undefined ? undefined : { tx: String(row.tx), seq: String(row.seq) }
  })

/** Remembers an event as passed on. Says whether the turn is still there. */
const advance = (name: string, owner: string, { seq, tx }: Place) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql`
        UPDATE images_consumers SET tx = ${sql.literal(tx)}, seq = ${sql.literal(seq)}
        WHERE name = ${name} AND owner = ${owner} RETURNING name`,
      (rows) => rows.length > 0
    )
  )

const release = (name: string, owner: string) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`UPDATE images_consumers SET owner = NULL, lease = NULL WHERE name = ${name} AND owner = ${owner}`
  )

const turn = (name: string, owner: string, pass: (event: Event) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const place = yield* take(name, owner)
    if (place === undefined) return
    for (const event of yield* readAfter(place, undefined)) {
      // Its receiver may be slow: the turn is kept meanwhile, and an event is passed on by one only.
      const keep = Effect.forever(Effect.ignore(Effect.delay(take(name, owner), "10 seconds")))
      yield* Effect.raceFirst(pass(event), keep)
      if (!(yield* advance(name, owner, yield* Effect.orDie(placeOf(event.cursor))))) return
    }
  })

/** Goes on until it is interrupted. */
export const run = (
  name: string,
  pass: (event: Event) => Effect.Effect<void>
): Effect.Effect<never, never, SqlClient.SqlClient> => {
  const owner = crypto.randomUUID()
  return Effect.forever(Effect.zipRight(Effect.ignoreLogged(turn(name, owner, pass)), Effect.sleep("1 second"))).pipe(
    Effect.ensuring(Effect.ignore(release(name, owner)))
  )
}

/** The tables of the jobs, and a layer that creates them. */
import * as Migrator from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"

/** Types that SQLite and PostgreSQL both know. Times are milliseconds since 1970, amounts are US dollars. */
const createTables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE images_jobs (
    job TEXT PRIMARY KEY,
    created_at DOUBLE PRECISION NOT NULL,
    whole INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    limit_usd DOUBLE PRECISION,
    spent_usd DOUBLE PRECISION NOT NULL,
    reserved_usd DOUBLE PRECISION NOT NULL
  )`
  yield* sql`CREATE TABLE images_items (
    id TEXT PRIMARY KEY,
    job TEXT NOT NULL,
    position INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    round INTEGER NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT,
    lease DOUBLE PRECISION,
    claims INTEGER NOT NULL,
    attempt INTEGER,
    decision TEXT,
    outcome TEXT,
    error TEXT,
    billing TEXT,
    pictures INTEGER NOT NULL,
    cost_usd DOUBLE PRECISION,
    finished_at DOUBLE PRECISION
  )`
  yield* sql`CREATE INDEX images_items_by_state ON images_items (state, position)`
  yield* sql`CREATE INDEX images_items_by_job ON images_items (job, position, id)`
  yield* sql`CREATE INDEX images_items_with_outcome ON images_items (job, position, id) WHERE outcome IS NOT NULL`
  yield* sql`CREATE TABLE images_attempts (
    item TEXT NOT NULL,
    round INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    token TEXT NOT NULL,
    begun_at DOUBLE PRECISION NOT NULL,
    beats INTEGER NOT NULL,
    reserved_usd DOUBLE PRECISION NOT NULL,
    ended_at DOUBLE PRECISION,
    succeeded INTEGER,
    outcome TEXT,
    PRIMARY KEY (item, round, attempt)
  )`
  yield* sql`CREATE INDEX images_attempts_by_time ON images_attempts (begun_at)`
  yield* sql`CREATE TABLE images_gate (held_until DOUBLE PRECISION)`
  yield* sql`INSERT INTO images_gate (held_until) VALUES (NULL)`
  yield* sql`CREATE TABLE images_passes (
    pass TEXT NOT NULL,
    hash TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (pass, hash)
  )`
})

/** The columns by which attempts whose billing is unknown are settled, in the order in which they are filled. */
const settlementColumns = [
  "generation_id TEXT",
  "min_usd DOUBLE PRECISION",
  "max_usd DOUBLE PRECISION",
  "unknown_at DOUBLE PRECISION",
  "next_ask_at DOUBLE PRECISION",
  "first_asked_at DOUBLE PRECISION",
  "asked_at DOUBLE PRECISION",
  "asked INTEGER NOT NULL DEFAULT 0",
  "settlement TEXT",
  "cost_usd DOUBLE PRECISION"
]

/**
 * An earlier version kept no generation's id, so what it left unknown stays so. It is marked all the same: no later
 * attempt may make such an item look as if it had cost nothing.
 */
const addSettlements = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* Effect.forEach(
    settlementColumns,
    (column) => sql`ALTER TABLE images_attempts ADD COLUMN ${sql.literal(column)}`,
    { discard: true }
  )
  yield* sql`
    UPDATE images_attempts SET
      unknown_at = COALESCE(ended_at, begun_at),
      max_usd = CASE WHEN reserved_usd > 0 THEN reserved_usd END
    WHERE item IN (SELECT id FROM images_items WHERE billing = 'unknown' OR state = 'undecided')
      AND (outcome IS NULL OR (succeeded = 0 AND outcome LIKE '%"billing":"unknown"%'))`
  yield* sql`CREATE INDEX images_attempts_to_ask ON images_attempts (next_ask_at) WHERE next_ask_at IS NOT NULL`
  yield* sql`CREATE INDEX images_attempts_unknown ON images_attempts (item) WHERE unknown_at IS NOT NULL`
})

/** Who makes calls, and when it was last heard. An attempt of an earlier version has no worker. */
const addWorkers = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE images_workers (worker TEXT PRIMARY KEY, heard_at DOUBLE PRECISION NOT NULL)`
  yield* sql`ALTER TABLE images_attempts ADD COLUMN worker TEXT`
})

const migrate = Migrator.make({})({
  loader: Migrator.fromRecord({ "1_jobs": createTables, "2_settlements": addSettlements, "3_workers": addWorkers }),
  table: "images_jobs_migrations"
})

/**
 * A constant, so that all who need the tables share one run. When workers start together only one can create the
 * tables; the others try again and find them.
 */
export const layer: Layer.Layer<never, never, SqlClient.SqlClient> = Layer.effectDiscard(
  migrate.pipe(
    Effect.sandbox,
    Effect.retry(Schedule.intersect(Schedule.spaced("500 millis"), Schedule.recurs(20))),
    Effect.orDie
  )
)

/** Step 1: jobs, their items and attempts. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

/** Types that SQLite and PostgreSQL both know. Times are milliseconds since 1970, amounts are US dollars. */
export const createJobs = Effect.gen(function* () {
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

/** Step 8: events for whoever follows a job, deadlines of items, and the trace that a submission belongs to. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

/** States that are worth an event. */
const ends = "('done', 'failed', 'cancelled')"

/**
 * A number is given before its transaction is committed, so a later number may be seen first. PostgreSQL therefore
 * writes the transaction too: a reader waits for those before it.
 */
const inPostgres = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE images_events (
    seq BIGSERIAL PRIMARY KEY,
    tx BIGINT NOT NULL DEFAULT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT),
    at DOUBLE PRECISION NOT NULL DEFAULT EXTRACT(EPOCH FROM clock_timestamp()) * 1000,
    job TEXT NOT NULL,
    item TEXT,
    kind TEXT NOT NULL
  )`
  yield* sql`CREATE INDEX images_events_in_order ON images_events (tx, seq)`
  yield* sql.unsafe(`CREATE FUNCTION images_note_ends() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO images_events (job, item, kind)
      SELECT new_items.job, new_items.id, new_items.state FROM new_items JOIN old_items ON old_items.id = new_items.id
      WHERE new_items.state <> old_items.state AND new_items.state IN ${ends} ORDER BY new_items.id;
      RETURN NULL;
    END $$`)
  yield* sql`CREATE TRIGGER images_note_ends AFTER UPDATE ON images_items
    REFERENCING OLD TABLE AS old_items NEW TABLE AS new_items FOR EACH STATEMENT EXECUTE FUNCTION images_note_ends()`
})

const inSqlite = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE images_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    tx INTEGER NOT NULL DEFAULT 0,
    at DOUBLE PRECISION NOT NULL DEFAULT ((julianday('now') - 2440587.5) * 86400000.0),
    job TEXT NOT NULL,
    item TEXT,
    kind TEXT NOT NULL
  )`
  yield* sql.unsafe(`CREATE TRIGGER images_note_ends AFTER UPDATE OF state ON images_items
    FOR EACH ROW WHEN OLD.state <> NEW.state AND NEW.state IN ${ends}
    BEGIN INSERT INTO images_events (job, item, kind) VALUES (NEW.job, NEW.id, NEW.state); END`)
})

/** `ended_at` is when the last item of a whole job ended; it is null while the job has something open. */
export const addEvents = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.onDialectOrElse({ pg: () => inPostgres, orElse: () => inSqlite })
  yield* sql`CREATE TABLE images_consumers (
    name TEXT PRIMARY KEY,
    tx BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    owner TEXT,
    lease DOUBLE PRECISION
  )`
  yield* sql`ALTER TABLE images_jobs ADD COLUMN ended_at DOUBLE PRECISION`
  yield* sql`ALTER TABLE images_items ADD COLUMN deadline_at DOUBLE PRECISION`
  yield* sql`ALTER TABLE images_items ADD COLUMN trace TEXT`
  yield* sql`CREATE INDEX images_items_by_deadline ON images_items (deadline_at) WHERE state = 'waiting'`
})

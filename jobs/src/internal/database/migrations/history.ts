/** Step 9: what came of a job is added up as it happens, in short spans of the job's life, and pauses are kept. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

/**
 * How wide the spans are, in milliseconds, until the job is so old. No span is wider than a hundredth of the life
 * before it, so a hundred spans of any job's life can be added up from whole ones, and no job has more than a few
 * thousand.
 */
const widths = [
  { untilAge: 1_000_000, width: 1_000 },
  { untilAge: 6_000_000, width: 10_000 },
  { untilAge: 30_000_000, width: 60_000 },
  { untilAge: 360_000_000, width: 300_000 },
  { untilAge: 8_640_000_000, width: 3_600_000 }
]
const widest = 86_400_000

const width = `CASE ${widths.map(({ untilAge, width }) => `WHEN age < ${untilAge} THEN ${width}`).join(" ")} ELSE ${widest} END`

/** Where its span begins. */
const start = `age - age % ${width}`

/** Whole milliseconds since the job was submitted. Clocks of workers may be behind. */
const ageAt = (time: string, created = "created_at"): string =>
  `CAST(CASE WHEN ${time} > ${created} THEN ${time} - ${created} ELSE 0 END AS BIGINT)`

const columns = "job, at, shard, done, failed, pictures, spent_usd"

const add = (table: string): string =>
  `ON CONFLICT (job, at, shard) DO UPDATE SET ${["done", "failed", "pictures", "spent_usd"]
    .map((name) => `${name} = ${table}.${name} + excluded.${name}`)
    .join(", ")}`

/** What an item counts as that has ended. */
const counted = (state: string): string =>
  `CASE ${state} WHEN 'done' THEN 1 ELSE 0 END AS done, CASE ${state} WHEN 'failed' THEN 1 ELSE 0 END AS failed`

/** An amount that a worker of an earlier version has spent does not say when. */
const spentAt = (now: string): string => `COALESCE(NEW.spent_at, ${now})`

const keepPause = `
  UPDATE images_pauses SET until_at = COALESCE(NEW.paused_at, NEW.opened_at, since_at)
  WHERE job = NEW.job AND until_at IS NULL;
  INSERT INTO images_pauses (job, since_at, paused_by, reason)
  SELECT NEW.job, NEW.paused_at, NEW.paused, COALESCE(NEW.pause_reason, '') WHERE NEW.paused IS NOT NULL;`

/**
 * Sessions that end items have one of sixteen rows, as for the counts. Money has a row of its own: whoever changes it
 * holds the job's row already. The function that notes the ends of items does this too, so that updates which end
 * nothing cost no more than before.
 */
const inPostgres = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`CREATE OR REPLACE FUNCTION images_note_ends() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO images_events (job, item, kind)
      SELECT new_items.job, new_items.id, new_items.state FROM new_items JOIN old_items ON old_items.id = new_items.id
      WHERE new_items.state <> old_items.state AND new_items.state IN ('done', 'failed', 'cancelled')
      ORDER BY new_items.id;
      IF NOT FOUND THEN RETURN NULL; END IF;
      INSERT INTO images_history AS history (${columns})
      SELECT job, ${start}, pg_backend_pid() % 16, SUM(done), SUM(failed), SUM(pictures), 0 FROM (
        SELECT jobs.job, ${ageAt("new_items.finished_at")} AS age, ${counted("new_items.state")}, new_items.pictures
        FROM new_items JOIN old_items ON old_items.id = new_items.id JOIN images_jobs jobs ON jobs.job = new_items.job
        WHERE new_items.state <> old_items.state AND new_items.state IN ('done', 'failed')
          AND new_items.finished_at IS NOT NULL
      ) AS ended GROUP BY 1, 2 ORDER BY 1, 2
      ${add("history")};
      RETURN NULL;
    END $$`)
  yield* sql.unsafe(`CREATE FUNCTION images_note_spending() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO images_history AS history (${columns})
      SELECT NEW.job, ${start}, 16, 0, 0, 0, NEW.spent_usd - OLD.spent_usd
      FROM (SELECT ${ageAt(spentAt("EXTRACT(EPOCH FROM clock_timestamp()) * 1000"), "NEW.created_at")} AS age) AS spent
      ${add("history")};
      RETURN NULL;
    END $$`)
  yield* sql`CREATE TRIGGER images_note_spending AFTER UPDATE OF spent_usd ON images_jobs FOR EACH ROW
    WHEN (OLD.spent_usd <> NEW.spent_usd AND OLD.removed_at IS NULL) EXECUTE FUNCTION images_note_spending()`
  yield* sql.unsafe(`CREATE FUNCTION images_note_pause() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN ${keepPause} RETURN NULL; END $$`)
  yield* sql`CREATE TRIGGER images_note_pause AFTER UPDATE OF paused ON images_jobs FOR EACH ROW
    WHEN (OLD.paused IS DISTINCT FROM NEW.paused) EXECUTE FUNCTION images_note_pause()`
})

const inSqlite = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`CREATE TRIGGER images_note_history AFTER UPDATE OF state ON images_items FOR EACH ROW
    WHEN OLD.state <> NEW.state AND NEW.state IN ('done', 'failed') AND NEW.finished_at IS NOT NULL
    BEGIN
      INSERT INTO images_history (${columns})
      SELECT job, ${start}, 0, done, failed, NEW.pictures, 0 FROM (
        SELECT job, ${ageAt("NEW.finished_at")} AS age, ${counted("NEW.state")} FROM images_jobs WHERE job = NEW.job
      ) WHERE 1 = 1
      ${add("images_history")};
    END`)
  yield* sql.unsafe(`CREATE TRIGGER images_note_spending AFTER UPDATE OF spent_usd ON images_jobs FOR EACH ROW
    WHEN OLD.spent_usd <> NEW.spent_usd AND OLD.removed_at IS NULL
    BEGIN
      INSERT INTO images_history (${columns})
      SELECT NEW.job, ${start}, 0, 0, 0, 0, NEW.spent_usd - OLD.spent_usd
      FROM (SELECT ${ageAt(spentAt("(julianday('now') - 2440587.5) * 86400000.0"), "NEW.created_at")} AS age)
      WHERE 1 = 1
      ${add("images_history")};
    END`)
  yield* sql.unsafe(`CREATE TRIGGER images_note_pause AFTER UPDATE OF paused ON images_jobs FOR EACH ROW
    WHEN OLD.paused IS NOT NEW.paused BEGIN ${keepPause} END`)
})

/** What earlier jobs have spent is known where an item says it. Whatever else they spent has no time. */
const addEarlier = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`
    INSERT INTO images_history (${columns})
    SELECT job, ${start}, 0, SUM(done), SUM(failed), SUM(pictures), COALESCE(SUM(cost_usd), 0) FROM (
      SELECT jobs.job, ${ageAt("finished_at")} AS age, ${counted("state")}, pictures, cost_usd
      FROM images_items items JOIN images_jobs jobs ON jobs.job = items.job
      WHERE state IN ('done', 'failed') AND finished_at IS NOT NULL AND jobs.removed_at IS NULL
    ) AS ended GROUP BY 1, 2`)
  yield* sql`
    INSERT INTO images_pauses (job, since_at, paused_by, reason)
    SELECT job, paused_at, paused, COALESCE(pause_reason, '') FROM images_jobs
    WHERE paused IS NOT NULL AND paused_at IS NOT NULL`
})

/** `at` is how many milliseconds after the job's submission a span begins. */
export const addHistory = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // Workers of an earlier version may be at work: nothing may end between the sums and the triggers.
  yield* sql.onDialectOrElse({
    pg: () => sql`LOCK TABLE images_items, images_jobs IN SHARE ROW EXCLUSIVE MODE`,
    orElse: () => Effect.void
  })
  yield* sql`CREATE TABLE images_history (
    job TEXT NOT NULL,
    at BIGINT NOT NULL,
    shard INTEGER NOT NULL,
    done BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    pictures BIGINT NOT NULL,
    spent_usd DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (job, at, shard)
  )`
  yield* sql`CREATE TABLE images_pauses (
    job TEXT NOT NULL,
    since_at DOUBLE PRECISION NOT NULL,
    until_at DOUBLE PRECISION,
    paused_by TEXT NOT NULL,
    reason TEXT NOT NULL
  )`
  yield* sql`CREATE INDEX images_pauses_by_job ON images_pauses (job, since_at)`
  yield* sql`ALTER TABLE images_jobs ADD COLUMN spent_at DOUBLE PRECISION`
  yield* addEarlier
  yield* sql.onDialectOrElse({ pg: () => inPostgres, orElse: () => inSqlite })
})

/** Step 4: the items of a job are counted as they change, so that nobody has to count them. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

/**
 * PostgreSQL counts once for each statement. Each of its sessions has one of sixteen rows, for a row that all of them
 * update at once would hold up all of them.
 */
const countInPostgres = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const changes = {
    INSERT: "SELECT job, state, billing, 1 AS items, pictures FROM new_items",
    DELETE: "SELECT job, state, billing, -1 AS items, -pictures AS pictures FROM old_items"
  }
  const both = `${changes.INSERT} UNION ALL ${changes.DELETE}`
  const events = [
    ["INSERT", changes.INSERT, "NEW TABLE AS new_items"],
    ["UPDATE", both, "OLD TABLE AS old_items NEW TABLE AS new_items"],
    ["DELETE", changes.DELETE, "OLD TABLE AS old_items"]
  ] as const
  for (const [event, change, tables] of events) {
    const name = `images_count_${event.toLowerCase()}`
    yield* sql.unsafe(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO images_counts AS counts (job, state, billing, shard, items, pictures)
        SELECT job, state, COALESCE(billing, ''), pg_backend_pid() % 16, SUM(items), SUM(pictures)
        FROM (${change}) AS changes GROUP BY 1, 2, 3 HAVING SUM(items) <> 0 OR SUM(pictures) <> 0 ORDER BY 1, 2, 3
        ON CONFLICT (job, state, billing, shard) DO UPDATE
        SET items = counts.items + excluded.items, pictures = counts.pictures + excluded.pictures;
        RETURN NULL;
      END $$`)
    yield* sql.unsafe(`CREATE TRIGGER ${name} AFTER ${event} ON images_items REFERENCING ${tables}
      FOR EACH STATEMENT EXECUTE FUNCTION ${name}()`)
  }
})

const countInSqlite = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const add = (row: "NEW" | "OLD", sign: "" | "-") => `
    INSERT INTO images_counts (job, state, billing, shard, items, pictures)
    VALUES (${row}.job, ${row}.state, COALESCE(${row}.billing, ''), 0, ${sign}1, ${sign}${row}.pictures)
    ON CONFLICT (job, state, billing, shard) DO UPDATE
    SET items = items + excluded.items, pictures = pictures + excluded.pictures;`
  const counted = ["job", "state", "billing", "pictures"]
  const isChanged = counted.map((name) => `OLD.${name} IS NOT NEW.${name}`).join(" OR ")
  const trigger = (event: string, when: string, body: string) =>
    sql.unsafe(`CREATE TRIGGER images_count_${event.toLowerCase().slice(0, 6)} AFTER ${event} ON images_items
      FOR EACH ROW ${when} BEGIN ${body} END`)
  yield* trigger("INSERT", "", add("NEW", ""))
  yield* trigger(`UPDATE OF ${counted.join(", ")}`, `WHEN ${isChanged}`, add("OLD", "-") + add("NEW", ""))
  yield* trigger("DELETE", "", add("OLD", "-"))
})

export const addCounts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // Workers of an earlier version may be at work: no change may come between the count and the triggers.
  yield* sql.onDialectOrElse({
    pg: () => sql`LOCK TABLE images_items IN SHARE ROW EXCLUSIVE MODE`,
    orElse: () => Effect.void
  })
  yield* sql`CREATE TABLE images_counts (
    job TEXT NOT NULL,
    state TEXT NOT NULL,
    billing TEXT NOT NULL,
    shard INTEGER NOT NULL,
    items BIGINT NOT NULL,
    pictures BIGINT NOT NULL,
    PRIMARY KEY (job, state, billing, shard)
  )`
  yield* sql`
    INSERT INTO images_counts (job, state, billing, shard, items, pictures)
    SELECT job, state, COALESCE(billing, ''), 0, COUNT(*), SUM(pictures) FROM images_items
    GROUP BY job, state, COALESCE(billing, '')`
  yield* sql.onDialectOrElse({ pg: () => countInPostgres, orElse: () => countInSqlite })
  yield* sql`CREATE INDEX images_items_to_claim ON images_items (state, job, position)`
  yield* sql`DROP INDEX images_items_by_state`
})

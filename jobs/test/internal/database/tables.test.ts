import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import * as SqlClient from "@effect/sql/SqlClient"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import { describe, expect, it } from "@effect/vitest"
import * as WorkflowEngine from "@effect/workflow/WorkflowEngine"
import { Effect, Layer } from "effect"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import { finished, imagesLive, itemsOf, made, prompts, script } from "../../support/working.js"

/** A process's life: a worker over the file, until the effect ends. */
const life = <A, E, R>(filename: string, effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.provide(
      Layer.merge(Jobs.layer, Worker.layer()).pipe(
        Layer.provide(Layer.fresh(WorkflowEngine.layerMemory)),
        Layer.provideMerge(Layer.orDie(SqliteClient.layer({ filename }))),
        Layer.fresh
      )
    )
  )

/** Takes a database back to the first version, which kept no ids. */
const takeBack = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DROP INDEX images_attempts_to_ask`
  yield* sql`DROP INDEX images_attempts_unknown`
  const columns = yield* sql<{ readonly name: string }>`SELECT name FROM pragma_table_info('images_attempts')`
  const added = columns.slice(columns.findIndex(({ name }) => name === "outcome") + 1)
  expect(added.length).toBeGreaterThan(0)
  for (const { name } of added) yield* sql`ALTER TABLE images_attempts DROP COLUMN ${sql(name)}`
  yield* sql`DROP TABLE images_workers`
  yield* sql`DELETE FROM images_jobs_migrations WHERE migration_id > 1`
})

describe("a database of the first version", () => {
  it.scoped("gets what is new, and what was unknown in it stays unknown", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
      yield* life(
        filename,
        Effect.gen(function* () {
          yield* script({ _tag: "Reset", at: "head", afterCompletion: true }, { _tag: "Status", status: 400 })
          expect(yield* made(prompts(3), { job: "old" })).toMatchObject({ done: 1, failed: 2, unknown: 1 })
          yield* takeBack
        })
      )
      yield* life(
        filename,
        Effect.gen(function* () {
          const unknown = { attempts: 1, minUsd: 0, maxUsd: undefined }
          expect(yield* Jobs.status("old")).toMatchObject({ done: 1, failed: 2, unknown: 1, settlements: { unknown } })
          expect((yield* itemsOf("old")).map(({ settlements }) => settlements.length)).toEqual([1, 0, 0])
          // Taken up again with leave, and free this time: the first attempt may have been billed all the same
          yield* Jobs.retryFailed("old", { mayPayTwice: true })
          yield* script({ _tag: "Status", status: 524 }, { _tag: "Status", status: 524 })
          expect(yield* finished("old")).toMatchObject({ done: 2, failed: 1, unknown: 1 })
          expect(yield* itemsOf("old")).toMatchObject([
            {
              state: "failed",
              billing: "unknown",
              round: 1,
              settlements: [{ state: "unknown" }, { state: "notBilled" }]
            },
            { state: "done", round: 2 },
            { state: "done", round: 0 }
          ])
        })
      )
    }).pipe(Effect.provide([NodeContext.layer, imagesLive, ImageStore.layerMemory]))
  )
})

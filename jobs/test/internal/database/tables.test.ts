import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import * as Migrator from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import { describe, expect, it } from "@effect/vitest"
import * as WorkflowEngine from "@effect/workflow/WorkflowEngine"
import { Cause, Effect, Layer } from "effect"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import { OutcomeUnknownError, PictureLostError } from "../../../src/Errors.js"
import { encodeOutcome } from "../../../src/internal/attempt/outcomeText.js"
import { migrations } from "../../../src/internal/database/tables.js"
import { encodeRequest, hashRequest, itemId } from "../../../src/internal/items/request.js"
import { finished, imagesLive, itemsOf, prompts, script } from "../../support/working.js"

const database = (filename: string) => Layer.orDie(SqliteClient.layer({ filename }))

/** A process's life: a worker over the file, until the effect ends. */
const life = <A, E, R>(filename: string, effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.provide(
      Layer.merge(Jobs.layer, Worker.layer()).pipe(
        Layer.provide(Layer.fresh(WorkflowEngine.layerMemory)),
        Layer.provideMerge(database(filename)),
        Layer.fresh
      )
    )
  )

/** The tables as an earlier version made them. */
const tablesAt = (step: number) =>
  Migrator.make({})({
    loader: Migrator.fromRecord(Object.fromEntries(Object.entries(migrations).slice(0, step))),
    table: "images_jobs_migrations"
  })

/** A job of that version: one item is done, one has failed, one waits, and one was being sent when its worker died. */
const oldJob = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO images_jobs ${sql.insert({
    ...{ job: "old", created_at: 1, whole: 1, cancelled: 0, limit_usd: null, spent_usd: 0.04, reserved_usd: 0 }
  })}`
  const outcomes = {
    done: encodeOutcome({ _tag: "Made", generation: { pictures: [], created: 1, costUsd: 0.04 } }),
    failed: encodeOutcome({ _tag: "Failed", error: new PictureLostError({ description: "full" }), pictures: [] })
  }
  const states = ["done", "failed", "waiting", "running"] as const
  for (const [position, request] of prompts(4).entries()) {
    const state = states[position] ?? "waiting"
    const id = itemId("old", yield* hashRequest(request), 0)
    const outcome = state === "done" || state === "failed" ? outcomes[state] : null
    yield* sql`INSERT INTO images_items ${sql.insert({
      ...{ id, job: "old", position, turn: 0, round: 0, request: encodeRequest(request), state, outcome },
      ...{ claims: state === "waiting" ? 0 : 1, pictures: 0, billing: outcome === null ? null : "billed" },
      ...(state === "running" ? { owner: "a worker that died", lease: 0 } : {}),
      ...(state === "failed" ? { error: "PictureLostError" } : {})
    })}`
    if (state === "waiting") continue
    yield* sql`INSERT INTO images_attempts ${sql.insert({
      ...{ item: id, round: 0, attempt: 1, token: "", begun_at: 1, beats: 0, reserved_usd: 0, outcome },
      ...(outcome === null ? {} : { ended_at: 2, succeeded: state === "done" ? 1 : 0 })
    })}`
  }
})

describe("a database of an earlier version", () => {
  it.scoped.each(
    Object.keys(migrations)
      .slice(0, -1)
      .map((name, i) => [name, i + 1] as const)
  )("that ends with %s gets what is new, and its job goes on", ([, step]) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
      yield* Effect.zipRight(tablesAt(step), oldJob).pipe(Effect.provide(database(filename)))
      yield* life(
        filename,
        Effect.gen(function* () {
          const counts = { total: 4, done: 2, failed: 2, unknown: 1, waiting: 0, running: 0 }
          expect(yield* finished("old")).toMatchObject({ ...counts, paused: undefined })
          expect(yield* Jobs.list).toMatchObject([counts])
          expect((yield* itemsOf("old")).map(({ billing, state }) => [state, billing])).toEqual([
            ["done", "billed"],
            ["failed", "billed"],
            ["done", "billed"],
            ["failed", "unknown"]
          ])
        })
      )
    }).pipe(Effect.provide([NodeContext.layer, imagesLive, ImageStore.layerMemory]))
  )

  it.scoped("keeps what was unknown in it, whatever its later attempts cost", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
      yield* Effect.gen(function* () {
        yield* tablesAt(1)
        yield* oldJob
        const sql = yield* SqlClient.SqlClient
        yield* sql`UPDATE images_items SET state = 'failed', billing = 'unknown', finished_at = 1 WHERE state = 'running'`
        const error = new OutcomeUnknownError({ item: "old", attempt: 1, begunAt: 1 })
        yield* sql`
          UPDATE images_items SET
            outcome = ${encodeOutcome({ _tag: "Failed", error, pictures: [] })}, error = 'OutcomeUnknownError'
          WHERE outcome IS NULL AND state = 'failed'`
      }).pipe(Effect.provide(database(filename)))
      yield* life(
        filename,
        Effect.gen(function* () {
          const unknown = { attempts: 1, minUsd: 0, maxUsd: undefined }
          expect(yield* finished("old")).toMatchObject({ done: 2, failed: 2, unknown: 1, settlements: { unknown } })
          // Taken up again with leave, and free this time: the first attempt may have been billed all the same
          yield* Jobs.retryFailed("old", { mayPayTwice: true })
          yield* script({ _tag: "Status", status: 524 }, { _tag: "Status", status: 524 })
          yield* finished("old")
          const last = (yield* itemsOf("old")).at(-1)
          expect(last).toMatchObject({ billing: "unknown", round: 1 })
        })
      )
    }).pipe(Effect.provide([NodeContext.layer, imagesLive, ImageStore.layerMemory]))
  )
})

describe("a database of a newer version", () => {
  it.scoped("is refused with a sentence", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
      yield* life(
        filename,
        Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql`INSERT INTO images_jobs_migrations (migration_id, name) VALUES (99, 'later')`
        )
      )
      const cause = yield* Effect.flip(Effect.sandbox(life(filename, Jobs.list)))
      expect(Cause.pretty(cause)).toContain("belongs to a newer version of effect-openrouter-images-jobs")
      expect(Cause.pretty(cause)).toContain("step 99")
    }).pipe(Effect.provide([NodeContext.layer, imagesLive, ImageStore.layerMemory]))
  )
})

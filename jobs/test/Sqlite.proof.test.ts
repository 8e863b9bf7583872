import { Worker as Thread } from "node:worker_threads"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, LogLevel, Schedule, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { attemptsOf } from "./support/attempts.js"
import { imagesLive, prompts, script } from "./support/working.js"

/** Another program that writes into the file all the time. */
const busy = `
  const { workerData } = require("node:worker_threads")
  const database = require("better-sqlite3")(workerData)
  database.pragma("journal_mode = WAL")
  database.exec("CREATE TABLE IF NOT EXISTS other (id INTEGER)")
  const insert = database.prepare("INSERT INTO other (id) VALUES (1)")
  setInterval(() => insert.run(), 1)
`

/** A process's life: a worker over the file, until the effect ends. */
const life = <A, E, R>(filename: string, effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.provide(Layer.merge(Jobs.layer, Worker.layer()).pipe(Layer.provideMerge(Sqlite.layer({ filename })))),
    Effect.scoped
  )

describe("a file of SQLite", () => {
  it.scopedLive("carries a wait over the end of the process", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
      const { requests } = yield* Emulator.Emulator
      yield* script({ _tag: "Status", status: 429, headers: { "retry-after": "6" } })
      yield* life(
        filename,
        Effect.gen(function* () {
          yield* Jobs.submit(prompts(1), { job: "one" })
          yield* Effect.repeat(attemptsOf("one"), {
            until: ([first]) => typeof first?.ended === "number",
            schedule: Schedule.spaced("20 millis")
          })
        })
      )
      yield* life(
        filename,
        Effect.gen(function* () {
          const [status] = yield* Stream.runCollect(Stream.filter(Jobs.watch("one"), ({ finished }) => finished))
          expect(status).toMatchObject({ done: 1, failed: 0 })
          const [refused, second] = yield* attemptsOf("one")
          expect((second?.begun ?? 0) - (refused?.ended ?? Number.NaN)).toBeGreaterThanOrEqual(6_000)
          // The first process's attempt was not made again
          expect(yield* requests).toHaveLength(2)
        })
      )
    }).pipe(Effect.provide([NodeContext.layer, imagesLive, ImageStore.layerMemory]))
  )

  it.scopedLive("loses no answer of the engine's that the database did not take for a while", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
      const { ledger } = yield* Emulator.Emulator
      yield* life(
        filename,
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* Jobs.submit(prompts(60), { job: "rough" })
          yield* Stream.runDrain(
            Stream.takeUntil(Jobs.watch("rough", { every: "20 millis" }), ({ done }) => done >= 10)
          )
          // Longer than the engine tries by itself
          yield* sql`
            CREATE TRIGGER full BEFORE INSERT ON cluster_replies BEGIN SELECT RAISE(FAIL, 'the disk is full'); END`
          yield* Effect.sleep("2 seconds")
          yield* sql`DROP TRIGGER full`
          yield* Stream.runDrain(Jobs.watch("rough", { every: "100 millis" }))
          expect(yield* Jobs.status("rough")).toMatchObject({ done: 60, failed: 0 })
          expect(yield* ledger).toHaveLength(60)
        })
      )
    }).pipe(
      Effect.provide([NodeContext.layer, imagesLive, ImageStore.layerMemory]),
      Logger.withMinimumLogLevel(LogLevel.None)
    )
  )

  it.scopedLive("takes a submission while another program writes into it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
      const client = Sqlite.layerClient({ filename })
      yield* Effect.acquireRelease(
        Effect.sync(() => new Thread(busy, { eval: true, workerData: filename })),
        (thread) => Effect.promise(() => thread.terminate())
      )
      const submitted = yield* Jobs.submit(prompts(10_000), { job: "busy" }).pipe(
        Effect.provide(Jobs.layer.pipe(Layer.provide(client)))
      )
      expect(submitted).toMatchObject({ added: 10_000 })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("has every commit on the disk when it is done", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
      const rows = yield* Effect.flatMap(SqlClient.SqlClient, (sql) => sql`PRAGMA synchronous`).pipe(
        Effect.provide(Sqlite.layerClient({ filename }))
      )
      expect(rows).toEqual([{ synchronous: 2 }])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

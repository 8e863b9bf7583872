import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import * as SqlClient from "@effect/sql/SqlClient"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import { describe, expect, it } from "@effect/vitest"
import * as WorkflowEngine from "@effect/workflow/WorkflowEngine"
import { Chunk, Effect, Layer, Stream, TestClock } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { finished, imagesLive, itemsOf, ledger, letPass, made, model, prompts, working } from "../../support/working.js"

const rowsOf = (table: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(sql<{ readonly rows: number }>`SELECT COUNT(*) AS rows FROM ${sql(table)}`, ([row]) => row?.rows)
  )

const filesIn = Effect.flatMap(ImageStore.ImageStore, ({ list }) =>
  Effect.map(Stream.runCollect(list), (files) => Chunk.toReadonlyArray(files).map(({ reference }) => reference))
)

/** Makes pictures with a worker that ends afterwards: so long as none runs, time passes at once. */
const madeBy = (requests: ReturnType<typeof prompts>, job: string) =>
  made(requests, { job }).pipe(
    Effect.provide(Layer.provide(Layer.orDie(Worker.layer()), Layer.fresh(WorkflowEngine.layerMemory)))
  )

/** Jobs without a worker. */
const jobs = Jobs.layer.pipe(
  Layer.provideMerge(Layer.orDie(SqliteClient.layer({ filename: ":memory:" }))),
  Layer.provideMerge(ImageStore.layerMemory),
  Layer.provideMerge(imagesLive)
)

describe("a job that is removed", () => {
  it.effect("leaves no row, keeps its pictures, and its name is free", () =>
    Effect.gen(function* () {
      yield* made(prompts(5), { job: "gone" })
      yield* made(prompts(7).slice(5), { job: "other" })
      expect(yield* Jobs.remove("gone")).toEqual({ job: "gone", items: 5, pictures: 0 })
      expect((yield* Jobs.list).map(({ job }) => job)).toEqual(["other"])
      expect(yield* Effect.flip(Jobs.status("gone"))).toMatchObject({ _tag: "JobNotFoundError" })
      expect(yield* Effect.flip(Jobs.remove("gone"))).toMatchObject({ _tag: "JobNotFoundError" })
      expect(yield* rowsOf("images_items")).toBe(2)
      expect(yield* rowsOf("images_attempts")).toBe(2)
      expect(yield* filesIn).toHaveLength(7)
      // Another job of the same name makes them anew
      expect(yield* Jobs.submit(prompts(5), { job: "gone" })).toMatchObject({ added: 5 })
      expect(yield* finished("gone")).toMatchObject({ total: 5, done: 5 })
      expect(yield* ledger).toHaveLength(12)
    }).pipe(Effect.provide(working()))
  )

  it.effect("has ended before", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(40), { job: "open" })
      const error = yield* Effect.flip(Jobs.remove("open"))
      expect(error).toMatchObject({ _tag: "JobNotEndedError" })
      expect(error.message).toContain("of its requests have not ended; cancel it first")
      yield* Jobs.cancel("open")
      yield* finished("open")
      expect((yield* Jobs.remove("open")).items).toBe(40)
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )

  it.effect("takes with it the pictures that no other has, and that are not of this very hour", () =>
    Effect.gen(function* () {
      const same = { ...prompts(1)[0], model, prompt: "the same", size: "64x64", seed: 7 }
      yield* madeBy([same, ...prompts(3)], "first")
      yield* madeBy([same], "second")
      expect(yield* filesIn).toHaveLength(4)
      yield* TestClock.adjust("2 hours")
      yield* madeBy(prompts(5).slice(4), "third")
      expect(yield* Jobs.remove("first", { pictures: true })).toEqual({ job: "first", items: 4, pictures: 3 })
      expect(yield* Jobs.remove("third", { pictures: true })).toEqual({ job: "third", items: 1, pictures: 0 })
      expect(yield* filesIn).toHaveLength(2)
      const [item] = yield* itemsOf("second")
      if (item?.outcome._tag !== "Made") return expect.fail("it is not there")
      const store = yield* ImageStore.ImageStore
      for (const stored of item.outcome.generation.pictures) yield* store.get(stored)
      // What the third left is found a day later
      expect(yield* Stream.runCount(Jobs.orphans())).toBe(0)
      yield* TestClock.adjust("25 hours")
      expect(yield* Stream.runCount(Jobs.orphans())).toBe(1)
    }).pipe(Effect.provide(jobs))
  )
})

describe("files that no job names", () => {
  it.scoped("are those of dead workers and of removed jobs, and no file of somebody else", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      yield* TestClock.setTime(Date.now())
      yield* Effect.gen(function* () {
        yield* madeBy(prompts(2), "kept")
        const store = yield* ImageStore.ImageStore
        const svg = new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>")
        const { reference } = yield* store.put(GeneratedImage.make(svg))
        yield* fs.makeDirectory(`${folder}/ab`, { recursive: true })
        yield* fs.writeFileString(`${folder}/ab/.1x2y`, "half a pict")
        yield* fs.writeFileString(`${folder}/ab/notes.txt`, "somebody's")
        yield* fs.writeFileString(`${folder}/readme.txt`, "somebody's")
        expect(yield* Stream.runCount(Jobs.orphans())).toBe(0)
        yield* TestClock.adjust("25 hours")
        const orphans = Chunk.toReadonlyArray(yield* Stream.runCollect(Jobs.orphans()))
        const found = orphans.map(({ isTemporary, reference }) => `${reference} ${isTemporary}`)
        expect(found.sort()).toEqual([`ab/.1x2y true`, `${reference} false`].sort())
        const putBefore = Date.now() + 60_000
        for (const each of orphans) expect(yield* store.remove(each.reference, putBefore)).toBe(true)
        expect(yield* Stream.runCount(Jobs.orphans())).toBe(0)
        expect(yield* store.remove(reference, putBefore)).toBe(false)
        const error = yield* Effect.flip(Stream.runDrain(Jobs.orphans({ olderThan: "1 minute" })))
        expect(error.message).toContain('olderThan: must be a duration of at least an hour, got "1 minute"')
      }).pipe(
        Effect.provide(
          Jobs.layer.pipe(
            Layer.provideMerge(Layer.orDie(ImageStore.layerFolder(folder))),
            Layer.provideMerge(Layer.orDie(SqliteClient.layer({ filename: ":memory:" })))
          )
        )
      )
    }).pipe(Effect.provide([NodeContext.layer, imagesLive]))
  )
})

describe("a worker that runs for long", () => {
  it.scoped("has the engine forget what has ended, and removes old jobs", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
      yield* TestClock.setTime(86_400_000 * 365)
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* made(prompts(4), { job: "old" })
        yield* made(prompts(6).slice(4), { job: "new" })
        yield* letPass("30 seconds", "1 second")
        expect(yield* rowsOf("cluster_messages")).toBeGreaterThan(0)
        yield* sql`UPDATE images_items SET finished_at = finished_at - 600000`
        yield* letPass("30 seconds", "1 second")
        expect(yield* rowsOf("cluster_messages")).toBe(0)
        expect(yield* rowsOf("cluster_replies")).toBe(0)
        expect(yield* Jobs.status("old")).toMatchObject({ done: 4, total: 4 })
        yield* sql`UPDATE images_jobs SET ended_at = ended_at - ${86_400_000 * 11} WHERE job = 'old'`
        yield* letPass("70 seconds", "1 second")
        expect((yield* Jobs.list).map(({ job }) => job)).toEqual(["new"])
        expect(yield* rowsOf("images_items")).toBe(2)
        expect(yield* ledger).toHaveLength(6)
      }).pipe(
        Effect.provide(
          Layer.merge(Jobs.layer, Layer.orDie(Worker.layer({ retention: "10 days" }))).pipe(
            Layer.provideMerge(Sqlite.layer({ filename }))
          )
        )
      )
    }).pipe(Effect.provide([NodeContext.layer, imagesLive, ImageStore.layerMemory]))
  )

  it.effect("keeps jobs for a week at least", () =>
    Effect.gen(function* () {
      const built = Layer.build(Worker.layer({ retention: "1 day" })).pipe(Effect.scoped, Effect.provide(working()))
      expect((yield* Effect.flip(built)).message).toContain(
        'retention: must be a duration of more than 7 days, such as "30 days", got "1 day"'
      )
    })
  )
})

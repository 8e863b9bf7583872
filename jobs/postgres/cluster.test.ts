/** Workers on a PostgreSQL of their own, and what they do when one of them, or the database, dies. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import * as WorkflowEngine from "@effect/workflow/WorkflowEngine"
import { Chunk, Clock, Effect, Layer, Redacted, Schedule, Stream } from "effect"
import { Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Postgres from "effect-openrouter-images-jobs/Postgres"
import { attemptsOf, cooldownUntil } from "../test/support/attempts.js"
import { freePort, postgres } from "../test/support/postgres.js"
import { compiled, run } from "../test/support/program.js"
import { waitForDone } from "../test/support/site.js"
import { imagesLive } from "../test/support/working.js"

const live = Layer.merge(NodeContext.layer, Emulator.layerServer())

const prompts = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    model: "bytedance-seed/seedream-5-lite",
    prompt: `picture ${i}`,
    size: "64x64"
  }))

const prepared = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "jobs-" })
  const file = yield* compiled("jobs/test/support/worker.ts")
  const database = yield* postgres
  const { baseUrl, ledger } = yield* Emulator.Emulator
  const startWith = (settings: Record<string, string>) =>
    Effect.flatMap(freePort, (port) =>
      run(file, {
        cwd,
        env: {
          DATABASE_URL: database.url,
          PORT: String(port),
          STORE: "pictures",
          OPENROUTER_BASE_URL: baseUrl,
          OPENROUTER_API_KEY: "any-key",
          ...settings
        }
      })
    )
  const start = startWith({})
  const jobs = Jobs.layer.pipe(Layer.provideMerge(Postgres.layerClient({ url: Redacted.make(database.url) })))
  return { database, start, startWith, jobs, ledger }
})

const finished = (job: string) =>
  Effect.map(Stream.runLast(Jobs.watch(job, { every: "200 millis" })), (last) =>
    last._tag === "Some" ? last.value : expect.fail("nothing was seen")
  )

/** A clock that is ahead by so many milliseconds. */
const ticking = (ahead: number): Clock.Clock => {
  const clock = Clock.make()
  return {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis() + ahead,
    unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
    currentTimeNanos: clock.currentTimeNanos,
    currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + ahead),
    sleep: (duration) => clock.sleep(duration)
  }
}

describe("workers on PostgreSQL", () => {
  it.scopedLive(
    "find out what a call cost whose worker was killed in mid-answer, and keep the answer of one that was only paused",
    () =>
      Effect.gen(function* () {
        const { database, jobs, ledger, start, startWith } = yield* prepared
        const { script } = yield* Emulator.Emulator
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const idKept = (job: string) =>
            Effect.repeat(
              sql`
                SELECT item FROM images_attempts attempts, images_items items
                WHERE items.id = attempts.item AND items.job = ${job} AND generation_id IS NOT NULL`,
              { until: (rows) => rows.length === 1, schedule: Schedule.spaced("50 millis") }
            )
          // Heads at once, and then silence
          yield* script([{ _tag: "Stall", at: "body", bytes: 10 }])
          yield* Jobs.submit(prompts(1), { job: "killed" })
          const first = yield* start
          yield* idKept("killed")
          yield* first.kill("SIGKILL")

          // The rest of the answer is there when the worker is woken
          yield* script([{ _tag: "Pace", chunkBytes: 200, everyMillis: 100 }])
          yield* Jobs.submit(prompts(2).slice(1), { job: "paused" })
          const second = yield* startWith({ DATABASE_URL: `${database.url}?application_name=paused` })
          yield* idKept("paused")
          second.process.kill("SIGSTOP")
          // The database closes its connections, and with them the locks of its shards
          yield* sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'paused'`
          yield* start
          expect(yield* finished("killed")).toMatchObject({ failed: 1, unknown: 0, spentUsd: 0.04 })
          expect(yield* finished("paused")).toMatchObject({ failed: 1, unknown: 0, spentUsd: 0.04 })
          second.process.kill("SIGCONT")
          yield* Effect.repeat(Jobs.status("paused"), {
            until: ({ done }) => done === 1,
            schedule: Schedule.spaced("200 millis")
          })
          expect(yield* Jobs.status("paused")).toMatchObject({ done: 1, failed: 0, spentUsd: 0.04 })
          expect((yield* ledger).map(({ prompt }) => prompt)).toEqual(["picture 0", "picture 1"])
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    180_000
  )

  it.scopedLive(
    "share a job, and each picture is made once",
    () =>
      Effect.gen(function* () {
        const { jobs, ledger, start } = yield* prepared
        yield* Effect.gen(function* () {
          yield* Jobs.submit(prompts(120), { job: "shared", limitUsd: 100 })
          yield* Effect.all([start, start], { concurrency: 2 })
          expect(yield* finished("shared")).toMatchObject({ total: 120, done: 120, failed: 0 })
        }).pipe(Effect.provide(jobs))
        const paid = (yield* ledger).map(({ prompt }) => prompt)
        expect(paid).toHaveLength(120)
        expect(new Set(paid).size).toBe(120)
      }).pipe(Effect.provide(live)),
    120_000
  )

  it.scopedLive(
    "keep to one rate limit together, and to the hold that one of them met",
    () =>
      Effect.gen(function* () {
        const { jobs, ledger, startWith } = yield* prepared
        const { requests, script } = yield* Emulator.Emulator
        yield* Effect.gen(function* () {
          const start = startWith({ RATE_REQUESTS: "5", RATE_WINDOW: "2 seconds" })
          yield* Effect.all([start, start], { concurrency: 2 })
          yield* Jobs.submit(prompts(40), { job: "limited" })
          expect(yield* finished("limited")).toMatchObject({ total: 40, done: 40, failed: 0 })
          expect(yield* ledger).toHaveLength(40)
          expect(yield* requests).toHaveLength(40)
          const limited = yield* attemptsOf("limited")
          expect(limited).toHaveLength(40)
          for (const [i, { begun }] of limited.slice(5).entries()) {
            expect(begun - (limited[i]?.begun ?? Number.NaN)).toBeGreaterThanOrEqual(2_000)
          }

          yield* script([{ _tag: "Status", status: 429, headers: { "retry-after": "6" } }])
          yield* Jobs.submit(prompts(50), { job: "held" })
          expect(yield* finished("held")).toMatchObject({ total: 50, done: 50, failed: 0 })
          expect(yield* requests).toHaveLength(91)
          const held = yield* attemptsOf("held")
          const refusedAt = held.find(({ succeeded }) => succeeded === 0)?.ended ?? expect.fail("nothing was refused")
          const until = yield* cooldownUntil
          expect(until - refusedAt).toBeGreaterThanOrEqual(6_000)
          // While the refusal was being recorded, no more than those of one window could be sent.
          const meanwhile = held.filter(({ begun }) => begun > refusedAt && begun < until)
          expect(meanwhile.length).toBeLessThanOrEqual(5)
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    120_000
  )

  it.scopedLive(
    "leave calls that are under way to the one that makes them, when another joins or it ends",
    () =>
      Effect.gen(function* () {
        const { jobs, ledger, start } = yield* prepared
        const { requests, script } = yield* Emulator.Emulator
        yield* Effect.gen(function* () {
          yield* script(Array.from({ length: 8 }, () => ({ _tag: "Pace", delayMillis: 15_000 })))
          yield* Jobs.submit(prompts(8), { job: "slow" })
          const first = yield* start
          yield* Effect.repeat(requests, { until: (all) => all.length === 8, schedule: Schedule.spaced("50 millis") })
          yield* start
          yield* Effect.sleep("6 seconds")
          yield* first.kill("SIGTERM")
          expect(yield* finished("slow")).toMatchObject({ done: 8, failed: 0 })
          expect(yield* ledger).toHaveLength(8)
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    120_000
  )

  it.scopedLive(
    "keep what they have claimed, although the clock of another is ahead",
    () =>
      Effect.gen(function* () {
        const database = yield* postgres
        const client = Postgres.layerClient({ url: Redacted.make(database.url) })
        const slow = (images: Images.Service): Images.Service => ({
          ...images,
          generate: (...all) => Effect.delay(images.generate(...all), "4 seconds")
        })
        const worker = (ahead: number) =>
          Worker.layer({ concurrency: 2 }).pipe(
            Layer.provide(Layer.fresh(WorkflowEngine.layerMemory)),
            Layer.provide(Layer.setClock(ticking(ahead)))
          )
        const live = Layer.mergeAll(Jobs.layer, worker(0), worker(3_600_000)).pipe(
          Layer.provideMerge(client),
          Layer.provide(ImageStore.layerMemory),
          Layer.provide(Layer.effect(Images.Images, Effect.map(Images.Images, slow))),
          Layer.provide(imagesLive)
        )
        const claims = yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* Jobs.submit(prompts(4), { job: "ahead" })
          yield* finished("ahead")
          return yield* sql`SELECT claims FROM images_items`
        }).pipe(Effect.provide(live))
        expect(claims).toEqual([{ claims: 1 }, { claims: 1 }, { claims: 1 }, { claims: 1 }])
      }).pipe(Effect.provide(NodeContext.layer)),
    60_000
  )

  it.scopedLive(
    "go on with what one that is told to end has not begun yet",
    () =>
      Effect.gen(function* () {
        const { jobs, ledger, startWith } = yield* prepared
        const { requests, script } = yield* Emulator.Emulator
        yield* Effect.gen(function* () {
          yield* script(Array.from({ length: 40 }, () => ({ _tag: "Pace", delayMillis: 1_000 })))
          // Half of the items that the second one claims wait for one of the two places of the first
          const [first] = yield* Effect.all([startWith({ CONCURRENCY: "2" }), startWith({ CONCURRENCY: "16" })], {
            concurrency: 2
          })
          yield* Effect.sleep("3 seconds")
          yield* Jobs.submit(prompts(40), { job: "ended" })
          yield* Effect.repeat(requests, { until: (all) => all.length >= 12, schedule: Schedule.spaced("50 millis") })
          yield* first.kill("SIGTERM")
          expect(yield* finished("ended")).toMatchObject({ done: 40, failed: 0 })
          expect(yield* ledger).toHaveLength(40)
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    120_000
  )

  it.scopedLive(
    "take over from one that is killed, and go on after the database's crash when they start again",
    () =>
      Effect.gen(function* () {
        const { database, jobs, ledger, start } = yield* prepared
        yield* Effect.gen(function* () {
          yield* Jobs.submit(prompts(300), { job: "hard" })
          const [first, ...others] = yield* Effect.all([start, start, start], { concurrency: 3 })
          yield* waitForDone("hard", 40)
          yield* first.kill("SIGKILL")
          others.push(yield* start)
          yield* waitForDone("hard", 80)
          yield* database.crash
          yield* Effect.forEach(others, (each) => each.kill("SIGKILL"))
          yield* database.start
          yield* Effect.all([start, start, start], { concurrency: 3 })
          const status = yield* finished("hard")
          expect(status.total).toBe(300)
          expect(status.done + status.failed).toBe(300)
          expect(status.failed).toBeLessThanOrEqual(32)
          const items = Chunk.toReadonlyArray(yield* Stream.runCollect(Jobs.results("hard")))
          const times = new Map<string, number>()
          for (const { prompt } of yield* ledger) times.set(prompt, (times.get(prompt) ?? 0) + 1)
          for (const { outcome, request } of items) {
            const billed = times.get(request.prompt) ?? 0
            if (outcome._tag === "Made") expect(billed, request.prompt).toBe(1)
            else expect(billed, request.prompt).toBeLessThanOrEqual(1)
          }
          // What the database counted on the way is what there is, and each end has its event
          const sql = yield* SqlClient.SqlClient
          const counted = yield* sql`
            SELECT state, SUM(items)::int AS items, SUM(pictures)::int AS pictures FROM images_counts
            GROUP BY state HAVING SUM(items) <> 0 ORDER BY state`
          expect(counted).toEqual(
            yield* sql`
              SELECT state, COUNT(*)::int AS items, SUM(pictures)::int AS pictures FROM images_items
              GROUP BY state ORDER BY state`
          )
          const seen = yield* Jobs.events({ job: "hard" }).pipe(
            Stream.takeUntil(({ kind }) => kind === "ended"),
            Stream.runCollect
          )
          expect(new Set(Chunk.toReadonlyArray(seen).flatMap(({ item }) => item ?? [])).size).toBe(300)
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    180_000
  )

  it.scopedLive.each([3, 20])(
    "live through an outage of the database of %i seconds",
    (seconds) =>
      Effect.gen(function* () {
        const { database, jobs, ledger, start } = yield* prepared
        yield* Effect.gen(function* () {
          yield* Jobs.submit(prompts(300), { job: "hard" })
          yield* Effect.all([start, start], { concurrency: 2 })
          yield* Jobs.watch("hard", { every: "100 millis" }).pipe(
            Stream.takeUntil(({ done }) => done >= 60),
            Stream.runDrain
          )
          yield* database.crash
          yield* Effect.sleep(`${seconds} seconds`)
          yield* database.start
          const status = yield* finished("hard")
          expect(status).toMatchObject({ total: 300, done: 300 })
          expect(yield* ledger).toHaveLength(300)
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    180_000
  )

  it.scopedLive(
    "start with few connections too",
    () =>
      Effect.gen(function* () {
        const database = yield* postgres
        const port = yield* freePort
        const rows = yield* Effect.flatMap(SqlClient.SqlClient, (sql) => sql`SELECT 1 AS one`).pipe(
          Effect.provide(Postgres.layer({ url: Redacted.make(database.url), port, maxConnections: 1 }))
        )
        expect(rows).toEqual([{ one: 1 }])
      }),
    60_000
  )
})

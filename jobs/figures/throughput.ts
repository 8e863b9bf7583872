/** Pictures a second, what one costs the worker, and how much memory it needs. */
import { FileSystem } from "@effect/platform"
import * as SqlClient from "@effect/sql/SqlClient"
import { Console, Effect, Layer, Redacted, Schedule, Stream } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import * as Postgres from "effect-openrouter-images-jobs/Postgres"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { freePort, postgres } from "../test/support/postgres.js"
import { compiled, run } from "../test/support/program.js"
import { addEnded, cpuOf } from "./ended.js"
import { cpuMillis, familyCpuMillis, residentMiB } from "./proc.js"
import { prompts } from "./prompts.js"
import { instant } from "./server.js"

export interface Run {
  readonly database: "SQLite" | "PostgreSQL"
  readonly workers: number
  readonly pictures: number
  /** How many items of other jobs have ended before. Default: none. */
  readonly ended?: number
}

export interface ServerCosts {
  /** For each picture. */
  readonly cpuMillis: number
  /** For each picture. */
  readonly transactions: number
  /** A second, of a worker that waits for items. */
  readonly idleTransactions: number
}

export interface Measured extends Run {
  readonly perSecond: number
  /** Of the workers' CPU, for each picture. */
  readonly cpuMillis: number
  /** Of the database's server; none where the database is within the worker. */
  readonly server: ServerCosts | undefined
  /** Of the database on the disk, for each picture. */
  readonly bytes: number
  /** CPU of the commands `job list` and `job status`, their start included. */
  readonly listSeconds: number
  readonly statusSeconds: number
  /** Resident memory of the first worker when a tenth, two tenths, ... of the pictures are made, in MiB. */
  readonly memory: ReadonlyArray<number>
}

/** From the first attempt to the last, so that the start of the processes is left out. */
const seconds = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly first: number; readonly last: number }>`
    SELECT MIN(begun_at) AS first, MAX(ended_at) AS last FROM images_attempts WHERE item LIKE 'figures/%'`
  return row === undefined ? 0 : (row.last - row.first) / 1000
})

/** Processes, a folder and a database of their own. */
export const prepared = (database: Run["database"], baseUrl: string, concurrency: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "jobs-" })
    const file = yield* compiled("jobs/test/support/worker.ts")
    const server = database === "PostgreSQL" ? yield* postgres : undefined
    const filename = `${cwd}/jobs.db`
    const client =
      server === undefined
        ? Sqlite.layerClient({ filename })
        : Postgres.layerClient({ url: Redacted.make(server.url), maxConnections: 4 })
    const start = Effect.flatMap(freePort, (port) =>
      run(file, {
        cwd,
        env: {
          ...(server === undefined ? { SQLITE_FILE: filename } : { DATABASE_URL: server.url, PORT: String(port) }),
          CONCURRENCY: String(concurrency),
          STORE: "pictures",
          OPENROUTER_BASE_URL: baseUrl,
          OPENROUTER_API_KEY: "any-key"
        }
      })
    )
    return { filename, server, start, jobs: Layer.provideMerge(Jobs.layer, client) }
  })

/** What PostgreSQL has done so far. */
const counted = Effect.gen(function* () {
  // Its processes say what they have done ten seconds after the last statement at the latest.
  yield* Effect.sleep("12 seconds")
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly commits: string; readonly bytes: string }>`
    SELECT xact_commit AS commits, pg_database_size(current_database()) AS bytes
    FROM pg_stat_database WHERE datname = current_database()`
  return { at: performance.now(), commits: Number(row?.commits), bytes: Number(row?.bytes) }
})

type Counted = Effect.Effect.Success<typeof counted>

/** Transactions a second of workers that wait for items. */
const idling = (before: Counted) =>
  Effect.map(counted, (after) => ((after.commits - before.commits) * 1000) / (after.at - before.at))

export const measure = ({ database, ended = 0, pictures, workers }: Run) =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { filename, jobs, server, start } = yield* prepared(database, yield* instant, 16)
      return yield* Effect.gen(function* () {
        if (ended > 0) yield* addEnded(ended)
        yield* Jobs.submit(prompts(pictures), { job: "figures" })
        const before = server === undefined ? undefined : yield* counted
        const cpuBefore = server === undefined ? 0 : familyCpuMillis(server.pid())
        const running = yield* Effect.forEach(Array.from({ length: workers }), () => start)
        const pids = running.map(({ process }) => process.pid ?? 0)
        const memory: Array<number> = []
        yield* Stream.runForEach(Jobs.watch("figures", { every: "250 millis" }), ({ done }) =>
          Effect.sync(() => {
            if (done >= ((memory.length + 1) * pictures) / 10) memory.push(residentMiB(pids[0] ?? 0))
          })
        )
        const cpu = pids.reduce((sum, pid) => sum + cpuMillis(pid), 0)
        const cpuAfter = server === undefined ? 0 : familyCpuMillis(server.pid())
        const after = server === undefined ? undefined : yield* counted
        const ofServer =
          before === undefined || after === undefined
            ? undefined
            : {
                cpuMillis: (cpuAfter - cpuBefore) / pictures,
                transactions: (after.commits - before.commits) / pictures,
                idleTransactions: (yield* idling(after)) / workers
              }
        const bytes = after === undefined ? Number((yield* fs.stat(filename)).size) : after.bytes - (before?.bytes ?? 0)
        const measured = {
          perSecond: pictures / (yield* seconds),
          cpuMillis: cpu / pictures,
          server: ofServer,
          bytes: bytes / pictures,
          memory,
          listSeconds: yield* cpuOf(["job", "list"], server?.url ?? filename),
          statusSeconds: yield* cpuOf(["job", "status", "figures"], server?.url ?? filename)
        }
        yield* Console.log(`${database}, ${workers} workers, ${pictures} pictures:`, measured)
        return { database, pictures, workers, ...measured } satisfies Measured
      }).pipe(Effect.provide(jobs))
    })
  )

/** The same work without jobs. */
export const measurePlain = (pictures: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "jobs-" })
      const { ended, output } = yield* run(yield* compiled("jobs/figures/programs/plain.ts"), {
        cwd,
        env: {
          PICTURES: String(pictures),
          CONCURRENCY: "16",
          STORE: "pictures",
          OPENROUTER_BASE_URL: yield* instant,
          OPENROUTER_API_KEY: "any-key"
        }
      })
      yield* ended
      const told: { readonly perSecond: number; readonly cpuMillis: number } = JSON.parse(output())
      yield* Console.log("without jobs:", told)
      return told
    })
  )

/** Resident memory of a process that submits, after each tenth of the requests, in MiB. */
export const measureSubmission = (requests: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "jobs-" })
      const filename = `${cwd}/jobs.db`
      const begun = performance.now()
      const { ended, process } = yield* run(yield* compiled("jobs/figures/programs/submit.ts"), {
        cwd,
        env: { PICTURES: String(requests), SQLITE_FILE: filename }
      })
      const memory: Array<number> = []
      const look = Effect.gen(function* () {
        const { total } = yield* Jobs.status("figures")
        if (total >= ((memory.length + 1) * requests) / 10) memory.push(residentMiB(process.pid ?? 0))
      }).pipe(Effect.catchTag("JobNotFoundError", () => Effect.void))
      yield* Effect.repeat(look, Schedule.spaced("100 millis")).pipe(
        Effect.provide(Jobs.layer.pipe(Layer.provide(Sqlite.layerClient({ filename })))),
        Effect.raceFirst(ended)
      )
      const told = { memory, perSecond: (requests * 1000) / (performance.now() - begun) }
      yield* Console.log("submission:", told)
      return told
    })
  )

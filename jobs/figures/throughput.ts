/** Pictures a second, what one costs the worker, and how much memory it needs. */
import { FileSystem } from "@effect/platform"
import * as SqlClient from "@effect/sql/SqlClient"
import { Console, Effect, Layer, Redacted, Stream } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import * as Postgres from "effect-openrouter-images-jobs/Postgres"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { freePort, postgres } from "../test/support/postgres.js"
import { compiled, run } from "../test/support/program.js"
import { cpuMillis, residentMiB } from "./proc.js"
import { instant } from "./server.js"

export interface Run {
  readonly database: "SQLite" | "PostgreSQL"
  readonly workers: number
  readonly pictures: number
}

export interface Measured extends Run {
  readonly perSecond: number
  /** Of the workers' CPU, for each picture. */
  readonly cpuMillis: number
  /** Resident memory of the first worker when a tenth, two tenths, ... of the pictures are made, in MiB. */
  readonly memory: ReadonlyArray<number>
}

export const prompts = (count: number) =>
  Stream.map(Stream.range(1, count), (n) => ({
    model: "bytedance-seed/seedream-4.5",
    prompt: `picture ${n}`,
    size: "64x64"
  }))

/** From the first attempt to the last, so that the start of the processes is left out. */
const seconds = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly first: number; readonly last: number }>`
    SELECT MIN(begun_at) AS first, MAX(ended_at) AS last FROM images_attempts`
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
    return { server, start, jobs: Layer.provideMerge(Jobs.layer, client) }
  })

export const measure = ({ database, pictures, workers }: Run) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { jobs, start } = yield* prepared(database, yield* instant, 16)
      return yield* Effect.gen(function* () {
        yield* Jobs.submit(prompts(pictures), { job: "figures" })
        const running = yield* Effect.forEach(Array.from({ length: workers }), () => start)
        const pids = running.map(({ process }) => process.pid ?? 0)
        const memory: Array<number> = []
        yield* Stream.runForEach(Jobs.watch("figures", { every: "250 millis" }), ({ done }) =>
          Effect.sync(() => {
            if (done >= ((memory.length + 1) * pictures) / 10) memory.push(residentMiB(pids[0] ?? 0))
          })
        )
        const cpu = pids.reduce((sum, pid) => sum + cpuMillis(pid), 0)
        const measured = { perSecond: pictures / (yield* seconds), cpuMillis: cpu / pictures, memory }
        yield* Console.log(`${database}, ${workers} workers, ${pictures} pictures:`, measured)
        return { database, pictures, workers, ...measured } satisfies Measured
      }).pipe(Effect.provide(jobs))
    })
  )

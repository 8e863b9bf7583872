/** Pictures a second: some workers, one database, an emulator in a process of its own. */
import { FileSystem } from "@effect/platform"
import * as SqlClient from "@effect/sql/SqlClient"
import { Effect, Layer, Redacted, Stream } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import * as Postgres from "effect-openrouter-images-jobs/Postgres"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { freePort, postgres } from "../test/support/postgres.js"
import { compiled, run } from "../test/support/program.js"

export interface Measured {
  readonly database: "SQLite" | "PostgreSQL"
  readonly workers: number
  readonly pictures: number
  readonly perSecond: number
}

export const prompts = (count: number) =>
  Stream.map(Stream.range(1, count), (n) => ({
    model: "bytedance-seed/seedream-4.5",
    prompt: `picture ${n}`,
    size: "16x16"
  }))

/** The time from the first attempt to the last item, so that the start of the processes is left out. */
const measured = (job: string) =>
  Effect.gen(function* () {
    yield* Stream.runDrain(Jobs.watch(job, { every: "100 millis" }))
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ readonly first: number; readonly last: number; readonly calls: number }>`
      SELECT MIN(begun_at) AS first, MAX(ended_at) AS last, SUM(ended_at - begun_at) AS calls FROM images_attempts`
    const seconds = row === undefined ? 0 : (row.last - row.first) / 1000
    return { seconds, callMillis: row?.calls ?? 0 }
  })

/** One run in a folder and a database of its own. */
export const throughput = (options: {
  readonly database: Measured["database"]
  readonly workers: number
  readonly pictures: number
  readonly concurrency: number
  readonly baseUrl: string
}) =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "jobs-" })
      const file = yield* compiled("jobs/test/support/worker.ts")
      const url = options.database === "PostgreSQL" ? (yield* postgres).url : ""
      const filename = `${cwd}/jobs.db`
      const client = url === "" ? Sqlite.layerClient({ filename }) : Postgres.layerClient({ url: Redacted.make(url) })
      const start = Effect.flatMap(freePort, (port) =>
        run(file, {
          cwd,
          env: {
            ...(url === "" ? { SQLITE_FILE: filename } : { DATABASE_URL: url, PORT: String(port) }),
            CONCURRENCY: String(options.concurrency),
            STORE: "pictures",
            OPENROUTER_BASE_URL: options.baseUrl,
            OPENROUTER_API_KEY: "any-key"
          }
        })
      )
      const { callMillis, seconds } = yield* Effect.gen(function* () {
        yield* Jobs.submit(prompts(options.pictures), { job: "figures" })
        yield* Effect.forEach(Array.from({ length: options.workers }), () => start)
        return yield* measured("figures")
      }).pipe(Effect.provide(Layer.provideMerge(Jobs.layer, client)))
      return { ...options, perSecond: options.pictures / seconds, callMillis: callMillis / options.pictures }
    })
  )

/** A folder, a database, the API, and the workers and proxies among them, each a process of its own. */
import { FileSystem } from "@effect/platform"
import { Duration, Effect, Layer, Random, Redacted, type Scope, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { ImageStore, Jobs } from "effect-openrouter-images-jobs"
import * as Postgres from "effect-openrouter-images-jobs/Postgres"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { account } from "./account.js"
import { freePort, postgres } from "./postgres.js"
import { compiled, type Running, run } from "./program.js"

/** Where a worker runs, and by which addresses it reaches the others. */
interface Where {
  readonly database?: string
  readonly api?: string
  readonly env?: Record<string, string>
  readonly prefix?: ReadonlyArray<string>
}

export const portIn = (url: string): string => new URL(url).port
export const withPort = (url: string, port: number | string): string => url.replace(/:\d+\//, `:${port}/`)

export const site = (database: "SQLite" | "PostgreSQL") =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "faults-" })
    const worker = yield* compiled("jobs/test/support/worker.ts")
    const proxy = yield* compiled("jobs/test/support/proxy.ts")
    const { baseUrl, ledger } = yield* Emulator.Emulator
    const server = database === "PostgreSQL" ? yield* postgres : undefined
    const filename = `${cwd}/jobs.db`
    const start = ({ api = baseUrl, database = server?.url ?? "", env = {}, prefix = [] }: Where = {}) =>
      Effect.flatMap(freePort, (port) =>
        run(worker, {
          cwd,
          prefix,
          env: {
            ...(server === undefined ? { SQLITE_FILE: filename } : { DATABASE_URL: database, PORT: String(port) }),
            STORE: "pictures",
            OPENROUTER_BASE_URL: api,
            OPENROUTER_API_KEY: "any-key",
            ...env
          }
        })
      )
    /** As many workers. */
    const started = (count: number, where: Where = {}) => Effect.all(Array.from({ length: count }, () => start(where)))
    const proxied = (target: string, port: number, host = "127.0.0.1") =>
      Effect.tap(run(proxy, { cwd, env: { PORT: String(port), HOST: host, TARGET: target } }), (running) =>
        running.writes(/ready/)
      )
    const client =
      server === undefined ? Sqlite.layerClient({ filename }) : Postgres.layerClient({ url: Redacted.make(server.url) })
    /** What became of a job. */
    const accountOf = (job: string, billed?: ReadonlyArray<{ readonly prompt: string }>) =>
      Effect.gen(function* () {
        return yield* account(job, billed ?? (yield* ledger), yield* ImageStore.ImageStore)
      }).pipe(Effect.provide(Layer.orDie(ImageStore.layerFolder(`${cwd}/pictures`))))
    const jobs = Layer.provideMerge(Jobs.layer, client)
    return { accountOf, baseUrl, cwd, jobs, proxied, server, start, started }
  })

export type Site = Effect.Effect.Success<ReturnType<typeof site>>

/** Waits until so many items of a job are done. */
export const waitForDone = (job: string, count: number) =>
  Stream.runDrain(Stream.takeUntil(Jobs.watch(job, { every: "50 millis" }), ({ done }) => done >= count)).pipe(
    Effect.orDie
  )

const signal = (running: Running, name: NodeJS.Signals) => Effect.sync(() => running.process.kill(name))

/** Stops a process, which still holds all it has, and wakes it again. */
export const stopFor = (running: Running, time: Duration.Duration) =>
  Effect.zipRight(signal(running, "SIGSTOP"), Effect.delay(signal(running, "SIGCONT"), time))

/** Starts a process and kills it, again and again, after so many seconds each. */
export const killAgainAndAgain = (start: Effect.Effect<Running, never, Scope.Scope>, least: number, most: number) =>
  Effect.gen(function* () {
    for (;;) {
      const running = yield* start
      yield* Effect.sleep(Duration.seconds(yield* Random.nextRange(least, most)))
      yield* running.kill("SIGKILL")
    }
  })

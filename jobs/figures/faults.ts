/** What happens to a job when something fails around it: when the others go on, what was billed twice, and what was lost. */
import { FileSystem } from "@effect/platform"
import { Console, Duration, Effect, Layer, Random, Redacted, Schedule, type Scope, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { ImageStore, Jobs } from "effect-openrouter-images-jobs"
import * as Postgres from "effect-openrouter-images-jobs/Postgres"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { machine } from "../test/support/namespace.js"
import { freePort, postgres } from "../test/support/postgres.js"
import { compiled, type Running, run } from "../test/support/program.js"
import { front } from "./front.js"
import { prompts } from "./prompts.js"

export interface Row {
  readonly fault: string
  readonly items: number
  /** From the submission to the end of the job. */
  readonly wallSeconds: number
  /** The longest time in which no item ended although some were waiting. */
  readonly othersSeconds: number
  readonly made: number
  readonly billedTwice: number
  /** Billed, and said to have cost nothing. */
  readonly undeclared: number
  /** Made, and its picture is not in the store as it was put. */
  readonly lost: number
}

/** Where a worker runs, and by which addresses it reaches the others. */
interface Where {
  readonly database?: string
  readonly api?: string
  readonly env?: Record<string, string>
  readonly prefix?: ReadonlyArray<string>
}

const portIn = (url: string): string => new URL(url).port
const withPort = (url: string, port: number | string): string => url.replace(/:\d+\//, `:${port}/`)

/** A folder, a database, the API, and what starts workers and proxies among them. */
const site = (database: "SQLite" | "PostgreSQL") =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "faults-" })
    const worker = yield* compiled("jobs/test/support/worker.ts")
    const proxy = yield* compiled("jobs/test/support/proxy.ts")
    const { baseUrl } = yield* Emulator.Emulator
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
    const proxied = (target: string, port: number, host = "127.0.0.1") =>
      Effect.tap(run(proxy, { cwd, env: { PORT: String(port), HOST: host, TARGET: target } }), (running) =>
        running.writes(/ready/)
      )
    const client =
      server === undefined ? Sqlite.layerClient({ filename }) : Postgres.layerClient({ url: Redacted.make(server.url) })
    return { baseUrl, cwd, server, start, proxied, jobs: Layer.provideMerge(Jobs.layer, client) }
  })

type Site = Effect.Effect.Success<ReturnType<typeof site>>
type Fault = (site: Site) => Effect.Effect<void, never, Scope.Scope | Jobs.Jobs | Emulator.Emulator>

const job = "faults"

const reached = (count: number) =>
  Stream.runDrain(Stream.takeUntil(Jobs.watch(job, { every: "50 millis" }), ({ done }) => done >= count)).pipe(
    Effect.orDie
  )

/** Until the job has ended; a database that is away is asked again. */
const watchEnd = Effect.gen(function* () {
  let ended = 0
  let since = performance.now()
  let longest = 0
  const look = ({ cancelled, done, failed, waiting }: Jobs.Progress) => {
    const now = performance.now()
    if (waiting > 0) longest = Math.max(longest, now - since)
    if (done + failed + cancelled > ended || waiting === 0) since = now
    ended = done + failed + cancelled
  }
  yield* Stream.runForEach(Jobs.watch(job, { every: "100 millis" }), (progress) =>
    Effect.sync(() => look(progress))
  ).pipe(Effect.retry(Schedule.spaced("500 millis")))
  return longest / 1_000
})

/** Compares the ledger, the database, and the bytes of each picture. */
const check = (cwd: string) =>
  Effect.gen(function* () {
    const { ledger } = yield* Emulator.Emulator
    const store = yield* ImageStore.ImageStore
    const times = new Map<string, number>()
    for (const { prompt } of yield* ledger) times.set(prompt, (times.get(prompt) ?? 0) + 1)
    const counts = { made: 0, billedTwice: 0, undeclared: 0, lost: 0 }
    yield* Stream.runForEach(Jobs.results(job), ({ billing, outcome, request }) =>
      Effect.gen(function* () {
        const billed = times.get(request.prompt) ?? 0
        if (billed > 1) counts.billedTwice += 1
        if (billed > 0 && billing === "notBilled") counts.undeclared += 1
        if (outcome._tag === "Failed") return
        counts.made += 1
        const kept = yield* Effect.forEach(outcome.generation.pictures, (stored) => Effect.isSuccess(store.get(stored)))
        if (kept.length === 0 || kept.includes(false) || billed === 0) counts.lost += 1
      })
    )
    return counts
  }).pipe(Effect.provide(Layer.orDie(ImageStore.layerFolder(`${cwd}/pictures`))))

const measure = (
  fault: string,
  database: "SQLite" | "PostgreSQL",
  items: number,
  run: Fault,
  after: Duration.DurationInput = 0
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* emulator.reset
      yield* emulator.script(Array.from({ length: items * 2 }, () => ({ _tag: "Pace", delayMillis: 400 }) as const))
      const place = yield* site(database)
      return yield* Effect.gen(function* () {
        yield* Jobs.submit(prompts(items), { job })
        const begun = performance.now()
        yield* Effect.forkScoped(run(place))
        const othersSeconds = yield* watchEnd
        const wallSeconds = (performance.now() - begun) / 1_000
        yield* Effect.sleep(after)
        const row: Row = { fault, items, wallSeconds, othersSeconds, ...(yield* check(place.cwd)) }
        yield* Console.log(row)
        return row
      }).pipe(Effect.provide(place.jobs))
    })
  )

const killAgainAndAgain = (start: Effect.Effect<Running, never, Scope.Scope>, least: number, most: number) =>
  Effect.gen(function* () {
    for (;;) {
      const running = yield* start
      yield* Effect.sleep(Duration.seconds(yield* Random.nextRange(least, most)))
      yield* running.kill("SIGKILL")
    }
  })

const started = (site: Site, count: number, where: Where = {}) =>
  Effect.all(Array.from({ length: count }, () => site.start(where)))

const signal = (running: Running, name: NodeJS.Signals) => Effect.sync(() => running.process.kill(name))

/** Stops a process, which still holds all it has, and wakes it again. */
const stopFor = (running: Running, time: Duration.Duration) =>
  Effect.zipRight(signal(running, "SIGSTOP"), Effect.delay(signal(running, "SIGCONT"), time))

/** How long what stops stays stopped. */
const long = Duration.seconds(150)

/** All of them, each in its turn. `scale` is 1, or less for a short form. */
export const faults = (scale: number) => {
  const many = Math.ceil(600 * scale)
  const pause = Duration.times(long, scale)
  return Effect.all([
    measure(
      "a worker is stopped (SIGSTOP) for 150 s",
      "PostgreSQL",
      many,
      (site) =>
        Effect.gen(function* () {
          const [first] = yield* started(site, 3)
          yield* reached(60)
          if (first !== undefined) yield* stopFor(first, pause)
        }),
      pause
    ),
    measure(
      "a proxy between a worker and the database stops for 150 s",
      "PostgreSQL",
      many,
      (site) =>
        Effect.gen(function* () {
          const port = yield* freePort
          const proxy = yield* site.proxied(portIn(site.server?.url ?? ""), port)
          yield* started(site, 2)
          yield* site.start({ database: withPort(site.server?.url ?? "", port) })
          yield* reached(60)
          yield* stopFor(proxy, pause)
        }),
      pause
    ),
    measure(
      "a machine's network interface goes down for 150 s",
      "PostgreSQL",
      many,
      (site) =>
        Effect.gen(function* () {
          const { cut, host, mend, own, prefix } = yield* machine
          const [databasePort, apiPort] = [yield* freePort, yield* freePort]
          yield* site.proxied(portIn(site.server?.url ?? ""), databasePort, host)
          yield* site.proxied(portIn(site.baseUrl), apiPort, host)
          yield* started(site, 2)
          yield* site.start({
            database: `postgres://jobs@${host}:${databasePort}/postgres`,
            api: `http://${host}:${apiPort}/api/v1`,
            env: { HOST: own },
            prefix
          })
          yield* reached(60)
          yield* cut
          yield* Effect.sleep(pause)
          yield* mend
        }),
      pause
    ),
    measure("a worker is killed right after a 429", "PostgreSQL", Math.ceil(300 * scale), (site) =>
      Effect.gen(function* () {
        const { baseUrl: api, refuse } = yield* front(site.baseUrl)
        const [first] = yield* started(site, 3, { api })
        yield* reached(40)
        yield* refuse(429, 1)
        yield* Effect.sleep("1 second")
        yield* first?.kill("SIGKILL") ?? Effect.void
      })
    ),
    measure("the API is gone for 60 s", "PostgreSQL", Math.ceil(300 * scale), (site) =>
      Effect.gen(function* () {
        const port = yield* freePort
        const proxy = yield* site.proxied(portIn(site.baseUrl), port)
        yield* started(site, 3, { api: withPort(site.baseUrl, port) })
        yield* reached(40)
        yield* proxy.kill("SIGKILL")
        yield* Effect.sleep(Duration.times(Duration.seconds(60), scale))
        yield* site.proxied(portIn(site.baseUrl), port)
      })
    ),
    measure("402 on everything for 45 s", "PostgreSQL", Math.ceil(300 * scale), (site) =>
      Effect.gen(function* () {
        const { baseUrl: api, pass, refuse } = yield* front(site.baseUrl)
        yield* started(site, 3, { api })
        yield* reached(40)
        yield* refuse(402)
        yield* Effect.sleep(Duration.times(Duration.seconds(45), scale))
        yield* pass
      })
    ),
    measure("the database crashes, and is back after 20 s", "PostgreSQL", Math.ceil(300 * scale), (site) =>
      Effect.gen(function* () {
        yield* started(site, 3)
        yield* reached(40)
        yield* site.server?.crash ?? Effect.void
        yield* Effect.sleep("20 seconds")
        yield* site.server?.start ?? Effect.void
      })
    ),
    measure("the only worker is killed every 1 to 3 s", "SQLite", Math.ceil(400 * scale), (site) =>
      killAgainAndAgain(site.start(), 1.5, 3.5)
    )
  ])
}

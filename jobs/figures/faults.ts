/** What happens to a job when something fails around it: when the others go on, what was billed twice, and what was lost. */
import { Console, Duration, Effect, Schedule, type Scope, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { Jobs } from "effect-openrouter-images-jobs"
import type { Account } from "../test/support/account.js"
import { front } from "../test/support/front.js"
import { machine } from "../test/support/namespace.js"
import { freePort } from "../test/support/postgres.js"
import { killAgainAndAgain, portIn, type Site, site, stopFor, waitForDone, withPort } from "../test/support/site.js"
import { prompts } from "./prompts.js"

export interface Row extends Account {
  readonly fault: string
  readonly items: number
  /** From the submission to the end of the job. */
  readonly wallSeconds: number
  /** The longest time in which no item ended although some were waiting. */
  readonly othersSeconds: number
}

type Fault = (site: Site) => Effect.Effect<void, never, Scope.Scope | Jobs.Jobs | Emulator.Emulator>

const job = "faults"

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
        const row: Row = { fault, items, wallSeconds, othersSeconds, ...(yield* place.accountOf(job)) }
        yield* Console.log(row)
        return row
      }).pipe(Effect.provide(place.jobs))
    })
  )

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
          const [first] = yield* site.started(3)
          yield* waitForDone(job, 60)
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
          yield* site.started(2)
          yield* site.start({ database: withPort(site.server?.url ?? "", port) })
          yield* waitForDone(job, 60)
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
          yield* site.started(2)
          yield* site.start({
            database: `postgres://jobs@${host}:${databasePort}/postgres`,
            api: `http://${host}:${apiPort}/api/v1`,
            env: { HOST: own, ALLOW_INSECURE: "true" },
            prefix
          })
          yield* waitForDone(job, 60)
          yield* cut
          yield* Effect.sleep(pause)
          yield* mend
        }),
      pause
    ),
    measure("a worker is killed right after a 429", "PostgreSQL", Math.ceil(300 * scale), (site) =>
      Effect.gen(function* () {
        const { baseUrl: api, refuse } = yield* front(site.baseUrl)
        const [first] = yield* site.started(3, { api })
        yield* waitForDone(job, 40)
        yield* refuse(429, 1)
        yield* Effect.sleep("1 second")
        yield* first?.kill("SIGKILL") ?? Effect.void
      })
    ),
    measure("the API is gone for 60 s", "PostgreSQL", Math.ceil(300 * scale), (site) =>
      Effect.gen(function* () {
        const port = yield* freePort
        const proxy = yield* site.proxied(portIn(site.baseUrl), port)
        yield* site.started(3, { api: withPort(site.baseUrl, port) })
        yield* waitForDone(job, 40)
        yield* proxy.kill("SIGKILL")
        yield* Effect.sleep(Duration.times(Duration.seconds(60), scale))
        yield* site.proxied(portIn(site.baseUrl), port)
      })
    ),
    measure("402 on everything for 45 s", "PostgreSQL", Math.ceil(300 * scale), (site) =>
      Effect.gen(function* () {
        const { baseUrl: api, pass, refuse } = yield* front(site.baseUrl)
        yield* site.started(3, { api })
        yield* waitForDone(job, 40)
        yield* refuse(402)
        yield* Effect.sleep(Duration.times(Duration.seconds(45), scale))
        yield* pass
      })
    ),
    measure("the database crashes, and is back after 20 s", "PostgreSQL", Math.ceil(300 * scale), (site) =>
      Effect.gen(function* () {
        yield* site.started(3)
        yield* waitForDone(job, 40)
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

/** Workers that stop answering without a word: the others go on, and nothing is paid twice or lost. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Layer, Redacted, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { Jobs } from "effect-openrouter-images-jobs"
import * as Postgres from "effect-openrouter-images-jobs/Postgres"
import { freePort, postgres } from "../test/support/postgres.js"
import { compiled, run } from "../test/support/program.js"
import { prompts } from "../test/support/working.js"

const live = Layer.merge(NodeContext.layer, Emulator.layerServer())

const prepared = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "jobs-" })
  const worker = yield* compiled("jobs/test/support/worker.ts")
  const proxy = yield* compiled("jobs/test/support/proxy.ts")
  const database = yield* postgres
  const { baseUrl } = yield* Emulator.Emulator
  const start = (url: string) =>
    Effect.flatMap(freePort, (port) =>
      run(worker, {
        cwd,
        env: {
          DATABASE_URL: url,
          PORT: String(port),
          STORE: "pictures",
          OPENROUTER_BASE_URL: baseUrl,
          OPENROUTER_API_KEY: "any-key"
        }
      })
    )
  /** A proxy before the database, and the database's address through it. */
  const proxied = Effect.gen(function* () {
    const port = yield* freePort
    const between = yield* run(proxy, { cwd, env: { PORT: String(port), TARGET: new URL(database.url).port } })
    yield* between.writes(/ready/)
    return { between, url: database.url.replace(/:\d+\//, `:${port}/`) }
  })
  const jobs = Jobs.layer.pipe(Layer.provide(Postgres.layerClient({ url: Redacted.make(database.url) })))
  return { database, start, proxied, jobs }
})

/** Watches a job to its end: how far it is, and the longest time in which nothing was done. */
const watched = (job: string) => {
  let done = 0
  let since = performance.now()
  let longest = 0
  const look = (progress: Jobs.Progress) => {
    const now = performance.now()
    longest = Math.max(longest, now - since)
    if (progress.done > done) since = now
    done = progress.done
    return progress
  }
  return Jobs.watch(job, { every: "100 millis" }).pipe(
    Stream.map(look),
    Stream.runLast,
    Effect.map((last) => ({
      status: last._tag === "Some" ? last.value : expect.fail("nothing was seen"),
      longestSeconds: longest / 1_000
    }))
  )
}

const reached = (job: string, count: number) =>
  Stream.runDrain(Stream.takeUntil(Jobs.watch(job, { every: "50 millis" }), ({ done }) => done >= count))

const pace = (answers: number) =>
  Effect.flatMap(Emulator.Emulator, ({ script }) =>
    script(Array.from({ length: answers }, () => ({ _tag: "Pace", delayMillis: 400 })))
  )

/** Each picture was billed once, and what is not there was declared. */
const expectNothingLost = (job: string) =>
  Effect.gen(function* () {
    const times = new Map<string, number>()
    const { ledger } = yield* Emulator.Emulator
    for (const { prompt } of yield* ledger) times.set(prompt, (times.get(prompt) ?? 0) + 1)
    for (const { billing, outcome, request } of Chunk.toReadonlyArray(yield* Stream.runCollect(Jobs.results(job)))) {
      const billed = times.get(request.prompt) ?? 0
      if (outcome._tag === "Made") expect(billed, request.prompt).toBe(1)
      else if (billing === "notBilled") expect(billed, request.prompt).toBe(0)
      else expect(billed, request.prompt).toBeLessThanOrEqual(1)
    }
  })

describe("the others go on within 30 seconds", () => {
  it.scopedLive(
    "when a worker is stopped, and what it had under way is kept when it wakes",
    () =>
      Effect.gen(function* () {
        const { database, jobs, start } = yield* prepared
        yield* Effect.gen(function* () {
          yield* pace(400)
          yield* Jobs.submit(prompts(240), { job: "stopped" })
          const [first] = yield* Effect.all([start(database.url), start(database.url), start(database.url)])
          yield* reached("stopped", 60)
          first.process.kill("SIGSTOP")
          const { longestSeconds, status } = yield* watched("stopped")
          expect(longestSeconds).toBeLessThan(30)
          expect(status.done + status.failed).toBe(240)
          first.process.kill("SIGCONT")
          yield* Effect.sleep("5 seconds")
          yield* expectNothingLost("stopped")
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    180_000
  )

  it.scopedLive(
    "when a worker is cut off from the database, whose connections stay open",
    () =>
      Effect.gen(function* () {
        const { database, jobs, proxied, start } = yield* prepared
        yield* Effect.gen(function* () {
          yield* pace(400)
          yield* Jobs.submit(prompts(240), { job: "cut" })
          const { between, url } = yield* proxied
          yield* Effect.all([start(url), start(database.url), start(database.url)])
          yield* reached("cut", 60)
          between.process.kill("SIGSTOP")
          const { longestSeconds, status } = yield* watched("cut")
          expect(longestSeconds).toBeLessThan(30)
          expect(status.done + status.failed).toBe(240)
          between.process.kill("SIGCONT")
          yield* Effect.sleep("5 seconds")
          yield* expectNothingLost("cut")
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    180_000
  )
})

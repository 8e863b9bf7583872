/** Workers that stop answering without a word: the others go on, and nothing is paid twice or lost. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { Jobs } from "effect-openrouter-images-jobs"
import { faultless } from "../test/support/account.js"
import { machine } from "../test/support/namespace.js"
import { freePort } from "../test/support/postgres.js"
import { portIn, site, waitForDone, withPort } from "../test/support/site.js"
import { prompts } from "../test/support/working.js"

const live = Layer.merge(NodeContext.layer, Emulator.layerServer())

/** Watches a job to its end: how far it is, and the longest time in which nothing was done. */
const watchToEnd = (job: string) => {
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

const pace = (answers: number) =>
  Effect.flatMap(Emulator.Emulator, ({ script }) =>
    script(Array.from({ length: answers }, () => ({ _tag: "Pace", delayMillis: 400 })))
  )

describe("the others go on within 30 seconds", () => {
  it.scopedLive(
    "when a worker is stopped, and what it had under way is kept when it wakes",
    () =>
      Effect.gen(function* () {
        const { accountOf, jobs, start } = yield* site("PostgreSQL")
        yield* Effect.gen(function* () {
          yield* pace(400)
          yield* Jobs.submit(prompts(240), { job: "stopped" })
          const [first] = yield* Effect.all([start(), start(), start()])
          yield* waitForDone("stopped", 60)
          first.process.kill("SIGSTOP")
          const { longestSeconds, status } = yield* watchToEnd("stopped")
          expect(longestSeconds).toBeLessThan(30)
          expect(status.done + status.failed).toBe(240)
          first.process.kill("SIGCONT")
          yield* Effect.sleep("5 seconds")
          expect(yield* accountOf("stopped")).toMatchObject({ outcomes: 240, ...faultless })
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    180_000
  )

  it.scopedLive(
    "when a worker is cut off from the database, whose connections stay open",
    () =>
      Effect.gen(function* () {
        const { accountOf, jobs, proxied, server, start } = yield* site("PostgreSQL")
        const url = server?.url ?? ""
        yield* Effect.gen(function* () {
          yield* pace(400)
          yield* Jobs.submit(prompts(240), { job: "cut" })
          const port = yield* freePort
          const between = yield* proxied(portIn(url), port)
          yield* Effect.all([start({ database: withPort(url, port) }), start(), start()])
          yield* waitForDone("cut", 60)
          between.process.kill("SIGSTOP")
          const { longestSeconds, status } = yield* watchToEnd("cut")
          expect(longestSeconds).toBeLessThan(30)
          expect(status.done + status.failed).toBe(240)
          between.process.kill("SIGCONT")
          yield* Effect.sleep("5 seconds")
          expect(yield* accountOf("cut")).toMatchObject({ outcomes: 240, ...faultless })
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    180_000
  )

  it.scopedLive(
    "when the network interface of a worker's machine goes down, and take it in again when it is up",
    () =>
      Effect.gen(function* () {
        const { accountOf, baseUrl, jobs, proxied, server, start } = yield* site("PostgreSQL")
        const { cut, host, mend, own, prefix } = yield* machine
        const [databasePort, apiPort] = [yield* freePort, yield* freePort]
        yield* proxied(portIn(server?.url ?? ""), databasePort, host)
        yield* proxied(portIn(baseUrl), apiPort, host)
        yield* Effect.gen(function* () {
          yield* pace(400)
          yield* Jobs.submit(prompts(100), { job: "down" })
          const away = yield* start({
            database: `postgres://jobs@${host}:${databasePort}/postgres`,
            api: `http://${host}:${apiPort}/api/v1`,
            env: { HOST: own, ALLOW_INSECURE: "true" },
            prefix
          })
          // It has calls under way when its wire is cut
          yield* Effect.raceFirst(
            waitForDone("down", 8),
            Effect.zipRight(away.ended, Effect.dieMessage("the worker has ended"))
          )
          yield* Effect.all([start(), start()])
          yield* cut
          const { longestSeconds, status } = yield* watchToEnd("down")
          expect(longestSeconds).toBeLessThan(30)
          expect(status.done + status.failed).toBe(100)
          expect(away.process.exitCode, away.output()).toBeNull()
          yield* mend
          yield* Jobs.submit(prompts(140).slice(100), { job: "up" })
          expect((yield* watchToEnd("up")).status).toMatchObject({ done: 40, failed: 0 })
          for (const [job, outcomes] of [["down", 100] as const, ["up", 40] as const]) {
            expect(yield* accountOf(job), job).toMatchObject({ outcomes, ...faultless })
          }
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    180_000
  )
})

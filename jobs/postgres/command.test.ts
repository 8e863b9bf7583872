/** The command's workers on a PostgreSQL of their own. */
import { fileURLToPath } from "node:url"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Schedule } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { freePort, postgres } from "../test/support/postgres.js"
import { compiled, run } from "../test/support/program.js"

const main = fileURLToPath(new URL("../../cli/bin/openrouter-images.js", import.meta.url))

const live = Layer.merge(NodeContext.layer, Emulator.layerServer())

describe("openrouter-images job on PostgreSQL", () => {
  it.scopedLive(
    "shares a job among its workers, makes each picture once, and shows the password nowhere",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "job-" })
        const { baseUrl, ledger, script } = yield* Emulator.Emulator
        const database = (yield* postgres).url.replace("jobs@", "jobs:secretsecret@")
        const env = {
          OPENROUTER_BASE_URL: baseUrl,
          OPENROUTER_API_KEY: "any-key",
          OPENROUTER_IMAGES_DATABASE: database
        }
        const start = (...args: ReadonlyArray<string>) => run(main, { cwd, env, args: ["job", ...args] })
        const prompts = Array.from({ length: 60 }, (_, i) => `picture ${i}`)
        yield* fs.writeFileString(`${cwd}/all.jsonl`, prompts.join("\n"))
        yield* script(prompts.map(() => ({ _tag: "Pace", delayMillis: 200 })))
        const submit = yield* start("submit", "all.jsonl")
        expect(yield* submit.ended, submit.output()).toBe(0)
        const worker = start("worker", "--concurrency", "2", "--until-done")
        const both = [yield* worker, yield* worker]
        for (const each of both) expect(yield* each.ended, each.output()).toBe(0)
        const results = yield* start("results", "all", "--out", "out")
        expect(yield* results.ended, results.output()).toBe(0)
        expect(yield* fs.readDirectory(`${cwd}/out`)).toHaveLength(61)
        expect((yield* ledger).map(({ prompt }) => prompt).sort()).toEqual([...prompts].sort())
        const said = [submit, results, ...both].map(({ output }) => output()).join("\n")
        expect(said).toContain("postgres://jobs@127.0.0.1")
        expect(said).not.toContain("secretsecret")
      }).pipe(Effect.provide(live)),
    120_000
  )

  it.scopedLive(
    "waits for a database that is away, ends in order on SIGTERM, gives up what takes too long, and says how it is",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const cwd = yield* fs.makeTempDirectoryScoped({ prefix: "job-" })
        const { baseUrl, script } = yield* Emulator.Emulator
        const database = yield* postgres
        const through = yield* freePort
        const monitor = yield* freePort
        const env = {
          OPENROUTER_BASE_URL: baseUrl,
          OPENROUTER_API_KEY: "any-key",
          OPENROUTER_IMAGES_DATABASE: database.url.replace(/:\d+\//, `:${through}/`)
        }
        const start = (...args: ReadonlyArray<string>) => run(main, { cwd, env, args: ["job", ...args] })
        const ask = (path: string) =>
          Effect.promise(async () => {
            const answer = await fetch(`http://127.0.0.1:${monitor}${path}`)
            return { status: answer.status, text: await answer.text() }
          })
        // The database is away when the worker starts
        const worker = yield* start("worker", "--monitor", String(monitor), "--drain", "3s")
        yield* worker.writes(/^waiting .*cannot be reached/m)
        expect(JSON.parse((yield* ask("/health")).text)).toMatchObject({ alive: true, database: "away", ready: false })
        expect((yield* ask("/ready")).status).toBe(503)
        expect((yield* ask("/metrics")).text).toMatch(/# EOF\n$/)
        const proxy = yield* compiled("jobs/test/support/proxy.ts")
        yield* run(proxy, { cwd, env: { PORT: String(through), TARGET: new URL(database.url).port } })
        yield* worker.writes(/^worker /m)
        yield* Effect.repeat(ask("/ready"), {
          until: ({ status }) => status === 200,
          schedule: Schedule.spaced("200 millis")
        })
        expect(JSON.parse((yield* ask("/health")).text)).toMatchObject({ alive: true, database: "reachable" })

        yield* fs.writeFileString(`${cwd}/slow.jsonl`, "a boat\na fox")
        yield* script([
          { _tag: "Pace", delayMillis: 1_500 },
          { _tag: "Pace", delayMillis: 60_000 }
        ])
        const submit = yield* start("submit", "slow.jsonl")
        expect(yield* submit.ended, submit.output()).toBe(0)
        yield* Effect.repeat(ask("/metrics"), {
          until: ({ text }) => /^openrouter_jobs_calls 2$/m.test(text),
          schedule: Schedule.spaced("100 millis")
        })
        worker.process.kill("SIGTERM")
        expect(yield* worker.ended, worker.output()).toBe(0)
        expect(worker.output()).toMatch(/^finishing 2 calls that may be paid already$/m)
        expect(worker.output()).toMatch(/^ended: 1 call took longer than --drain and may have been billed/m)
        const status = yield* start("status", "slow", "--all")
        expect(yield* status.ended, status.output()).toBe(0)
        expect(status.output()).toMatch(/^slow {2}1 of 2/m)

        const other = yield* start("worker")
        yield* other.writes(/^worker /m)
        other.process.kill("SIGINT")
        expect(yield* other.ended, other.output()).toBe(130)
      }).pipe(Effect.provide(live)),
    120_000
  )
})

/** The command's workers on a PostgreSQL of their own. */
import { fileURLToPath } from "node:url"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { postgres } from "../test/support/postgres.js"
import { run } from "../test/support/program.js"

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
})

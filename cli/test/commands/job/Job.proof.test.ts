/** What only processes show: the built command, killed half way and started again. */
import { Command, FileSystem, HttpClient } from "@effect/platform"
import { NodeContext, NodeHttpClient } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { lines, model } from "../../support/batches.js"

const main = new URL("../../../bin/openrouter-images.js", import.meta.url).pathname
const root = new URL("../../../..", import.meta.url).pathname

const live = Layer.mergeAll(NodeContext.layer, NodeHttpClient.layer, Emulator.layerServer())

/** A folder of its own, where commands run with a key and the emulator's address. */
const prepared = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { baseUrl, ledger, script } = yield* Emulator.Emulator
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "job-" })
  const env = { OPENROUTER_API_KEY: "sk-or-v1-secretsecret", OPENROUTER_BASE_URL: baseUrl }
  const command = (args: ReadonlyArray<string>, program = main) =>
    Command.make(process.execPath, program, "job", ...args).pipe(Command.workingDirectory(folder), Command.env(env))
  const run = (args: ReadonlyArray<string>, program = main) =>
    Effect.gen(function* () {
      const child = yield* Command.start(command(args, program))
      const text = (stream: typeof child.stdout) => stream.pipe(Stream.decodeText(), Stream.mkString)
      const [stdout, stderr] = yield* Effect.all([text(child.stdout), text(child.stderr)], { concurrency: 2 })
      return { stdout, stderr, exitCode: yield* child.exitCode }
    })
  return { folder, command, run, ledger, script }
})

describe("openrouter-images job", () => {
  it.scopedLive(
    "has all pictures in the end when its worker is told to end half way, each paid once",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { command, folder, ledger, run, script } = yield* prepared
        const prompts = Array.from({ length: 24 }, (_, i) => `animal ${i}`)
        yield* fs.writeFileString(`${folder}/animals.jsonl`, lines(...prompts))
        // The second three take so long that the worker is surely still at them when it is told to end.
        yield* script(prompts.map((_, i) => ({ _tag: "Pace", delayMillis: i >= 3 && i < 6 ? 6000 : 0 })))
        expect((yield* run(["submit", "animals.jsonl", "--limit", "5", "--model", model])).exitCode).toBe(0)
        const first = yield* Command.start(command(["worker", "--concurrency", "3"]))
        const said = yield* Effect.fork(first.stderr.pipe(Stream.decodeText(), Stream.mkString))
        yield* first.stdout.pipe(
          Stream.decodeText(),
          Stream.splitLines,
          Stream.takeUntil((line) => /animals: [1-9]\d* of 24/.test(line)),
          Stream.runDrain
        )
        yield* first.kill("SIGINT")
        const stderr = yield* said
        expect(stderr).toMatch(/^finishing \d calls? that may be paid already$/m)
        expect(stderr).toMatch(/^ended: nothing is under way/m)
        const half = (yield* ledger).length
        expect(half).toBeLessThan(24)
        const second = yield* run(["worker", "--concurrency", "3", "--until-done"])
        expect([second.exitCode, second.stdout]).toEqual([
          0,
          expect.stringMatching(/^animals: 24 of 24 done, \$0\.96/m)
        ])
        expect((yield* ledger).map(({ prompt }) => prompt).sort()).toEqual([...prompts].sort())
        const results = yield* run(["results", "animals", "--out", "out"])
        expect([results.exitCode, results.stdout.trim().split("\n").length]).toEqual([0, 24])
        expect(new Set(yield* fs.readDirectory(`${folder}/out`)).size).toBe(25)
        const told = stderr + second.stdout + second.stderr + results.stdout + results.stderr
        expect(told).not.toContain("secretsecret")
        expect(told).not.toContain("\u001b")
      }).pipe(Effect.provide(live)),
    60_000
  )

  it.scopedLive("shows the jobs to a browser while a worker works", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { command, folder, run } = yield* prepared
      yield* fs.writeFileString(`${folder}/animals.jsonl`, lines("a fox"))
      yield* run(["submit", "animals.jsonl"])
      const child = yield* Command.start(command(["worker", "--view", "0"]))
      const shown = yield* Deferred.make<string>()
      const all = yield* child.stderr.pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.tap((line) => (line.startsWith("view ") ? Deferred.succeed(shown, line) : Effect.void)),
        Stream.runDrain,
        Effect.fork
      )
      const address = /^view {8}(http:\/\/127\.0\.0\.1:\d+)$/.exec(yield* Deferred.await(shown))?.[1]
      const jobs = yield* HttpClient.get(`${address}/api/jobs`).pipe(Effect.flatMap(({ json }) => json))
      expect(jobs).toMatchObject([{ job: "animals", total: 1 }])
      yield* child.kill("SIGINT")
      yield* Fiber.join(all)
      expect(yield* child.exitCode).toBe(130)
    }).pipe(Effect.provide(live))
  )

  it.scopedLive("reads requests from its input", () =>
    Effect.gen(function* () {
      const { command } = yield* prepared
      const fed = Command.feed(command(["submit", "-", "--job", "piped", "--json"]), lines("a fox", "a dog"))
      expect(JSON.parse(yield* Command.string(fed))).toEqual({ job: "piped", requests: 2, added: 2 })
    }).pipe(Effect.provide(live))
  )

  it.scopedLive("needs a key to work, or to be told that the emulator is meant", () =>
    Effect.gen(function* () {
      const { command, run } = yield* prepared
      const child = yield* Command.start(
        command(["worker", "--until-done"]).pipe(Command.env({ OPENROUTER_API_KEY: "" }))
      )
      expect(yield* child.stderr.pipe(Stream.decodeText(), Stream.mkString)).toMatch(/OPENROUTER_API_KEY/)
      expect(yield* child.exitCode).toBe(2)
      const { exitCode, stderr } = yield* run(["worker", "--until-done", "--emulator"])
      expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^--emulator: .*nothing is billed/)])
    }).pipe(Effect.provide(live))
  )

  it.scopedLive("explains its commands, and has no others", () =>
    Effect.gen(function* () {
      const { run } = yield* prepared
      for (const line of [[], ["--help"]]) {
        const { exitCode, stderr, stdout } = yield* run(line)
        expect([exitCode, stderr]).toEqual([0, ""])
        expect(stdout).toMatch(/^job results --out DIR \[options\] <NAME> +Write the pictures/m)
      }
      expect((yield* run(["submit", "--help"])).stdout).toMatch(/^--limit USD +The most that the job may cost/m)
      const unknown = yield* run(["paint"])
      expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining("There is no command job paint.")])
    }).pipe(Effect.provide(live))
  )

  it.scopedLive("says how to install the package that it needs, where that is missing; other commands do without", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { folder, run } = yield* prepared
      const modules = `${folder}/node_modules`
      yield* fs.makeDirectory(modules)
      for (const name of yield* fs.readDirectory(`${root}node_modules`)) {
        const isWanted = !name.startsWith(".") && !/-(jobs|jobs-view|cli)$/.test(name)
        if (isWanted) yield* fs.symlink(yield* fs.realPath(`${root}node_modules/${name}`), `${modules}/${name}`)
      }
      yield* fs.copy(`${root}cli/dist`, `${folder}/cli/dist`)
      yield* fs.writeFileString(`${folder}/cli/package.json`, `{"type":"module"}`)
      const program = `${folder}/cli/dist/main.js`
      const { exitCode, stderr } = yield* run(["list"], program)
      expect(exitCode).toBe(2)
      expect(stderr).toContain("npm install effect-openrouter-images-jobs")
      expect((yield* run(["--help"], program)).exitCode).toBe(0)
      const jobs = `${modules}/effect-openrouter-images-jobs`
      yield* fs.makeDirectory(jobs)
      for (const part of ["package.json", "dist"]) yield* fs.copy(`${root}jobs/${part}`, `${jobs}/${part}`)
      const view = yield* run(["worker", "--emulator", "--until-done", "--view", "0"], program)
      expect(view.exitCode).toBe(2)
      expect(view.stderr).toContain("npm install effect-openrouter-images-jobs-view")
      yield* fs.remove(`${modules}/@aws-sdk`)
      const bucket = yield* run(["worker", "--emulator", "--until-done", "--store", "s3://pictures"], program)
      expect([bucket.exitCode, bucket.stderr]).toEqual([2, expect.stringContaining("npm install @aws-sdk/client-s3")])
      expect((yield* run(["worker", "--emulator", "--until-done"], program)).exitCode).toBe(0)
    }).pipe(Effect.provide(live))
  )

  it.scopedLive("is not loaded by the other commands", () =>
    Effect.gen(function* () {
      const { folder } = yield* prepared
      const fs = yield* FileSystem.FileSystem
      const hooks = `export const resolve = (name, context, next) => {
        if (/images-jobs|better-sqlite3|@effect.(cluster|workflow|sql)/.test(name)) throw new Error("loaded: " + name)
        return next(name, context)
      }`
      yield* fs.writeFileString(`${folder}/hooks.mjs`, hooks)
      const register = `data:text/javascript,import { register } from "node:module"; register("file://${folder}/hooks.mjs")`
      const models = Command.make(process.execPath, "--import", register, main, "models", "--emulator", "--json")
      expect(JSON.parse(yield* Command.string(models)).length).toBeGreaterThan(0)
      const list = Command.make(process.execPath, "--import", register, main, "job", "list")
      expect(yield* Command.exitCode(list)).toBe(1)
    }).pipe(Effect.provide(live))
  )
})

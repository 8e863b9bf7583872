/**
 * What only processes show: channels that are closed or full, and a terminal that goes away, while calls are under way
 * that are paid for.
 */
import { Command, FileSystem } from "@effect/platform"
import { NodeContext, NodeHttpClient } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, type Scope, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { lineOf, model } from "../support/batches.js"

const main = new URL("../../bin/openrouter-images.js", import.meta.url).pathname

const live = Layer.mergeAll(NodeContext.layer, NodeHttpClient.layer, Emulator.layerServer())

/**
 * A folder with some requests, and an emulator that takes its time with each. `shell` runs a line of bash in which
 * `$run` is the command.
 */
const preparedWith = (count: number) =>
  Effect.gen(function* () {
    const prompts = Array.from({ length: count }, (_, i) => `animal ${i}`)
    const fs = yield* FileSystem.FileSystem
    const { baseUrl, ledger, reset, script } = yield* Emulator.Emulator
    yield* reset
    yield* script(prompts.map(() => ({ _tag: "Pace", delayMillis: 300 })))
    const folder = yield* fs.makeTempDirectoryScoped({ prefix: "output-" })
    const requests = prompts.map((prompt) => ({ ...JSON.parse(lineOf(prompt)), model }))
    yield* fs.writeFileString(`${folder}/animals.jsonl`, requests.map((request) => JSON.stringify(request)).join("\n"))
    const command = (line: string) =>
      Command.make("bash", "-c", line).pipe(
        Command.workingDirectory(folder),
        Command.env({
          OPENROUTER_API_KEY: "sk-or-v1-secretsecret",
          OPENROUTER_BASE_URL: baseUrl,
          run: `${process.execPath} ${main}`
        })
      )
    const shell = (line: string) =>
      Effect.gen(function* () {
        const child = yield* Command.start(command(line))
        const text = (stream: typeof child.stdout) => stream.pipe(Stream.decodeText(), Stream.mkString)
        const [stdout, stderr] = yield* Effect.all([text(child.stdout), text(child.stderr)], { concurrency: 2 })
        return { stdout, stderr, exitCode: yield* child.exitCode }
      })
    const pictures = (out = "out") =>
      Effect.map(fs.readDirectory(`${folder}/${out}`), (names) => names.filter((name) => /^[^.].*\.png$/.test(name)))
    const billed = Effect.map(ledger, (all) => all.length)
    return { folder, fs, command, shell, pictures, billed }
  })

const prepared = preparedWith(6)

const closed = /^stdout is closed: nobody reads the output any more; the command continues$/gm
const unwritten = /^output {6}stdout could not be written to its end: \S.*\.\ncost {8}.*pictures .* are saved/m

const test = (name: string, use: Effect.Effect<void, unknown, Layer.Layer.Success<typeof live> | Scope.Scope>) =>
  it.scopedLive(name, () => use.pipe(Effect.provide(live)), 180_000)

describe("a pipe that nobody reads any more", () => {
  test(
    "ends no batch: all that is paid for is saved and written down, with the usual exit code",
    Effect.gen(function* () {
      const { billed, folder, fs, pictures, shell } = yield* prepared
      const { exitCode, stderr, stdout } = yield* shell(
        "set -o pipefail; $run batch animals.jsonl --out out --concurrency 2 | head -1"
      )
      expect([exitCode, stdout.trim().split("\n")]).toEqual([0, [expect.stringMatching(/^out\/.*\.png$/)]])
      expect(stderr.match(closed)).toHaveLength(1)
      expect(stderr).toMatch(/^done {8}6 of 6 requests$/m)
      expect([yield* billed, (yield* pictures()).length]).toEqual([6, 6])
      expect((yield* fs.readFileString(`${folder}/out/results.jsonl`)).trim().split("\n")).toHaveLength(6)
    })
  )

  test(
    "is said of a batch that fails with the exit code of its failure",
    Effect.gen(function* () {
      const { billed, pictures, shell } = yield* prepared
      const { exitCode, stderr } = yield* shell(
        "set -o pipefail; $run batch animals.jsonl --out out --concurrency 2 --budget 0.17 | head -1"
      )
      expect([exitCode, stderr.match(closed)?.length]).toEqual([9, 1])
      expect([yield* billed, (yield* pictures()).length]).toEqual([4, 4])
    })
  )

  test(
    "ends no worker of jobs",
    Effect.gen(function* () {
      const { billed, pictures, shell } = yield* prepared
      expect((yield* shell("$run job submit animals.jsonl")).exitCode).toBe(0)
      const worked = yield* shell("set -o pipefail; $run job worker --until-done --concurrency 2 | head -1")
      expect([worked.exitCode, worked.stderr.match(closed)?.length]).toEqual([0, 1])
      expect((yield* shell("set -o pipefail; $run job results animals --out out | true")).exitCode).toBe(0)
      expect([yield* billed, (yield* pictures()).length]).toEqual([6, 6])
    })
  )

  test(
    "may be both: stdout and stderr",
    Effect.gen(function* () {
      const { billed, pictures, shell } = yield* prepared
      const line = "set -o pipefail; $run batch animals.jsonl --out out --concurrency 2 2>&1 | true"
      expect((yield* shell(line)).exitCode).toBe(0)
      expect([yield* billed, (yield* pictures()).length]).toEqual([6, 6])
    })
  )

  test(
    "may be that of one picture, streamed or as a document, or of a table",
    Effect.gen(function* () {
      const { billed, pictures, shell } = yield* prepared
      for (const options of ["--stream --show", "--json", "--help"]) {
        const { exitCode } = yield* shell(
          `set -o pipefail; $run generate "a fox" --model bytedance-seed/seedream-5-lite --size 32x32 --out out ${options} | true`
        )
        expect([options, exitCode]).toEqual([options, 0])
      }
      expect((yield* shell("set -o pipefail; $run models --json | true")).exitCode).toBe(0)
      expect([yield* billed, (yield* pictures()).length]).toEqual([2, 2])
    })
  )
})

describe("a full disk", () => {
  test(
    "under stdout has an exit code of its own, after the pictures of a batch are saved",
    Effect.gen(function* () {
      const { billed, pictures, shell } = yield* prepared
      const { exitCode, stderr } = yield* shell("$run batch animals.jsonl --out out --concurrency 2 > /dev/full")
      expect([exitCode, stderr]).toEqual([10, expect.stringMatching(unwritten)])
      expect(stderr).toContain("ENOSPC")
      expect([yield* billed, (yield* pictures()).length]).toEqual([6, 6])
    })
  )

  test(
    "is told of one picture, a table, the help, and a worker of jobs",
    Effect.gen(function* () {
      const { billed, pictures, shell } = yield* prepared
      yield* shell("$run job submit animals.jsonl")
      const commands = [
        'generate "a fox" --model bytedance-seed/seedream-5-lite --size 32x32 --out out',
        'generate "a fox" --model bytedance-seed/seedream-5-lite --size 32x32 --out out --stream --json',
        "models",
        "--help",
        "job list",
        "job worker --until-done"
      ]
      for (const command of commands) {
        const { exitCode, stderr } = yield* shell(`$run ${command} > /dev/full`)
        expect([command, exitCode, stderr]).toEqual([command, 10, expect.stringMatching(unwritten)])
      }
      expect([yield* billed, (yield* pictures()).length]).toEqual([8, 2])
    })
  )

  test(
    "leaves a command that fails its own exit code",
    Effect.gen(function* () {
      const { shell } = yield* prepared
      const { exitCode, stderr } = yield* shell('$run check "a fox" --model krea/krea-2 --resolution 4K > /dev/full')
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(unwritten)])
    })
  )

  test(
    "that takes only the beginning of a document is no success",
    Effect.gen(function* () {
      const { folder, fs, shell } = yield* prepared
      const { exitCode, stderr } = yield* shell("ulimit -f 1; $run models --json > models.json")
      expect([exitCode, stderr]).toEqual([10, expect.stringMatching(unwritten)])
      expect((yield* fs.readFileString(`${folder}/models.json`)).length).toBeLessThanOrEqual(1024)
    })
  )

  test(
    "under stderr ends nothing, nor does a closed one",
    Effect.gen(function* () {
      const { billed, pictures, shell } = yield* prepared
      for (const end of ["2> /dev/full", "2>&-", "2> >(true)", ">&- 2>&-"]) {
        const { exitCode } = yield* shell(
          `$run generate "a fox" --model bytedance-seed/seedream-5-lite --size 32x32 --out out ${end}`
        )
        expect([end, exitCode]).toEqual([end, 0])
      }
      expect([yield* billed, (yield* pictures()).length]).toEqual([4, 4])
    })
  )
})

describe("a terminal that is closed", () => {
  test(
    "cancels a batch in order, and says what may have been billed; that it is told twice is no second Ctrl-C",
    Effect.gen(function* () {
      const { billed, command, folder, fs, pictures } = yield* prepared
      const child = yield* Command.start(command("exec $run batch animals.jsonl --out out --concurrency 2"))
      const said = yield* Effect.fork(child.stderr.pipe(Stream.decodeText(), Stream.mkString))
      yield* child.stdout.pipe(Stream.take(1), Stream.runDrain)
      yield* child.kill("SIGHUP").pipe(Effect.zipLeft(child.kill("SIGHUP")), Effect.ignore)
      expect(yield* said).toMatch(/^cancelled: \d requests? done and saved in out; .*may have been billed/m)
      expect(yield* child.exitCode).toBe(130)
      const results = (yield* fs.readFileString(`${folder}/out/results.jsonl`)).trim().split("\n")
      const ok = results.filter((line) => line.includes('"result":"ok"')).length
      expect([(yield* pictures()).length, ok < 6]).toEqual([ok, true])
      expect(yield* billed).toBeLessThanOrEqual(results.length)
    })
  )

  test(
    "lets a worker finish what is under way",
    Effect.gen(function* () {
      const { billed, command, shell } = yield* preparedWith(24)
      yield* shell("$run job submit animals.jsonl")
      const child = yield* Command.start(command("exec $run job worker --concurrency 2"))
      const said = yield* Effect.fork(child.stderr.pipe(Stream.decodeText(), Stream.mkString))
      yield* child.stdout.pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.takeUntil((line) => /animals: [1-9]\d* of 24/.test(line)),
        Stream.runDrain
      )
      yield* child.kill("SIGHUP")
      expect(yield* said).toMatch(/^ended: nothing is under way/m)
      const before = yield* billed
      expect((yield* shell("$run job worker --until-done")).exitCode).toBe(0)
      expect([before < 24, yield* billed]).toEqual([true, 24])
    })
  )
})

import { Command, FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const main = new URL("../bin/openrouter-images.js", import.meta.url).pathname

/** A key, and a server that is not there: what needs no network is not sent to it. */
const unreachable = { OPENROUTER_API_KEY: "sk-or-v1-secretsecret", OPENROUTER_BASE_URL: "http://127.0.0.1:0/api/v1" }

/** Runs the built command as a process of its own, in an empty folder and without a key unless one is given. */
const run = (args: ReadonlyArray<string>, env: Record<string, string> = {}, stdin = "") =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const command = Command.make(process.execPath, main, ...args).pipe(
      Command.workingDirectory(folder),
      Command.feed(stdin),
      Command.env({ OPENROUTER_API_KEY: undefined, OPENROUTER_BASE_URL: undefined, ...env })
    )
    const child = yield* Command.start(command)
    const text = (stream: typeof child.stdout) => stream.pipe(Stream.decodeText(), Stream.mkString)
    const [stdout, stderr] = yield* Effect.all([text(child.stdout), text(child.stderr)], { concurrency: 2 })
    return { folder, stdout, stderr, exitCode: yield* child.exitCode }
  })

describe("openrouter-images", () => {
  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    it.scoped("saves a picture with the embedded emulator, and says so", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        const { exitCode, folder, stderr, stdout } = yield* run([
          "generate",
          "a paper boat",
          "--out",
          "out",
          "--emulator"
        ])
        expect(exitCode).toBe(0)
        expect(stderr).toContain("embedded emulator")
        const [file = ""] = yield* fs.readDirectory(path.join(folder, "out"))
        const image = GeneratedImage.make(yield* fs.readFile(path.join(folder, "out", file)))
        expect([image.mediaType, image.dimensions]).toEqual(["image/png", { width: 1024, height: 1024 }])
        expect(stdout).toContain(file)
        expect(stdout + stderr).not.toContain(String.fromCharCode(27))
      })
    )

    it.scoped("makes with npm start the same picture each time, never a paid one, and lets options override", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        const { scripts } = JSON.parse(
          yield* fs.readFileString(new URL("../../package.json", import.meta.url).pathname)
        )
        const start = [...(String(scripts.start).split("main.js ")[1]?.split(" ") ?? []), "--no-provenance"]
        const made = (...more: ReadonlyArray<string>) =>
          Effect.gen(function* () {
            const { exitCode, folder, stderr, stdout } = yield* run([...start, ...more], unreachable, "a red panda")
            expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^--emulator: .*nothing is billed/)])
            const bytes = yield* fs.readFile(path.join(folder, stdout.trim()))
            return { stdout, sha256: yield* GeneratedImage.sha256(GeneratedImage.make(bytes)) }
          })
        const [first, second] = [yield* made(), yield* made()]
        expect(second.sha256).toBe(first.sha256)
        const other = yield* made("a paper boat", "--seed", "8", "--out", "boats")
        expect(other.stdout).toMatch(/^boats.a-paper-boat/)
      })
    )

    it.scoped("refuses what it does not know in one block, with the exit code of usage", () =>
      Effect.gen(function* () {
        const { exitCode, stderr, stdout } = yield* run(["paint"], unreachable)
        expect([exitCode, stdout]).toEqual([2, ""])
        expect(stderr).toMatch(
          /^usage {7}There is no command paint\.\ncost {8}Nothing was billed\.\nwhat to do {2}\S.*\n$/
        )
      })
    )

    it.scoped("has quotes, checks and batches, each with its result on stdout", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const quote = yield* run(["quote", "a fox", "--json", "--model", "krea/krea-2", "--emulator"])
        expect(JSON.parse(quote.stdout)).toMatchObject({ minUsd: 0.01, maxUsd: 0.01 })
        const check = yield* run(["check", "a fox", "--model", "krea/krea-2", "--resolution", "4K", "--emulator"])
        expect([check.exitCode, check.stdout.trim().split("\n").at(-1)]).toEqual([
          2,
          expect.stringMatching(/^openrouter-images generate .* --resolution 1K --emulator$/)
        ])
        const file = `${quote.folder}/requests.jsonl`
        yield* fs.writeFileString(file, "a fox\na dog")
        const batch = yield* run(["batch", file, "--out", "out", "--emulator"])
        expect([batch.exitCode, batch.stdout.trim().split("\n").sort()]).toEqual([
          0,
          ["out/0001-a-fox.png", "out/0002-a-dog.png"]
        ])
        expect(batch.stdout + batch.stderr).not.toContain("\u001b")
      })
    )

    it.scoped("makes a picture again from its file, and shows both in a gallery", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const folder = yield* fs.makeTempDirectoryScoped()
        const options = ["--emulator", "--stream", "--open", "--show", "--out", folder]
        const first = yield* run(["generate", "a <b>fox</b>", "--json", "--seed", "3", "--user=me", ...options])
        const { files, prompt } = JSON.parse(first.stdout)
        expect([first.exitCode, prompt, files.length]).toEqual([0, "a <b>fox</b>", 1])
        const again = yield* run(["regenerate", files[0], "--seed", "4", ...options])
        expect([again.exitCode, again.stdout]).toEqual([0, expect.stringMatching(/^\/\S+\.png\n$/)])
        const gallery = yield* run(["gallery", folder, "--open"])
        expect([gallery.exitCode, gallery.stdout]).toEqual([0, `${folder}/index.html\n`])
        expect(gallery.stderr).toMatch(/^gallery {5}2 pictures, \$0\.08 \(emulated: nothing is billed\)\n$/)
        const html = yield* fs.readFileString(`${folder}/index.html`)
        expect(html).toContain(`<p class="prompt">a &lt;b&gt;fox&lt;/b&gt;</p>`)
        expect(first.stdout + first.stderr + again.stdout + again.stderr).not.toContain("\u001b")
        const unknown = yield* run(["regenerate", `${folder}/index.html`, "--emulator"])
        expect([unknown.exitCode, unknown.stderr]).toEqual([
          8,
          expect.stringContaining("does not say where it comes from")
        ])
      })
    )

    it.scoped("says in one block what is wrong with a model that does not exist, and fails", () =>
      Effect.gen(function* () {
        const { exitCode, stderr } = yield* run(["generate", "x", "--model", "no/such", "--emulator"])
        expect(exitCode).not.toBe(0)
        expect(stderr).toMatch(/NotFoundResponseError[\s\S]*no\/such[\s\S]*Nothing was billed/)
        expect(stderr).not.toMatch(/\n\s+at /)
      })
    )

    it.scoped(
      "says what a lost generation cost by the line that its failure ends with, and what the key has spent",
      () =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          const env = { OPENROUTER_API_KEY: "sk-or-v1-secretsecret", OPENROUTER_BASE_URL: emulator.baseUrl }
          yield* emulator.script([{ _tag: "Reset", at: "body", bytes: 10 }])
          yield* emulator.records({ next: [0, null] })
          const lost = yield* run(["generate", "a fox"], env)
          const line = lost.stderr.trim().split("\n").at(-1) ?? ""
          const [{ costUsd = 0, generationId = "" } = {}] = yield* emulator.ledger
          expect([lost.exitCode, line]).toEqual([6, `openrouter-images cost ${generationId} --wait`])
          const cost = yield* run(line.split(" ").slice(1), env)
          expect([cost.exitCode, cost.stderr]).toEqual([0, ""])
          expect(cost.stdout).toMatch(
            new RegExp(`^cost {8}\\$${costUsd}\nbilled {6}yes\n[^]*generation {2}${generationId}\n$`)
          )
          const made = yield* run(["generate", "a dog"], env)
          const file = `${made.folder}/${made.stdout.trim()}`
          const late = yield* run(["cost", file, generationId, "--json"], env)
          expect([late.exitCode, JSON.parse(late.stdout).generations]).toEqual([
            11,
            [
              expect.objectContaining({ files: [file], billing: "unknown" }),
              expect.objectContaining({ generationId, billing: "billed", costUsd })
            ]
          ])
          const key = yield* run(["key"], env)
          expect([key.exitCode, key.stdout]).toEqual([0, expect.stringMatching(/^spent {7}\$0\.08 today, /m)])
          expect(key.stdout + key.stderr).not.toContain("secretsecret")
        }).pipe(Effect.provide(Emulator.layerServer()))
    )

    it.scoped("never prints the key, also when the server cannot be reached", () =>
      Effect.gen(function* () {
        const { exitCode, stderr, stdout } = yield* run(["generate", "x", "--timeout", "1 second"], unreachable)
        expect(exitCode).not.toBe(0)
        expect(stderr).toContain("ConnectionError")
        expect(stdout + stderr).not.toContain("secretsecret")
      })
    )
  })
})

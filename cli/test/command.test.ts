import { Command, FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { GeneratedImage } from "effect-openrouter-images"

const main = new URL("../dist/main.js", import.meta.url).pathname

/** Runs the built command as a process of its own, in an empty folder and without a key unless one is given. */
const run = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const command = Command.make(process.execPath, main, ...args).pipe(
      Command.workingDirectory(folder),
      Command.env({ OPENROUTER_API_KEY: undefined, OPENROUTER_BASE_URL: undefined, ...env })
    )
    const child = yield* Command.start(command)
    const text = (stream: typeof child.stdout) => stream.pipe(Stream.decodeText(), Stream.mkString)
    const [stdout, stderr] = yield* Effect.all([text(child.stdout), text(child.stderr)], { concurrency: 2 })
    return { folder, stdout, stderr, exitCode: yield* child.exitCode }
  })

describe("openrouter-images", () => {
  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    it.scoped("saves a picture with the embedded emulator when there is no key, and says so", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        const { exitCode, folder, stderr, stdout } = yield* run(["generate", "a paper boat", "--out", "out"])
        expect(exitCode).toBe(0)
        expect(stderr).toContain("embedded emulator")
        const [file = ""] = yield* fs.readDirectory(path.join(folder, "out"))
        const image = GeneratedImage.make(yield* fs.readFile(path.join(folder, "out", file)))
        expect([image.mediaType, image.dimensions]).toEqual(["image/png", { width: 1024, height: 1024 }])
        expect(stdout).toContain(file)
        expect(stdout + stderr).not.toContain(String.fromCharCode(27))
      })
    )

    it.scoped("lists models and the endpoints of one", () =>
      Effect.gen(function* () {
        expect((yield* run(["models"])).stdout).toContain("google/gemini-3-pro-image")
        const { stdout } = yield* run(["endpoints", "google/gemini-3-pro-image"])
        expect(stdout).toContain("Google AI Studio")
        expect(stdout).toContain("0.134")
      })
    )

    it.scoped("says in one block what is wrong with a model that does not exist, and fails", () =>
      Effect.gen(function* () {
        const { exitCode, stderr } = yield* run(["generate", "x", "--model", "no/such"])
        expect(exitCode).not.toBe(0)
        expect(stderr).toMatch(/NotFoundResponseError[\s\S]*no\/such[\s\S]*Nothing was billed/)
        expect(stderr).not.toMatch(/\n\s+at /)
      })
    )

    it.scoped("never prints the key, also when the server cannot be reached", () =>
      Effect.gen(function* () {
        const env = { OPENROUTER_API_KEY: "sk-or-v1-secretsecret", OPENROUTER_BASE_URL: "http://127.0.0.1:1" }
        const { exitCode, stderr, stdout } = yield* run(["generate", "x", "--timeout", "1 second"], env)
        expect(exitCode).not.toBe(0)
        expect(stderr).toContain("ConnectionError")
        expect(stdout + stderr).not.toContain("secretsecret")
      })
    )
  })
})

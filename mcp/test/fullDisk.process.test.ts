import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { type Agent, billed, eventually, folder, httpServer, overHttp, type Served } from "./support/agents.js"

const request = { prompt: "a paper boat", model: "bytedance-seed/seedream-4.0" }

/** The largest file that a server may write, in bytes: no folder takes a picture then, as when every disk is full. */
const limitFiles = ({ child }: Served, bytes: number | "unlimited") =>
  Effect.sync(() => execFileSync("prlimit", ["--pid", String(child.pid), `--fsize=${bytes}:unlimited`]))

const picturesIn = (home: string): ReadonlyArray<string> => {
  const pictures = join(home, "pictures")
  return existsSync(pictures) ? readdirSync(pictures).filter((name) => name.endsWith(".png")) : []
}

const serverIn = (home: string) =>
  httpServer(["--output", join(home, "pictures"), "--budget-file", join(home, "budget.json"), "--budget", "5"])

/** Makes a picture that the server cannot write. */
const makeUnsaved = ({ call }: Agent, served: Served, home: string) =>
  Effect.gen(function* () {
    yield* call("quote", request) // which takes the prices
    yield* limitFiles(served, 4_096)
    const made = yield* call("generate", request)
    expect(made).toMatchObject({ isError: true, text: expect.stringContaining("It is kept in this server's memory.") })
    expect(picturesIn(home)).toEqual([])
  })

layer(Emulator.layerServer(), { excludeTestServices: true })((it) => {
  describe("a picture that no folder takes", () => {
    it.scoped("is kept until there is room, and nothing more is paid for before that", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const served = yield* serverIn(home)
        const agent = yield* overHttp(served)
        const { call } = agent
        yield* makeUnsaved(agent, served, home)
        const before = yield* billed
        const refused = yield* call("generate", { ...request, prompt: "another one" })
        expect(refused.text).toContain("1 picture that was paid for is still in memory.")
        expect(refused.text).toContain("Nothing was billed.")
        expect(yield* billed).toBe(before)
        yield* limitFiles(served, "unlimited")
        const listed = yield* call("gallery")
        const file = /^file: (.*)$/m.exec(listed.text)?.[1] ?? ""
        expect(file).toBe(join(home, "pictures", picturesIn(home)[0] ?? ""))
        expect(GeneratedImage.make(readFileSync(file)).dimensions).toMatchObject({ width: 1024, height: 1024 })
        expect((yield* call("generate", { ...request, prompt: "another one" })).isError).toBe(false)
        expect(picturesIn(home)).toHaveLength(2)
      })
    )

    it.scoped("is written before the server ends, where it can be", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const served = yield* serverIn(home)
        yield* Effect.scoped(Effect.flatMap(overHttp(served), (agent) => makeUnsaved(agent, served, home)))
        yield* limitFiles(served, "unlimited")
        served.child.kill("SIGTERM")
        yield* eventually(Effect.sync(() => served.child.exitCode !== null))
        expect(picturesIn(home)).toHaveLength(1)
        expect(served.said()).toContain("saved: ")
      })
    )
  })
})

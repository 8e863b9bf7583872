import { spawn, spawnSync } from "node:child_process"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { billed, environmentOf, eventually, folder, main, overStdio } from "./support/agents.js"

const model = "bytedance-seed/seedream-4.0"

const argsIn = (home: string) => ["--output", join(home, "pictures"), "--budget-file", join(home, "budget.json")]

const line = (message: object): string => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`

const initialize = line({
  ...{ id: "a-name", method: "initialize" },
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "1" } }
})

/** A server that is written to by hand. */
const raw = (args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(process.execPath, [main, ...args], { env: environmentOf(baseUrl), stdio: "pipe" })),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    let said = ""
    child.stdout.on("data", (bytes) => {
      said += String(bytes)
    })
    const lines = (): ReadonlyArray<{ readonly id?: unknown }> =>
      said
        .split("\n")
        .slice(0, -1)
        .map((text) => JSON.parse(text))
    return { child, lines }
  })

describe("the server on stdin and stdout", () => {
  layer(Emulator.layerServer(), { excludeTestServices: true })((it) => {
    it.scoped("writes nothing but the protocol to stdout, whatever it reads", () =>
      Effect.gen(function* () {
        const { child, lines } = yield* raw(argsIn(yield* folder))
        child.stdin.write(`${initialize}\n \n{\nnull\n${line({ id: 7, method: "tools/burn" })}`)
        const call = (id: unknown, name: string, more: object) =>
          line({ id, method: "tools/call", params: { name, arguments: more } })
        child.stdin.write(call("drawn", "generate", { prompt: "a boat", model }) + call(0, "burn", {}))
        child.stdin.write(call(1.5, "generate", { prompt: "a boat", model: "no/model" }))
        yield* eventually(Effect.sync(() => lines().length >= 7))
        const ids = lines().map(({ id }) => id)
        expect(new Set(ids)).toEqual(new Set(["a-name", null, 7, "drawn", 0, 1.5]))
        expect(lines().every((message) => "jsonrpc" in message)).toBe(true)
      })
    )

    it.scoped("goes on after answers to no question, and messages too deep to read", () =>
      Effect.gen(function* () {
        const { child, lines } = yield* raw(argsIn(yield* folder))
        child.stdin.write(initialize)
        for (const id of ["abc", "", "0x1", 1.5, -1, 99]) {
          child.stdin.write(line({ id, result: { action: "accept" } }))
          child.stdin.write(line({ id, error: { code: 1, message: "no" } }))
        }
        const deep = "[".repeat(100_000) + "]".repeat(100_000)
        child.stdin.write(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":${deep}}}\n`)
        const nested = `{"prompt":${deep}}`
        child.stdin.write(
          `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"quote","arguments":${nested}}}\n`
        )
        child.stdin.write(line({ id: "last", method: "ping" }))
        yield* eventually(Effect.sync(() => child.exitCode !== null || lines().some(({ id }) => id === "last")))
        expect(lines().slice(1)).toMatchObject([
          { id: 1, error: { code: -32600 } },
          { id: 2, error: { code: -32600 } },
          { id: "last", result: {} }
        ])
      })
    )

    it.scoped("ends when its input does, and saves what it has", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const { child, lines } = yield* raw(argsIn(home))
        child.stdin.write(initialize)
        yield* eventually(Effect.sync(() => lines().length === 1))
        child.stdin.end()
        yield* eventually(Effect.sync(() => child.exitCode !== null))
        expect([child.exitCode, readdirSync(join(home, "pictures"))]).toEqual([0, []])
      })
    )

    it.scoped("saves a picture elsewhere where its folder has gone, and says where", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const emulator = yield* Emulator.Emulator
        const { call } = yield* overStdio({ args: argsIn(home) })
        yield* call("quote", { prompt: "a boat", model }) // which takes the prices, so that the fault is the generation's
        const before = (yield* emulator.requests).length
        yield* emulator.script([{ _tag: "Pace", delayMillis: 500 }])
        const [made] = yield* Effect.all(
          [
            call("generate", { prompt: "a boat", model }),
            Effect.gen(function* () {
              yield* eventually(Effect.map(emulator.requests, ({ length }) => length > before))
              rmSync(join(home, "pictures"), { recursive: true })
              writeFileSync(join(home, "pictures"), "no folder any more")
            })
          ],
          { concurrency: 2 }
        )
        expect(made.text).toMatch(/was saved there because .*pictures cannot be written/)
        const file = /^picture: (.*)$/m.exec(made.text)?.[1] ?? ""
        expect(file.startsWith("/")).toBe(true)
        expect(GeneratedImage.make(readFileSync(file)).mediaType).toBe("image/png")
        rmSync(file)
      })
    )

    it.scoped("does not begin where its folder cannot be written, or an allowed one is none", () =>
      Effect.gen(function* () {
        const home = yield* folder
        writeFileSync(join(home, "pictures"), "no folder")
        const env = environmentOf((yield* Emulator.Emulator).baseUrl)
        const begun = (args: ReadonlyArray<string>) =>
          spawnSync(process.execPath, [main, ...args], { env, encoding: "utf8" })
        const unwritable = begun(argsIn(home))
        expect(unwritable).toMatchObject({
          status: 8,
          stdout: "",
          stderr: expect.stringContaining("cannot be written")
        })
        expect(unwritable.stderr).toContain("--output")
        const missing = begun(["--output", join(home, "other"), "--allow", join(home, "missing")])
        expect(missing).toMatchObject({ status: 8, stdout: "", stderr: expect.stringContaining("is no folder") })
      })
    )

    it.scoped("bills nothing with --emulator, and needs no key", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const before = yield* billed
        const { call, said } = yield* overStdio({ args: [...argsIn(home), "--emulator"] })
        const made = yield* call("generate", { prompt: "a boat", model })
        expect(made.text).toContain("cost: $0.03 (emulated: nothing is billed)")
        expect([yield* billed, said()]).toEqual([before, expect.stringContaining("nothing is billed")])
      })
    )
  })
})

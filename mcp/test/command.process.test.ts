import { spawnSync } from "node:child_process"
import { cpSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { billed, eventually, folder, overStdio } from "./support/agents.js"

const cli = new URL("../../cli", import.meta.url).pathname
const bin = join(cli, "bin/openrouter-images.js")

const argsIn = (home: string) => ["--output", join(home, "pictures"), "--budget-file", join(home, "budget.json")]

describe("openrouter-images mcp", () => {
  layer(Emulator.layerServer(), { excludeTestServices: true })((it) => {
    it.scoped("is the same server", () =>
      Effect.gen(function* () {
        const home = yield* folder
        const before = yield* billed
        const { call } = yield* overStdio({ args: argsIn(home), command: [bin, "mcp"] })
        const made = yield* call("generate", { prompt: "a boat", model: "bytedance-seed/seedream-4.0" })
        expect(made).toMatchObject({ isError: false, text: expect.stringContaining("cost: $0.03") })
        expect((yield* billed) - before).toBeCloseTo(0.03)
      })
    )

    it.scoped("saves what is paid for when it is told to end", () =>
      Effect.gen(function* () {
        const emulator = yield* Emulator.Emulator
        const home = yield* folder
        const { call, client } = yield* overStdio({ args: argsIn(home), command: [bin, "mcp"] })
        const request = { prompt: "a boat", model: "openai/gpt-image-1-mini" }
        yield* call("quote", request) // which takes the prices, so that the fault is the generation's
        yield* emulator.script([{ _tag: "Stream", how: "noDone" }])
        const told: Array<string> = []
        const onprogress = ({ message = "" }) => void told.push(message)
        const calling = client.callTool({ name: "generate", arguments: request }, undefined, { onprogress })
        calling.catch(() => "the server has ended")
        yield* eventually(Effect.sync(() => told.some((message) => message.startsWith("picture 1"))))
        const { transport } = client
        const pid = transport !== undefined && "pid" in transport ? Number(transport.pid) : Number.NaN
        process.kill(pid, "SIGTERM")
        yield* eventually(Effect.sync(() => readdirSync(join(home, "pictures")).some((name) => name.endsWith(".png"))))
      })
    )

    it.scoped("says how to install the server where it is not", () =>
      Effect.gen(function* () {
        const home = yield* folder
        for (const part of ["bin", "dist", "package.json"])
          cpSync(join(cli, part), join(home, part), { recursive: true })
        const { status, stderr, stdout } = spawnSync(
          process.execPath,
          [join(home, "bin/openrouter-images.js"), "mcp"],
          {
            encoding: "utf8",
            env: { PATH: "", OPENROUTER_API_KEY: "sk-or-v1-secretsecret" }
          }
        )
        expect([status, stdout]).toEqual([2, ""])
        expect(stderr).toContain("npm install effect-openrouter-images-mcp")
      })
    )
  })
})

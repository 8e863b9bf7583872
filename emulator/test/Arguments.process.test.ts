import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { parse } from "../src/Arguments.js"

const said = (...args: ReadonlyArray<string>) => Either.getOrElse(parse(args), ({ message }) => message)

describe("the command line", () => {
  it("takes a port, picks a free one without, and knows --help", () => {
    expect(said("--port", "8080")).toEqual({ _tag: "Serve", port: 8080 })
    expect(said()).toEqual({ _tag: "Serve", port: 0 })
    expect(said("--help", "--port", "x")).toEqual({ _tag: "Help" })
  })

  it.each([
    [["--port", "99999"], '--port must be an integer from 0 to 65535, got "99999"'],
    [["--port", "abc"], '--port must be an integer from 0 to 65535, got "abc"'],
    [["--port", ""], '--port must be an integer from 0 to 65535, got ""'],
    [["--bogus"], "Unknown option '--bogus'"],
    [["extra"], "Unexpected argument 'extra'"]
  ])("says in one line what is wrong with %j", (args, message) => {
    expect(said(...args)).toBe(message)
  })
})

/** Runs the built command until it ends by itself, or until its first line when it serves. */
const run = (...args: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const main = fileURLToPath(new URL("../dist/main.js", import.meta.url))
    const child = spawn(process.execPath, [main, ...args])
    let [stdout, stderr] = ["", ""]
    child.stdout.on("data", (chunk) => {
      stdout += chunk
      if (stdout.startsWith("listening")) child.kill("SIGINT")
    })
    child.stderr.on("data", (chunk) => {
      stderr += chunk
    })
    const [code] = await once(child, "close")
    return { code, stdout, stderr }
  })

describe("the process", () => {
  it.live("says first where it listens", () =>
    Effect.gen(function* () {
      expect((yield* run("--port", "0")).stdout).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n$/)
    })
  )

  it.live("ends with code 2 and one line for a port that is none", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* run("--port", "99999")
      expect([code, stderr.trim().split("\n").length]).toEqual([2, 1])
    })
  )

  it.live("ends with code 1 and one line for a port in use", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* Emulator.Emulator
      const { port } = new URL(baseUrl)
      const { code, stderr } = yield* run("--port", port)
      expect([code, stderr]).toEqual([1, `cannot listen on 127.0.0.1:${port}: the port is in use\n`])
    }).pipe(Effect.provide(Emulator.layerServer()))
  )
})

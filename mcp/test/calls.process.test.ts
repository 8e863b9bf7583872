import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { type Agent, billed, eventually, folder, httpServer, overHttp, overStdio } from "./support/agents.js"

const model = "bytedance-seed/seedream-4.0"

/** A model that sends previews. */
const streaming = "openai/gpt-image-1-mini"

const argsIn = (home: string) => ["--output", join(home, "pictures"), "--budget-file", join(home, "budget.json")]

/** The two ways to connect, each to an agent of its own. */
const transports = {
  stdio: (home: string) => overStdio({ args: argsIn(home) }),
  http: (home: string) => Effect.flatMap(httpServer(argsIn(home)), (served) => overHttp(served))
}

/** What the emulator tells afterwards about a generation. */
const recordOf = (generationId: string) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const headers = { authorization: "Bearer any-key" }
    const response = yield* Effect.promise(() => fetch(`${baseUrl}/generation?id=${generationId}`, { headers }))
    const { data } = yield* Effect.promise((): Promise<{ data?: { cancelled?: boolean } }> => response.json())
    return data
  })

/** Starts a call, and cancels it as soon as the server says that a message came about it. */
const cancelledWhen = ({ client }: Agent, request: Record<string, string>, isTime: (message: string) => boolean) =>
  Effect.gen(function* () {
    const cancel = new AbortController()
    const told: Array<string> = []
    const options = { signal: cancel.signal, onprogress: ({ message = "" }) => void told.push(message) }
    const running = yield* Effect.fork(
      Effect.promise(() =>
        client.callTool({ name: "generate", arguments: request }, undefined, options).then(
          () => "answered",
          () => "cancelled"
        )
      )
    )
    yield* eventually(Effect.sync(() => told.some(isTime)))
    cancel.abort("enough")
    return yield* Fiber.join(running)
  })

for (const [name, connect] of Object.entries(transports)) {
  describe(`over ${name}`, () => {
    layer(Emulator.layerServer(), { excludeTestServices: true })((it) => {
      it.scoped("a call tells how far it is: previews and signs of life, in growing numbers", () =>
        Effect.gen(function* () {
          const agent = yield* connect(yield* folder)
          const told: Array<{ readonly progress: number; readonly message?: string | undefined }> = []
          const onprogress = (progress: (typeof told)[number]) => void told.push(progress)
          const made = yield* agent.call("generate", { prompt: "a paper boat", model: streaming }, { onprogress })
          expect(made).toMatchObject({ isError: false })
          const numbers = told.map(({ progress }) => progress)
          expect(numbers).toEqual(numbers.map((_, i) => i + 1))
          const messages = told.map(({ message }) => message)
          expect(messages[0]).toBe(`asking ${streaming}`)
          expect(messages).toContainEqual(expect.stringMatching(/^preview 1 after /))
          expect(messages.at(-1)).toMatch(/^picture 1 after /)
        })
      )

      it.scoped("a cancelled call closes its connection: the API sees its client leave", () =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          const home = yield* folder
          const agent = yield* connect(home)
          const request = { prompt: "a paper boat", model: streaming }
          yield* agent.call("quote", request) // which takes the prices, so that the fault is the generation's
          const before = yield* billed
          yield* emulator.script([{ _tag: "Stall", at: "body" }])
          expect(yield* cancelledWhen(agent, request, (message) => message.endsWith("is drawing"))).toBe("cancelled")
          const named = () => /generation (gen-img-\S+)/.exec(agent.said())?.[1]
          yield* eventually(Effect.sync(() => named() !== undefined))
          yield* eventually(Effect.map(recordOf(named() ?? ""), (record) => record?.cancelled === true))
          expect(yield* billed).toBe(before)
          expect(yield* agent.call("generate", { prompt: "a red panda", model })).toMatchObject({ isError: false })
        })
      )

      it.scoped("a call that is cancelled late loses no picture that was paid for", () =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          const home = yield* folder
          const agent = yield* connect(home)
          const request = { prompt: "a paper boat", model: streaming }
          yield* agent.call("quote", request)
          const before = yield* billed
          yield* emulator.script([{ _tag: "Stream", how: "noDone" }])
          yield* cancelledWhen(agent, request, (message) => message.startsWith("picture 1"))
          yield* eventually(
            Effect.sync(() => readdirSync(join(home, "pictures")).some((file) => file.endsWith(".png")))
          )
          expect((yield* billed) > before).toBe(true)
        })
      )
    })
  })
}

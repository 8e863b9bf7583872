import { NodeContext } from "@effect/platform-node"
import { afterAll, describe, expect, layer, vi } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const key = "sk-or-v1-the-secret-of-the-server"

/** The handler, which reads its settings from the environment as Next.js gives it. */
const handlerWith = (apiKey: string) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    vi.stubEnv("OPENROUTER_API_KEY", apiKey)
    vi.stubEnv("OPENROUTER_BASE_URL", baseUrl)
    const { POST } = yield* Effect.promise(() => import("../../examples/next/app/pictures/route.js"))
    return (prompt: string, signal?: AbortSignal) => {
      const body = new FormData()
      body.set("prompt", prompt)
      const init = { method: "POST", body, ...(signal === undefined ? {} : { signal }) }
      return Effect.promise(() => POST(new Request("http://127.0.0.1/pictures", init)))
    }
  })

const handler = handlerWith(key)

afterAll(() => vi.unstubAllEnvs())

describe("a route of Next.js", () => {
  layer(Layer.merge(NodeContext.layer, Emulator.layerServer()), { excludeTestServices: true })((it) => {
    it.effect("answers with the picture and its cost", () =>
      Effect.gen(function* () {
        const post = yield* handler
        const answer = yield* post("a paper boat")
        const image = GeneratedImage.make(new Uint8Array(yield* Effect.promise(() => answer.arrayBuffer())))
        expect([answer.status, answer.headers.get("content-type")]).toEqual([200, image.mediaType])
        expect(image.dimensions).toEqual({ width: 1024, height: 1024 })
        const [billed] = yield* (yield* Emulator.Emulator).ledger
        expect(answer.headers.get("x-cost-usd")).toBe(String(billed?.costUsd))
      })
    )

    it.effect("says what a failure cost, logs the rest, and shows no secret", () =>
      Effect.gen(function* () {
        const post = yield* handler
        const { script } = yield* Emulator.Emulator
        const log = vi.spyOn(console, "log").mockImplementation(() => {})
        yield* script([{ _tag: "Status", status: 403, error: { message: `${key} may not do this` } }])
        const answer = yield* post("a paper boat")
        const text = yield* Effect.promise(() => answer.text())
        expect([answer.status, JSON.parse(text)]).toEqual([
          502,
          { error: "ForbiddenResponseError", billing: "notBilled" }
        ])
        const logged = log.mock.calls.flat().join("\n")
        log.mockRestore()
        expect(logged).toContain("Nothing was billed.")
        expect(logged + text).not.toContain(key)
      })
    )

    it.effect("ends the generation when the visitor has left", () =>
      Effect.gen(function* () {
        const post = yield* handler
        const { requests, script } = yield* Emulator.Emulator
        const before = (yield* requests).length
        yield* script([{ _tag: "Stall", at: "body", bytes: 1_000 }])
        const visitor = new AbortController()
        const answer = yield* Effect.fork(post("a paper boat", visitor.signal))
        yield* Effect.repeat(Effect.delay(requests, "10 millis"), { until: (all) => all.length > before })
        visitor.abort()
        expect((yield* answer).status).toBe(499)
      })
    )

    it.effect("tells its log and the visitor that the key is missing", () =>
      Effect.gen(function* () {
        // A server that has just begun.
        vi.resetModules()
        Reflect.deleteProperty(globalThis, "pictures")
        const post = yield* handlerWith("")
        const log = vi.spyOn(console, "error").mockImplementation(() => {})
        const answer = yield* post("a paper boat")
        expect([answer.status, log.mock.calls.join("\n")]).toEqual([500, expect.stringContaining("OPENROUTER_API_KEY")])
        log.mockRestore()
        expect(yield* Effect.promise(() => answer.json())).toEqual({ error: "the server is not set up" })
      })
    )
  })
})

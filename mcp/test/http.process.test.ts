import { request } from "node:http"
import { connect } from "node:net"
import { join } from "node:path"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { billed, eventually, folder, httpServer, overHttp, token } from "./support/agents.js"

const argsIn = (home: string) => ["--output", join(home, "pictures"), "--budget-file", join(home, "budget.json")]

const initialize = {
  ...{ jsonrpc: "2.0", id: "a-name", method: "initialize" },
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "1" } }
}

/** Headers of a client that may use the server. */
const allowed = { authorization: `Bearer ${token}`, "content-type": "application/json" }

interface Sent {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
}

/**
 * What a server answers to a request whose headers are these alone: `fetch` sets a Host of its own. No status where it
 * hangs up.
 */
const send = (url: string, { body = initialize, headers = allowed, method = "POST" }: Sent = {}) =>
  Effect.async<{ readonly status: number | undefined; readonly text: string; readonly session: string }>((resume) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = ""
      response.on("data", (bytes) => {
        text += String(bytes)
      })
      response.on("end", () => {
        const session = String(response.headers["mcp-session-id"] ?? "")
        resume(Effect.succeed({ status: response.statusCode, text, session }))
      })
    })
    sent.on("error", () => resume(Effect.succeed({ status: undefined, text: "", session: "" })))
    sent.end(method === "POST" ? (typeof body === "string" ? body : JSON.stringify(body)) : undefined)
  })

describe("the server over HTTP", () => {
  layer(Emulator.layerServer(), { excludeTestServices: true })((it) => {
    it.scoped("asks for its token, and for nothing less", () =>
      Effect.gen(function* () {
        const { url } = yield* httpServer(argsIn(yield* folder))
        const statusWith = (authorization: string) =>
          Effect.map(send(url, { headers: { ...allowed, authorization } }), ({ status }) => status)
        expect((yield* send(url, { headers: {} })).status).toBe(401)
        const wrong = ["", token, "Bearer ", `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`]
        expect(yield* Effect.forEach(wrong, statusWith)).toEqual(wrong.map(() => 401))
        expect(yield* Effect.forEach([`Bearer ${token}`, `bearer ${token}`], statusWith)).toEqual([200, 200])
      })
    )

    it.scoped("answers no page of another host, and no name that leads here from outside", () =>
      Effect.gen(function* () {
        const { url } = yield* httpServer(argsIn(yield* folder))
        const statusWith = (headers: Readonly<Record<string, string>>) =>
          Effect.map(send(url, { headers: { ...allowed, ...headers } }), ({ status }) => status)
        const { port } = new URL(url)
        const foreign = [
          ...[{ host: "evil.example" }, { host: `evil.example:${port}` }, { host: "127.0.0.1.evil.example" }],
          ...[{ origin: "https://evil.example" }, { origin: "null" }, { origin: "http://localhost.evil.example" }]
        ]
        expect(yield* Effect.forEach(foreign, statusWith)).toEqual(foreign.map(() => 403))
        const local = [
          { host: `localhost:${port}` },
          { origin: "http://localhost:3000" },
          { origin: "http://127.0.0.1" }
        ]
        expect(yield* Effect.forEach(local, statusWith)).toEqual(local.map(() => 200))
      })
    )

    it.scoped("keeps a session for each client, and ends it when told", () =>
      Effect.gen(function* () {
        const { url } = yield* httpServer(argsIn(yield* folder))
        const list = { jsonrpc: "2.0", id: "list", method: "tools/list" }
        expect((yield* send(url, { body: list })).status).toBe(400)
        const { session, text } = yield* send(url)
        expect(text).toContain('"id":"a-name"')
        const headers = { ...allowed, "mcp-session-id": session }
        expect((yield* send(url, { body: list, headers })).text).toContain('"id":"list","result":{"tools":[')
        const initialized = { jsonrpc: "2.0", method: "notifications/initialized" }
        expect((yield* send(url, { body: initialized, headers })).status).toBe(202)
        expect((yield* send(url, { headers, method: "GET" })).status).toBe(405)
        expect((yield* send(url, { headers, method: "DELETE" })).status).toBe(204)
        expect((yield* send(url, { body: list, headers })).status).toBe(404)
      })
    )

    it.scoped("keeps a thousand sessions that nobody ends, and then ends the one that was unused for longest", () =>
      Effect.gen(function* () {
        const { url } = yield* httpServer(argsIn(yield* folder))
        const sessions: Array<string> = []
        const statusOf = (session = "") =>
          Effect.map(
            send(url, {
              body: { jsonrpc: "2.0", id: 1, method: "ping" },
              headers: { ...allowed, "mcp-session-id": session }
            }),
            ({ status }) => status
          )
        for (let i = 0; i < 1000; i++) sessions.push((yield* send(url)).session)
        expect(yield* statusOf(sessions[0])).toBe(200)
        const { session } = yield* send(url)
        expect(yield* Effect.forEach([sessions[0], sessions[1], sessions[2], session], statusOf)).toEqual([
          ...[200, 404, 200, 200]
        ])
      })
    )

    it.scoped("ends when told, also where a client holds its connection open and sends nothing", () =>
      Effect.gen(function* () {
        const { child, url } = yield* httpServer(argsIn(yield* folder))
        const { hostname, port } = new URL(url)
        const socket = yield* Effect.acquireRelease(
          Effect.sync(() => connect(Number(port), hostname).on("error", () => "the server has hung up")),
          (socket) => Effect.sync(() => socket.destroy())
        )
        socket.write("POST /mcp HTTP/1.1\r\n")
        yield* eventually(Effect.sync(() => socket.bytesWritten > 0))
        yield* send(url)
        child.kill("SIGTERM")
        yield* eventually(Effect.sync(() => child.exitCode !== null))
      })
    )

    it.scoped("knows no other address", () =>
      Effect.gen(function* () {
        const { url } = yield* httpServer(argsIn(yield* folder))
        const { hostname, port } = new URL(url)
        const statusAt = (path: string) =>
          Effect.async<number | undefined>((resume) => {
            const options = { hostname, port, path, method: "POST", headers: allowed }
            request(options, ({ statusCode }) => resume(Effect.succeed(statusCode))).end("{}")
          })
        const paths = ["/", "//", "http://[", "/mcp/", "/%"]
        expect(yield* Effect.forEach(paths, statusAt)).toEqual(paths.map(() => 404))
      })
    )

    it.scoped("says what is wrong with a message, by its id", () =>
      Effect.gen(function* () {
        const { url } = yield* httpServer(argsIn(yield* folder))
        const { session } = yield* send(url)
        const headers = { ...allowed, "mcp-session-id": session }
        const errorTo = (body: unknown) =>
          Effect.map(send(url, { body, headers }), ({ text }) => JSON.parse(/data: (.*)/.exec(text)?.[1] ?? "null"))
        expect(yield* errorTo("{")).toMatchObject({ id: null, error: { code: -32700 } })
        expect(yield* errorTo({ id: 7, method: "ping" })).toMatchObject({ id: 7, error: { code: -32600 } })
        const strange = { jsonrpc: "2.0", id: 8, method: "tools/burn" }
        expect(yield* errorTo(strange)).toMatchObject({ id: 8, error: { code: -32601 } })
        const nameless = { jsonrpc: "2.0", id: 9, method: "tools/call", params: {} }
        expect(yield* errorTo(nameless)).toMatchObject({ id: 9, error: { code: -32602 } })
        const large = yield* send(url, { body: { ...initialize, params: { x: "x".repeat(2_000_000) } }, headers })
        // The server hangs up on what it does not read to its end
        expect([400, undefined]).toContain(large.status)
        expect(yield* errorTo(strange)).toMatchObject({ id: 8 })
      })
    )

    it.scoped("asks each person about their own agent's call", () =>
      Effect.gen(function* () {
        const served = yield* httpServer([...argsIn(yield* folder), "--ask-above", "0"])
        const before = yield* billed
        const asked: Array<string> = []
        const [one, other] = yield* Effect.all([
          overHttp(served, ({ message }) => {
            asked.push(`one: ${message}`)
            return "accept"
          }),
          overHttp(served, ({ message }) => {
            asked.push(`other: ${message}`)
            return "decline"
          })
        ])
        const model = "bytedance-seed/seedream-4.0"
        const answers = yield* Effect.all(
          [one.call("generate", { prompt: "a boat", model }), other.call("generate", { prompt: "a hat", model })],
          { concurrency: 2 }
        )
        expect(answers.map(({ isError }) => isError)).toEqual([false, true])
        expect(asked.sort()).toEqual([
          expect.stringMatching(/^one: .*\n.*a boat$/),
          expect.stringMatching(/^other: .*\n.*a hat$/)
        ])
        expect((yield* billed) - before).toBeCloseTo(0.03)
      })
    )

    it.scoped("cancels the calls of a session that ends", () =>
      Effect.gen(function* () {
        const emulator = yield* Emulator.Emulator
        const served = yield* httpServer(argsIn(yield* folder))
        const request = { prompt: "a paper boat", model: "openai/gpt-image-1-mini" }
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { call, client } = yield* overHttp(served)
            yield* call("quote", request) // which takes the prices, so that the fault is the generation's
            yield* emulator.script([{ _tag: "Stall", at: "body" }])
            let isDrawing = false
            const onprogress = ({ message = "" }) => {
              isDrawing ||= message.endsWith("is drawing")
            }
            const calling = client.callTool({ name: "generate", arguments: request }, undefined, { onprogress })
            calling.catch(() => "the client has closed")
            yield* eventually(Effect.sync(() => isDrawing))
          })
        )
        yield* eventually(Effect.sync(() => served.said().includes("cancelled: openai/gpt-image-1-mini")))
      })
    )
  })
})

import { type AddressInfo, createServer, type Socket } from "node:net"
import { inspect } from "node:util"
import { FetchHttpClient, HttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { Client, Errors, GeneratedImage, Images, Retry } from "effect-openrouter-images"
import { clients, type Name, names, operations, request } from "./support/calls.js"

const key = "sk-or-v1-5ca1ab1e0ddba11cafe"

/** A port on which every connection, once it has said something, is answered by hand. */
const server = (answer: (socket: Socket) => void) =>
  Effect.acquireRelease(
    Effect.async<{ readonly port: number; readonly close: () => void }>((resume) => {
      const sockets = new Set<Socket>()
      const listener = createServer((socket) => {
        sockets.add(socket)
        socket.on("error", () => {}).on("close", () => sockets.delete(socket))
        socket.once("data", () => answer(socket))
      })
      listener.listen(0, "127.0.0.1", () => {
        const close = () => {
          listener.close()
          for (const socket of sockets) socket.destroy()
        }
        resume(Effect.succeed({ port: (listener.address() as AddressInfo).port, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

/** A port where nobody listens any more. */
const closedPort = Effect.scoped(
  Effect.map(
    server(() => {}),
    ({ port }) => port
  )
)

const images = (baseUrl: string, options: Client.ClientOptions = {}) =>
  Images.layer.pipe(
    Layer.provide(
      Client.layer({ baseUrl, apiKey: Redacted.make(key), retry: Retry.none, timeout: "20 seconds", ...options })
    )
  )

const failureOf = (name: Name, baseUrl: string, options?: Client.ClientOptions) =>
  Effect.map(Effect.flip(Effect.provide(operations[name], images(baseUrl, options))), (error) => {
    // The error of the HttpClient holds the request; ours must not.
    const printed = [JSON.stringify(error), inspect(error, { depth: 20 }), String(error), Errors.format(error)].join(
      "\n"
    )
    expect(printed).not.toContain(key)
    expect(printed).not.toContain(request.prompt)
    return error._tag === "ConnectionError" ? error : expect.fail(`${error._tag}: ${error.message}`)
  })

const neverMade: Readonly<Record<string, { readonly baseUrl: Effect.Effect<string>; readonly code?: RegExp }>> = {
  "a port that is closed": {
    baseUrl: Effect.map(closedPort, (port) => `http://127.0.0.1:${port}/v1`),
    code: /^ECONNREFUSED$/
  },
  "a host that has no address": {
    baseUrl: Effect.succeed("http://nowhere.invalid/v1"),
    code: /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL)$/
  },
  "a port that is closed, over TLS": { baseUrl: Effect.map(closedPort, (port) => `https://127.0.0.1:${port}/v1`) }
}

const http = (head: string, body: string) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${head}\r\n\r\n${body}`

/** What a server may do in place of a whole answer, once the request has come. */
const broken: Readonly<Record<string, (socket: Socket) => void>> = {
  "a reset before the head": (socket) => socket.resetAndDestroy(),
  "an end before the head": (socket) => socket.end(),
  "an end within the head": (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-ty"),
  "an end right after the head": (socket) => socket.end(http("content-length: 100", "")),
  "an end within a body of known length": (socket) => socket.end(http("content-length: 100", '{"created":1,"da')),
  "an end within a body in chunks": (socket) =>
    socket.end(http("transfer-encoding: chunked", '10\r\n{"created":1,"da\r\n')),
  "something that is no HTTP": (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n")
}

for (const [client, layer] of Object.entries(clients)) {
  describe(`over ${client}`, () => {
    for (const name of names) {
      for (const [where, { baseUrl, code }] of Object.entries(neverMade)) {
        it.scopedLive(`${name} to ${where} is a connection that was never made, and cost nothing`, () =>
          Effect.gen(function* () {
            const error = yield* failureOf(name, yield* baseUrl)
            expect(error).toMatchObject({ phase: "connect", billing: "notBilled", operation: name, images: [] })
            if (code !== undefined) expect(error.code).toMatch(code)
            expect(Retry.whenNotBilled(error)).toBe(true)
          }).pipe(Effect.provide(layer))
        )
      }

      it.scopedLive(`${name} over TLS to a server that does not speak it leaves open whether it was sent`, () =>
        Effect.gen(function* () {
          const { port } = yield* server((socket) =>
            socket.end("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
          )
          const error = yield* failureOf(name, `https://127.0.0.1:${port}/v1`)
          // Of a record that is spoilt after the request the runtimes say the same.
          expect(error).toMatchObject({ phase: "response", billing: name === "listModels" ? "notBilled" : "unknown" })
          expect(Errors.advice(error)).toContain("speaks TLS")
        }).pipe(Effect.provide(layer))
      )

      it.scopedLive(
        `${name} over TLS to a server that hangs up on the handshake is a connection that was never made`,
        () =>
          Effect.gen(function* () {
            const { port } = yield* server((socket) => socket.end())
            const error = yield* failureOf(name, `https://127.0.0.1:${port}/v1`)
            expect(error).toMatchObject({ phase: "connect", billing: "notBilled" })
          }).pipe(Effect.provide(layer))
      )

      for (const [what, answer] of Object.entries(broken)) {
        it.scopedLive(
          `${name} answered by ${what} was cut, and ${name === "listModels" ? "cost nothing" : "may be billed"}`,
          () =>
            Effect.gen(function* () {
              const { port } = yield* server(answer)
              const error = yield* failureOf(name, `http://127.0.0.1:${port}/v1`)
              const billing = name === "listModels" ? "notBilled" : "unknown"
              expect(error).toMatchObject({ phase: "response", billing, operation: name, images: [] })
              expect(error.description).not.toBe("")
            }).pipe(Effect.provide(layer))
        )
      }

      it.scopedLive(
        `${name} whose body is reset was cut, and ${name === "listModels" ? "cost nothing" : "may be billed"}`,
        () =>
          Effect.gen(function* () {
            let reset = () => {}
            const { port } = yield* server((socket) => {
              reset = () => socket.resetAndDestroy()
              socket.write(http("content-length: 100", '{"created":1'))
            })
            const transformClient = HttpClient.tap(() => Effect.sync(() => reset()))
            const error = yield* failureOf(name, `http://127.0.0.1:${port}/v1`, { transformClient })
            expect(error).toMatchObject({ phase: "response", billing: name === "listModels" ? "notBilled" : "unknown" })
          }).pipe(Effect.provide(layer))
      )
    }

    const pictures = ["one", "two"].map((text) => GeneratedImage.make(new TextEncoder().encode(text), "image/png"))
    const whole = JSON.stringify({
      created: 1748372400,
      data: pictures.map(({ b64Json, mediaType }) => ({ b64_json: b64Json, media_type: mediaType }))
    })

    it.scopedLive.each([
      ["of a known length", http(`content-length: ${whole.length + 2}`, whole)],
      ["in chunks", http("transfer-encoding: chunked", `${whole.length.toString(16)}\r\n${whole}\r\n`)]
    ] as const)("a body %s that is cut behind its last byte of JSON is whole", ([, answer]) =>
      Effect.gen(function* () {
        const { port } = yield* server((socket) => socket.end(answer))
        const response = yield* Effect.provide(Images.generate(request), images(`http://127.0.0.1:${port}/v1`))
        expect(response.data.map(({ b64Json }) => b64Json)).toEqual(pictures.map(({ b64Json }) => b64Json))
      }).pipe(Effect.provide(layer))
    )

    it.scopedLive("a body that is cut within its second picture still gives the first", () =>
      Effect.gen(function* () {
        const answer = http(`content-length: ${whole.length}`, whole.slice(0, whole.lastIndexOf("b64_json") + 13))
        const { port } = yield* server((socket) => socket.end(answer))
        const error = yield* failureOf("generate", `http://127.0.0.1:${port}/v1`)
        expect(error).toMatchObject({ phase: "response", billing: "unknown" })
        expect(error.images.map(({ b64Json }) => b64Json)).toEqual([pictures[0]?.b64Json])
        expect(error.message).toContain("1 whole picture")
      }).pipe(Effect.provide(layer))
    )
  })
}

describe("fetch", () => {
  it.scopedLive("refuses some ports by itself: nothing was sent", () =>
    Effect.gen(function* () {
      const error = yield* failureOf("generate", "http://127.0.0.1:1/v1")
      expect(error).toMatchObject({ phase: "connect", billing: "notBilled" })
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})

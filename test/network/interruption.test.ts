import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { HttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Effect, Fiber, Layer, Schedule, Stream, TestClock, TestServices } from "effect"
import { Client, Images, Retry } from "effect-openrouter-images"
import { clients, type Name, names, operations, request } from "./support/calls.js"

const preview = { type: "image_generation.partial_image", partial_image_index: 0, b64_json: "iVBORw0KGgo=" }

/** Where an answer falls silent for ever. */
type Silence = "before its head" | "within its body" | "between its events"
const silences = ["before its head", "within its body"] as const

const fallSilent = (response: ServerResponse, silence: Silence): void => {
  if (silence === "before its head") return
  const streamed = silence === "between its events"
  response.writeHead(200, { "content-type": streamed ? "text/event-stream" : "application/json" })
  response.write(
    streamed ? `data: ${JSON.stringify(preview)}\n\n` : `{"created":1,"data":[{"b64_json":"${"A".repeat(4096)}`
  )
}

/**
 * A server that answers nothing whole, save `/marker`; what it was asked, and the open connections that carried a call. (Node's
 * `fetch` by itself opens another in advance for each that it closes, and lets it go after some seconds.)
 */
const silentServer = (silence: Silence) =>
  Effect.acquireRelease(
    Effect.async<{
      readonly origin: string
      readonly paths: Array<string>
      readonly open: Set<Socket>
      readonly listeners: Set<() => void>
      readonly close: () => void
    }>((resume) => {
      const paths: Array<string> = []
      const open = new Set<Socket>()
      const listeners = new Set<() => void>()
      const changed = () => {
        for (const listener of listeners) listener()
      }
      const server = createServer((request, response) => {
        paths.push(request.url ?? "")
        if (request.url === "/marker") response.end("{}")
        else {
          open.add(request.socket)
          fallSilent(response, silence)
        }
        changed()
      })
      server.on("connection", (socket) => {
        socket
          .on("error", () => {})
          .on("close", () => {
            open.delete(socket)
            changed()
          })
      })
      const close = () => {
        server.close()
        server.closeAllConnections()
      }
      server.listen(0, "127.0.0.1", () => {
        const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        resume(Effect.succeed({ origin, paths, open, listeners, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

type Server = Effect.Effect.Success<ReturnType<typeof silentServer>>

/** Waits for what the server sees, and not long: in real time, whatever the test's clock says. */
const until = (server: Server, what: string, holds: () => boolean) =>
  Effect.async<void>((resume) => {
    const check = () => {
      if (holds()) resume(Effect.void)
    }
    server.listeners.add(check)
    check()
    return Effect.sync(() => server.listeners.delete(check))
  }).pipe(
    Effect.timeoutFail({ duration: "20 seconds", onTimeout: () => new Error(`not within 20 seconds: ${what}`) }),
    Effect.orDie,
    TestServices.provideLive
  )

const closed = (server: Server) => until(server, "every call's connection is closed", () => server.open.size === 0)

/** A policy that would try everything again, at once. */
const relentless = Retry.make({ while: () => true, initialInterval: 0, jitter: false, maxRetries: 3 })

/**
 * A server that falls silent, an Images that talks to it, and `reached`, which ends when so many calls wait in that silence. `onHead`
 * runs in the client between the head of an answer and its body.
 */
const environment = (silence: Silence, options: Client.ClientOptions, onHead: Effect.Effect<void> = Effect.void) =>
  Effect.gen(function* () {
    const server = yield* silentServer(silence)
    let heads = 0
    const transformClient = HttpClient.tap(() =>
      Effect.suspend(() => {
        heads++
        for (const listener of server.listeners) listener()
        return onHead
      })
    )
    const client = Client.layer({ baseUrl: `${server.origin}/api/v1`, transformClient, ...options })
    const marker = Effect.flatMap(HttpClient.get(`${server.origin}/marker`), (response) => response.text)
    const headless = silence === "before its head"
    const reached = (calls: number) =>
      until(server, `${calls} calls are under way`, () => (headless ? server.paths.length : heads) >= calls)
    return { server, marker, reached, images: Layer.provide(Images.layer, client) }
  })

const interrupts = (name: Name, silence: Silence) =>
  Effect.gen(function* () {
    const { images, marker, reached, server } = yield* environment(silence, { retry: relentless })
    const fiber = yield* Effect.fork(Effect.provide(operations[name], images))
    yield* reached(1)
    // In the time of another request the call has begun to read what there is.
    yield* marker
    expect(server.open.size).toBe(1)
    yield* Fiber.interrupt(fiber)
    yield* closed(server)
    // Whatever the call had sent by then would have come before this.
    yield* marker
    expect(server.paths.filter((path) => path !== "/marker")).toHaveLength(1)
  })

const interruptsAtHead = (name: Name, onHead: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const { images, reached, server } = yield* environment("within its body", { retry: relentless }, onHead)
    const fiber = yield* Effect.fork(Effect.provide(operations[name], images))
    yield* reached(1)
    yield* Fiber.interrupt(fiber)
    yield* closed(server)
  })

const timesOut = (name: Name, silence: Silence, onHead?: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const retry = { ...Retry.eager, schedule: Schedule.recurs(2) }
    const { images, reached, server } = yield* environment(silence, { timeout: "2 minutes", retry }, onHead)
    const fiber = yield* Effect.fork(Effect.provide(Effect.flip(operations[name]), images))
    for (const attempt of [1, 2, 3]) {
      yield* reached(attempt)
      expect(server.open.size).toBeGreaterThanOrEqual(1)
      yield* TestClock.adjust("2 minutes")
    }
    expect((yield* Fiber.join(fiber))._tag).toBe("RequestTimeoutError")
    expect(server.paths).toHaveLength(3)
    yield* closed(server)
  })

const interruptsMany = (name: Name, silence: Silence) =>
  Effect.gen(function* () {
    const { images, marker, reached, server } = yield* environment(silence, { retry: relentless })
    const context = yield* Layer.build(images)
    const fibers = yield* Effect.forEach(Arr.range(1, 50), () => Effect.fork(Effect.provide(operations[name], context)))
    yield* reached(50)
    yield* marker
    expect(server.open.size).toBe(50)
    yield* Fiber.interruptAll(fibers)
    yield* closed(server)
    yield* marker
    expect(server.paths.filter((path) => path !== "/marker")).toHaveLength(50)
  })

for (const [client, layer] of Object.entries(clients)) {
  describe(`over ${client}`, () => {
    for (const name of names) {
      for (const silence of silences) {
        it.scoped(`interrupting ${name} in an answer silent ${silence} closes its connection for good`, () =>
          Effect.provide(interrupts(name, silence), layer)
        )

        it.scoped(`each attempt of ${name} that times out in an answer silent ${silence} closes its connection`, () =>
          Effect.provide(timesOut(name, silence), layer)
        )
      }

      it.scoped(`interrupting ${name} at the moment when its head has come closes its connection`, () =>
        Effect.provide(interruptsAtHead(name, Effect.void), layer)
      )

      it.scoped(`interrupting ${name} while the caller's own client holds its head closes its connection`, () =>
        Effect.provide(interruptsAtHead(name, Effect.never), layer)
      )

      it.scoped(`a timeout of ${name} while the caller's own client holds its head closes its connection`, () =>
        Effect.provide(timesOut(name, "within its body", Effect.never), layer)
      )
    }

    for (const silence of silences) {
      it.scoped(`interrupting 50 generations in answers silent ${silence} leaves no connection open`, () =>
        Effect.provide(interruptsMany("generate", silence), layer)
      )
    }

    it.scoped("interrupting a stream between its events closes its connection for good", () =>
      Effect.provide(interrupts("generateStream", "between its events"), layer)
    )

    it.scoped("interrupting 50 streams between their events leaves no connection open", () =>
      Effect.provide(interruptsMany("generateStream", "between its events"), layer)
    )

    it.scoped("a stream that nobody wants more of closes its connection", () =>
      Effect.gen(function* () {
        const { images, server } = yield* environment("between its events", { retry: relentless })
        const first = yield* Stream.runHead(Images.generateStream(request)).pipe(Effect.provide(images))
        expect(first).toMatchObject({ _tag: "Some", value: { _tag: "PartialImage", partialImageIndex: 0 } })
        yield* closed(server)
        expect(server.paths).toHaveLength(1)
      }).pipe(Effect.provide(layer))
    )
  })
}

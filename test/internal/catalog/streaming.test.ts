import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Redacted, TestClock } from "effect"
import { type Client, Images, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { emulated, requestsTo } from "../../support/emulated.js"
import { interruptedExit } from "../../support/fibers.js"
import { type Answer, broken, json, type Script, scripted } from "../../support/memoryHttp.js"

const streams = { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "16x16" } as const
const doesNotStream = { model: "black-forest-labs/flux.2-flex", prompt: "a red panda", size: "16x16" } as const
const auto = { wire: "auto" } as const

const list = json(200, {
  data: [streams.model, doesNotStream.model].map((id) => ({
    id,
    name: id,
    description: "A model",
    created: 1764633600,
    architecture: { input_modalities: ["text"], output_modalities: ["image"] },
    supported_parameters: {},
    supports_streaming: id === streams.model,
    endpoints: `/api/v1/images/models/${id}/endpoints`
  }))
})

const picture = json(200, { created: 1790983963, data: [{ b64_json: "UE5H" }] })

/** A server that answers each question for the list by the next of `lists`, the last one again and again. */
const serving = (lists: Script, options: Client.ClientOptions = {}) => {
  let asked = 0
  return scripted(
    [
      (request) => {
        if (!request.url.endsWith("/images/models")) return picture
        const answer = lists[Math.min(asked++, lists.length - 1)] ?? Effect.never
        return typeof answer === "function" ? answer(request) : answer
      }
    ],
    { apiKey: Redacted.make("any-key"), retry: Retry.none, ...options }
  )
}

/** What was asked for, call by call. */
const askedBy = ({ received }: ReturnType<typeof scripted>) =>
  received.map(({ body, method }) => (method === "GET" ? "the list" : Object(body).stream === true ? "events" : "json"))

const generate = (server: ReturnType<typeof scripted>, options: Client.RequestOptions = auto) =>
  Effect.provide(Images.generate(streams, options), server.layer)

/** Several calls of one client. */
const inTurn = (
  server: ReturnType<typeof scripted>,
  calls: ReadonlyArray<Effect.Effect<unknown, unknown, Images.Images>>
) => Effect.provide(Effect.all(calls), server.layer)

describe("the wire auto", () => {
  it.effect("asks for events the models that stream, for JSON all others, and for the list once", () =>
    Effect.gen(function* () {
      for (const request of [streams, doesNotStream, streams]) yield* Images.generate(request, auto)
      const { requests } = yield* Emulator.Emulator
      expect((yield* requests).map(({ headers, path }) => [path.replace("/api/v1", ""), headers["accept"]])).toEqual([
        ["/images/models", "application/json"],
        ["/images", "text/event-stream, application/json"],
        ["/images", "application/json"],
        ["/images", "text/event-stream, application/json"]
      ])
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("asks once for any number of calls at the same time", () =>
    Effect.gen(function* () {
      const calls = Array.from({ length: 8 }, () => Images.generate(streams, auto))
      yield* Effect.all(calls, { concurrency: "unbounded" })
      expect([yield* requestsTo("/images/models"), yield* requestsTo("/images")]).toEqual([1, 8])
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("asks for the list again after ten minutes", () =>
    Effect.gen(function* () {
      const server = serving([list])
      const call = Images.generate(streams, auto)
      yield* inTurn(server, [call, TestClock.adjust("599 seconds"), call, TestClock.adjust("1 second"), call])
      expect(askedBy(server)).toEqual(["the list", "events", "events", "the list", "events"])
    })
  )

  it.effect("takes JSON while the list cannot be had, and asks for it again by the next call", () =>
    Effect.gen(function* () {
      const server = serving([json(500, {}), broken("ECONNRESET"), json(200, {}), list])
      yield* inTurn(server, Array(5).fill(Images.generate(streams, auto)))
      expect(askedBy(server)).toEqual([...Array(3).fill(["the list", "json"]).flat(), "the list", "events", "events"])
    })
  )

  it.effect("does not wait longer than five seconds for the list", () =>
    Effect.gen(function* () {
      const server = serving([Effect.never])
      const waiting = yield* Effect.fork(generate(server))
      yield* TestClock.adjust("5 seconds")
      expect((yield* Fiber.join(waiting)).data).toHaveLength(1)
      expect(askedBy(server)).toEqual(["the list", "json"])
    })
  )

  it.effect("ends at once when it is interrupted while it asks, and leaves others their answer", () =>
    Effect.gen(function* () {
      const slow: Answer = Effect.zipRight(Effect.sleep("3 seconds"), list)
      const server = serving([slow])
      const exits = yield* Effect.gen(function* () {
        const [first, second] = [
          yield* Effect.fork(Images.generate(streams, auto)),
          yield* Effect.fork(Images.generate(streams, auto))
        ]
        yield* Effect.yieldNow()
        yield* TestClock.adjust("1 second")
        const interrupted = yield* interruptedExit(first)
        yield* TestClock.adjust("2 seconds")
        return [interrupted, yield* Fiber.await(second)]
      }).pipe(Effect.provide(server.layer))
      expect(exits.map(Exit.isSuccess)).toEqual([false, true])
      expect(askedBy(server)).toEqual(["the list", "events"])
    })
  )

  it.effect("asks the server of the call, on the way of the call, and keeps each server's own list", () =>
    Effect.gen(function* () {
      const server = serving([list], { baseUrl: "https://one.example/api/v1" })
      const elsewhere = { ...auto, baseUrl: "https://two.example/api/v1", headers: { "x-gateway": "7" } }
      yield* inTurn(server, [
        Images.generate(streams, elsewhere),
        Images.generate(streams, auto),
        Images.generate(streams, elsewhere)
      ])
      expect(server.received.map(({ headers, url }) => [url, headers["x-gateway"]])).toEqual([
        ["https://two.example/api/v1/images/models", "7"],
        ["https://two.example/api/v1/images", "7"],
        ["https://one.example/api/v1/images/models", undefined],
        ["https://one.example/api/v1/images", undefined],
        ["https://two.example/api/v1/images", "7"]
      ])
    })
  )

  it.effect("runs the hooks of the call for the generation alone", () =>
    Effect.gen(function* () {
      const server = serving([list])
      const hooks: Array<string> = []
      const note = (name: string) => Effect.sync(() => void hooks.push(name))
      yield* generate(server, { ...auto, onAttempt: note("attempt"), onAttemptEnd: () => note("end") })
      expect(hooks).toEqual(["attempt", "end"])
    })
  )

  it.effect("knows a model with white space around its name", () =>
    Effect.gen(function* () {
      const server = serving([list])
      yield* Effect.provide(Images.generate({ ...streams, model: ` ${streams.model}\n` }, auto), server.layer)
      expect(askedBy(server)).toEqual(["the list", "events"])
    })
  )

  it.effect("asks for nothing where the request is not valid", () =>
    Effect.gen(function* () {
      const server = serving([list])
      const failure = yield* Effect.flip(Effect.provide(Images.generate({ ...streams, n: 0 }, auto), server.layer))
      expect(failure).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["n"] }] })
      expect(server.received).toEqual([])
    })
  )
})

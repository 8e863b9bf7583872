import { KeyValueStore } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Either, Fiber, Layer, Redacted, Stream, TestClock } from "effect"
import {
  Batch,
  Budget,
  Cache,
  Catalog,
  type Client,
  Fallback,
  Images,
  type ImagesSchema,
  Preflight,
  RateLimit,
  Retry,
  Telemetry
} from "effect-openrouter-images"
import { Emulator, type Fault } from "effect-openrouter-images-emulator"
import { seeded } from "../../support/chance.js"
import { billed, emulated, requestsTo, withFault } from "../../support/emulated.js"
import { picture, scripted } from "../../support/memoryHttp.js"
import { passing } from "../../support/passing.js"
import { silentOpenRouter } from "../../support/silentOpenRouter.js"

type Request = ImagesSchema.ImageGenerationRequest

const wires = ["json", "events"] as const
const events = { wire: "events" } as const
const request: Request = { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "64x64" }
const doesNotStream: Request = { ...request, model: "bytedance-seed/seedream-5-lite" }

/** An emulator of the same time and the same chance for each call, so that even ids are the same. */
const alike = <A, E>(effect: Effect.Effect<A, E, Images.Images | Emulator.Emulator>) =>
  TestClock.setTime(1_790_983_956_000).pipe(Effect.zipRight(Effect.provide(effect, emulated())), seeded("alike"))

describe("an answer that is asked for as events", () => {
  const cases: Readonly<Record<string, Request>> = {
    "one picture, behind previews": request,
    "several pictures": { ...request, n: 3 },
    "a vector graphic, behind the text of its markup": { model: "recraft/recraft-v4-svg", prompt: "a fox" },
    "a picture of a provider that cannot stream": doesNotStream,
    "several of those": { ...doesNotStream, n: 2 }
  }

  for (const [what, asked] of Object.entries(cases)) {
    it.effect(`is the same response as JSON gives: ${what}`, () =>
      Effect.gen(function* () {
        const [json, joined] = yield* Effect.forEach(wires, (wire) =>
          alike(
            Effect.gen(function* () {
              const response = yield* Images.generate(asked, { wire })
              return { response, ledger: yield* (yield* Emulator.Emulator).ledger }
            })
          )
        )
        expect(joined).toEqual(json)
        expect(joined?.response).toMatchObject({
          created: 1_790_983_956,
          providerName: expect.stringMatching(/./),
          usage: { cost: joined?.ledger[0]?.costUsd },
          generationId: joined?.ledger[0]?.generationId
        })
        expect(joined?.response.data).toHaveLength(asked.n ?? 1)
      })
    )
  }

  it.effect("is asked for by the wire alone, whatever the request says", () =>
    Effect.gen(function* () {
      const { layer, received } = scripted([picture])
      const said = (stream: boolean) => ({ ...request, stream }) as Request
      yield* Effect.all([
        Images.generate(said(true)),
        Images.generate(said(true), { wire: "json" }),
        Images.generate(said(false), events)
      ]).pipe(Effect.provide(layer))
      expect(received.map(({ body, headers }) => [Object(body).stream, headers["accept"]])).toEqual([
        [undefined, "application/json"],
        [undefined, "application/json"],
        [true, "text/event-stream, application/json"]
      ])
    })
  )

  it.effect("is asked for in no other way than these: nothing is sent", () =>
    Effect.gen(function* () {
      const { layer, received } = scripted([picture])
      for (const wire of ["stream", "", null, true]) {
        const failure = yield* Images.generate(request, { wire: wire as "events" }).pipe(
          Effect.flip,
          Effect.provide(layer)
        )
        const message = `must be "auto", "json" or "events", got ${JSON.stringify(wire)}`
        expect(failure).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["wire"], message }] })
      }
      expect(received).toEqual([])
    })
  )
})

describe("while the events of a generation come", () => {
  it.scopedLive("an interruption closes the socket", () =>
    Effect.gen(function* () {
      const { asked, images, left } = yield* silentOpenRouter
      const waiting = yield* Effect.fork(Effect.provide(Images.generate(request, events), images))
      yield* asked
      yield* Fiber.interrupt(waiting)
      yield* left
    })
  )

  it.effect("the timeout is that of the whole attempt, and no keep-alive prolongs it", () =>
    Effect.gen(function* () {
      const fault = withFault({ _tag: "Pace", keepAlives: 100, everyMillis: 1000 })
      const call = Images.generate(request, { ...events, ...fault, timeout: "30 seconds" })
      expect(yield* Effect.flip(passing(call))).toMatchObject({
        _tag: "RequestTimeoutError",
        billing: "unknown",
        generationId: expect.stringMatching(/^gen-img-/)
      })
    }).pipe(Effect.provide(emulated()))
  )

  /** When keep-alives are told, in seconds since the first one. */
  const told = (asked: Request, fault: Fault.Fault) =>
    Effect.gen(function* () {
      const seconds: Array<number> = []
      const onKeepAlive = (elapsed: Duration.Duration) =>
        Effect.sync(() => void seconds.push(Duration.toSeconds(elapsed)))
      yield* passing(Images.generate(asked, { ...events, ...withFault(fault), onKeepAlive }))
      return seconds.map((second) => second - (seconds[0] ?? 0))
    }).pipe(Effect.provide(emulated()))

  it.effect("each keep-alive before and between the previews is told, and each space before JSON", () =>
    Effect.gen(function* () {
      const pace = { _tag: "Pace", keepAlives: 3, everyMillis: 2500 } as const
      // The fourth stands in the body itself, which comes in one piece.
      expect(yield* told(request, pace)).toEqual([0, 2.5, 5, 7.5])
      expect(yield* told(doesNotStream, pace)).toEqual([0, 2.5, 5])
      // In pieces, the comments between the previews are told when they come.
      const between = yield* told({ ...request, size: "16x16" }, { _tag: "Pace", chunkBytes: 100, everyMillis: 2500 })
      expect(new Set(between).size).toBeGreaterThan(3)
    })
  )
})

describe("what ends a generation that is asked for as events", () => {
  const failureOf = (fault: Fault.Fault, options: Client.RequestOptions = {}) =>
    alike(Effect.flip(passing(Images.generate(request, { ...events, ...withFault(fault), ...options }))))

  const ofStatus = { _tag: "OpenRouterDefaultError", status: 200, code: "server_error" }
  const ofCode = { _tag: "BadGatewayResponseError", status: 502, code: 502 }
  const shapes = {
    documented: ofStatus,
    typeless: ofStatus,
    chat: ofCode,
    flat: ofStatus,
    text: { _tag: "OpenRouterDefaultError", status: 200 },
    named: ofStatus,
    failed: ofStatus,
    responseFailed: ofStatus,
    bare: ofCode
  } as const

  for (const [shape, error] of Object.entries(shapes)) {
    it.effect(`is a failure that was not billed, from an error event of this shape: ${shape}`, () =>
      Effect.gen(function* () {
        const failure = yield* failureOf({
          _tag: "Stream",
          how: "error",
          ...(shape === "documented" ? {} : { error: shape as NonNullable<Fault.StreamFault["error"]> })
        })
        expect(failure).toMatchObject({
          ...error,
          operation: "generate",
          httpStatus: 200,
          message: expect.stringContaining("The provider failed"),
          billing: "notBilled",
          answeredBy: "openrouter",
          generationId: expect.stringMatching(/^gen-img-/),
          providerName: "OpenAI"
        })
      })
    )
  }

  const ends: ReadonlyArray<readonly [what: string, fault: Fault.Fault, tag: string, billing: string]> = [
    ["[DONE] before the picture", { _tag: "Stream", how: "doneEarly" }, "ResponseValidationError", "unknown"],
    ["a silent end", { _tag: "Stream", how: "endEarly" }, "ResponseValidationError", "unknown"],
    ["an empty body", { _tag: "Corrupt", how: "empty" }, "ResponseValidationError", "unknown"],
    ["a picture that is no base64", { _tag: "Stream", how: "badBase64" }, "ResponseValidationError", "billed"],
    ["a reset", { _tag: "Reset", at: "body" }, "ConnectionError", "unknown"]
  ]

  for (const [what, fault, tag, billing] of ends) {
    it.effect(`is ${tag}, ${billing}, with the id, after ${what}`, () =>
      Effect.gen(function* () {
        expect(yield* failureOf(fault)).toMatchObject({
          _tag: tag,
          billing,
          operation: "generate",
          generationId: expect.stringMatching(/^gen-img-/)
        })
      })
    )
  }

  it.effect("is the same error as by JSON where the server refuses", () =>
    Effect.gen(function* () {
      for (const status of [400, 402, 404, 429, 502]) {
        const fault: Fault.Fault = { _tag: "Status", status }
        const [json, joined] = yield* Effect.forEach(wires, (wire) => failureOf(fault, { wire }))
        expect({ ...joined }).toEqual({ ...json })
      }
    })
  )
})

describe("layers over Images", () => {
  const fallback = "bytedance-seed/seedream-4.0"
  const stack = Telemetry.layer().pipe(
    Layer.provide(Layer.provide(Cache.layer(), KeyValueStore.layerMemory)),
    Layer.provide(Fallback.layer([{ model: fallback }])),
    Layer.provideMerge(Budget.layer({ limitUsd: 1 })),
    Layer.provideMerge(RateLimit.layer({ concurrency: 2 })),
    Layer.provide(Preflight.layer),
    Layer.provide(Catalog.layer()),
    Layer.provideMerge(emulated({ apiKey: Redacted.make("any-key"), retry: Retry.none }))
  )

  it.effect("work the same over events", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      const seeded: Request = { model: "recraft/recraft-v4-svg", prompt: "a fox", seed: 7 }
      const [first, again] = [yield* Images.generate(seeded, events), yield* Images.generate(seeded, events)]
      expect([first.cached, again.cached]).toEqual([undefined, true])
      expect(again.data[0]?.b64Json).toBe(first.data[0]?.b64Json)

      yield* Images.generate(request, events)
      yield* emulator.script([{ _tag: "Stream", how: "error" }])
      const cured = yield* Images.generate({ ...request, prompt: "a fox" }, events)
      expect(cured.fallback).toMatchObject({ model: fallback, failures: [{ error: { billing: "notBilled" } }] })

      const prompts = ["spring", "summer", "autumn"].map((prompt) => ({ ...request, prompt }))
      const items = yield* Stream.runCollect(Batch.run(prompts, { options: events, ordered: true }))
      expect([...items].map(({ result }) => Either.isRight(result))).toEqual([true, true, true])

      const reset = { ...events, ...withFault({ _tag: "Reset", at: "body" }) }
      const lost = yield* Effect.flip(passing(Images.generate({ ...request, prompt: "lost" }, reset)))
      expect(lost).toMatchObject({ billing: "unknown", generationId: expect.stringMatching(/^gen-img-/) })
      const { reservedUsd, spentUsd } = yield* Budget.status
      expect(spentUsd).toBeCloseTo(yield* billed, 9)
      expect(reservedUsd).toBeGreaterThan(0)
      expect(yield* RateLimit.status).toMatchObject({ waiting: 0, running: 0 })
      expect(yield* requestsTo("/images")).toBe(1 + 1 + 2 + 3 + 1)
    }).pipe(Effect.provide(stack))
  )
})

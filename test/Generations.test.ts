import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber, FastCheck as fc, Schedule, Schema, TestClock } from "effect"
import { Errors, Generations, ImagesSchema, Retry } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { failuresOf } from "./support/fibers.js"
import { type Answer, broken, json, page, refusal, type Script, scripted } from "./support/memoryHttp.js"
import { exitOf } from "./support/passing.js"
import { samplesOf } from "./support/samples.js"

const id = "gen-img-1790983552-TOdyb7qrp6185EBMwzAV"

/** A record as the API writes it. */
const wire = {
  id,
  created_at: "2026-10-02T23:25:52.374Z",
  model: "black-forest-labs/flux.2-klein-4b",
  streamed: false,
  cancelled: false,
  latency: 116,
  generation_time: 4036,
  tokens_prompt: 19,
  tokens_completion: 4096,
  num_media_completion: 1,
  is_byok: false,
  finish_reason: "complete",
  native_finish_reason: "complete",
  usage: 0.014,
  session_id: null,
  api_type: "image",
  upstream_id: null,
  provider_responses: [
    { provider_name: "Black Forest Labs", status: 200, latency: 4036, is_byok: false, region: "eu" }
  ],
  total_cost: 0.014,
  upstream_inference_cost: 0,
  provider_name: "Black Forest Labs",
  data_region: "global"
}

const recordOf = (fields: object = {}): Answer => json(200, { data: { ...wire, ...fields } })
const missing = refusal(404)

const serve = (script: Script) => scripted(script, { baseUrl: "https://example.com/api/v1", retry: Retry.none })

describe("the record of a generation", () => {
  it.effect("is read with amounts in US dollars and times as dates", () =>
    Effect.gen(function* () {
      const { layer, received } = serve([recordOf()])
      const generation = yield* Effect.provide(Generations.get(` ${id}\n`), layer)
      expect(generation).toEqual({
        id,
        model: "black-forest-labs/flux.2-klein-4b",
        createdAt: new Date("2026-10-02T23:25:52.374Z"),
        totalCostUsd: 0.014,
        usageUsd: 0.014,
        upstreamInferenceCostUsd: 0,
        isByok: false,
        cancelled: false,
        streamed: false,
        finishReason: "complete",
        nativeFinishReason: "complete",
        providerName: "Black Forest Labs",
        providerResponses: [
          {
            providerName: "Black Forest Labs",
            status: 200,
            latency: 4036,
            isByok: false,
            additionalProperties: { region: "eu" }
          }
        ],
        numMediaCompletion: 1,
        tokensPrompt: 19,
        tokensCompletion: 4096,
        latency: 116,
        generationTime: 4036,
        apiType: "image",
        additionalProperties: { data_region: "global" }
      })
      expect(received).toMatchObject([{ method: "GET", url: `https://example.com/api/v1/generation?id=${id}` }])
    })
  )

  it("is the same on the wire again", () => {
    const generation = Schema.decodeUnknownSync(Generations.Generation)(wire)
    const { session_id, upstream_id, ...said } = wire
    expect(Schema.encodeSync(Generations.Generation)(generation)).toEqual(said)
    expect([session_id, upstream_id]).toEqual([null, null])
  })

  it("survives any value in any field", () => {
    const decode = Schema.decodeUnknownSync(Generations.Generation)
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(Number.NaN, -1, Number.POSITIVE_INFINITY, "0.5", "soon"))
    const fields = fc.record(Object.fromEntries(Object.keys(wire).map((name) => [name, odd])), { requiredKeys: [] })
    fc.assert(
      fc.property(fields, (fields) => {
        const generation = decode({ ...wire, ...fields })
        for (const amount of [generation.totalCostUsd, generation.upstreamInferenceCostUsd]) {
          expect(amount === undefined || (amount >= 0 && Number.isFinite(amount))).toBe(true)
        }
        expect(generation.createdAt?.getTime()).not.toBeNaN()
        expect(Array.isArray(generation.providerResponses)).toBe(true)
      })
    )
  })

  it.each<[object, number | undefined]>([
    [{}, 0.014],
    [{ total_cost: "0.02" }, 0.02],
    [{ total_cost: null }, 0.014],
    [{ total_cost: -1, usage: null }, undefined],
    [{ total_cost: -1, usage: 0 }, undefined],
    [{ total_cost: "4 cents", usage: 0 }, undefined],
    [{ total_cost: null, usage: "free" }, undefined],
    [{ total_cost: 0, usage: 0.04 }, 0],
    [{ total_cost: 0.02, upstream_inference_cost: 0.005 }, 0.02],
    [{ total_cost: 0.02, upstream_inference_cost: 0.2, is_byok: true }, 0.22],
    [{ total_cost: 0.02, upstream_inference_cost: 0.2, is_byok: null }, 0.22],
    [{ total_cost: 0.02, upstream_inference_cost: null, is_byok: true }, undefined],
    [{ total_cost: 0, usage: 0, is_byok: "true" }, undefined],
    [
      {
        total_cost: 0,
        usage: 0,
        is_byok: null,
        provider_responses: [{ is_byok: true }],
        upstream_inference_cost: null
      },
      undefined
    ]
  ])("with %j costs %s", (fields, usd) => {
    expect(Generations.costUsd(Schema.decodeUnknownSync(Generations.Generation)({ ...wire, ...fields }))).toBe(usd)
  })

  it("has the time of its id where it says none", () => {
    const { createdAt } = Schema.decodeUnknownSync(Generations.Generation)({ id, created_at: "yesterday" })
    expect(createdAt).toEqual(new Date(1790983552000))
  })

  it("is one of the Schemas", () => {
    expect(ImagesSchema.Generation).toBe(Generations.Generation)
  })

  it.effect.each([
    [[], ["data"]],
    [{ data: null }, ["data"]],
    [{ data: [wire] }, ["data"]],
    [{ data: { label: "a key", usage: 12, limit: 20 } }, ["data"]]
  ])("that is %j is an answer that cannot be read", ([body, path]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Generations.get(id)).pipe(Effect.provide(serve([json(200, body)]).layer))
      expect(error).toMatchObject({ _tag: "ResponseValidationError", billing: "notBilled", issues: [{ path }] })
    })
  )

  it.effect.each(["", " \n"])("needs an id, and %j is none", (id) =>
    Effect.gen(function* () {
      const { layer, received } = serve([recordOf()])
      for (const asked of [Effect.asVoid(Generations.get(id)), Effect.asVoid(Generations.settle(id))]) {
        const error = yield* Effect.flip(asked).pipe(Effect.provide(layer))
        expect(error).toMatchObject({
          _tag: "InvalidRequestError",
          operation: "getGeneration",
          issues: [{ path: ["id"] }]
        })
      }
      expect(received).toEqual([])
    })
  )

  it.effect("escapes its id", () =>
    Effect.gen(function* () {
      const { layer, received } = serve([recordOf()])
      yield* Effect.provide(Generations.get("a&b=/../\ud800"), layer)
      expect(received[0]?.url).toBe("https://example.com/api/v1/generation?id=a%26b%3D%2F..%2F%EF%BF%BD")
    })
  )

  it.effect.each([
    [401, "UnauthorizedResponseError"],
    [402, "PaymentRequiredResponseError"],
    [403, "ForbiddenResponseError"],
    [404, "NotFoundResponseError"],
    [429, "TooManyRequestsResponseError"],
    [500, "InternalServerResponseError"],
    [502, "BadGatewayResponseError"],
    [524, "EdgeNetworkTimeoutResponseError"],
    [529, "ProviderOverloadedResponseError"],
    [400, "OpenRouterDefaultError"],
    [413, "OpenRouterDefaultError"],
    [503, "OpenRouterDefaultError"]
  ] as const)(
    "with status %i fails with %s, which costs nothing and says nothing of the generation's cost",
    ([status, tag]) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Generations.get(id)).pipe(Effect.provide(serve([refusal(status)]).layer))
        expect(error).toMatchObject({ _tag: tag, status, operation: "getGeneration", billing: "notBilled" })
        expect(Errors.format(error)).toContain("To ask costs nothing.")
        expect(Errors.format(error)).not.toMatch(/nothing was billed|you may pay twice/i)
      })
  )

  it.effect("is asked for again after a failure that passes", () =>
    Effect.gen(function* () {
      const { layer, received } = scripted([broken("ECONNRESET"), refusal(502), recordOf()])
      const exit = yield* exitOf(Effect.provide(Generations.get(id), layer))
      expect(Exit.isSuccess(exit)).toBe(true)
      expect(received).toHaveLength(3)
    })
  )
})

describe("settling", () => {
  const settle = (script: Script, options?: Generations.SettleOptions) => {
    const { layer, received } = serve(script)
    const asks: Array<readonly [count: number, seconds: number]> = []
    const onAsk = ({ count, waited }: Generations.Ask) =>
      Effect.sync(() => void asks.push([count, Math.round(Duration.toSeconds(waited))]))
    return Effect.map(exitOf(Effect.provide(Generations.settle(id, { onAsk, ...options }), layer)), (exit) => ({
      exit,
      asks,
      sent: received.length
    }))
  }

  it.effect("waits for the record with growing pauses, and says each time that it asks", () =>
    Effect.gen(function* () {
      const { asks, exit } = yield* settle([missing, missing, missing, recordOf()])
      expect(exit).toMatchObject({ value: { _tag: "Billed", costUsd: 0.014, generation: { id } } })
      expect(asks).toEqual([
        [1, 20],
        [2, 50],
        [3, 95],
        [4, 163]
      ])
    })
  )

  it.effect("knows after 12 minutes that there is no record, which is no proof", () =>
    Effect.gen(function* () {
      const { asks, exit } = yield* settle([missing])
      expect(exit).toMatchObject({ value: { _tag: "NoRecord", asked: 9 } })
      expect(asks.at(-1)).toEqual([9, 744])
    })
  )

  it.effect.each<[object, object]>([
    [{ total_cost: 0, usage: 0, finish_reason: "error" }, { _tag: "NotBilled" }],
    [{ total_cost: 0, usage: 0, id: undefined }, { _tag: "NotBilled" }],
    [
      { total_cost: 0, cancelled: true },
      { _tag: "NotBilled", generation: { cancelled: true } }
    ],
    [{ cancelled: true }, { _tag: "Billed", costUsd: 0.014 }],
    [
      { total_cost: 0, usage: 0, is_byok: true, upstream_inference_cost: 0.04 },
      { _tag: "Billed", costUsd: 0.04 }
    ]
  ])("a record with %j", ([fields, value]) =>
    Effect.map(settle([recordOf(fields)]), ({ exit }) => expect(exit.toJSON()).toMatchObject({ value }))
  )

  it.effect.each([
    { total_cost: null, usage: null },
    { total_cost: -1, usage: "free" },
    { id: "gen-img-1790983552-another" },
    { id: 7 },
    { total_cost: 0, usage: 0, is_byok: true, upstream_inference_cost: null }
  ])("goes on where a record proves no cost: %j", (fields) =>
    Effect.gen(function* () {
      const { asks, exit } = yield* settle([recordOf(fields), recordOf({ total_cost: 0.02 })])
      expect(exit).toMatchObject({ value: { _tag: "Billed", costUsd: 0.02 } })
      expect(asks).toHaveLength(2)
    })
  )

  it.effect("asks again after a failure that passes, and fails with the last one", () =>
    Effect.gen(function* () {
      const schedule = Schedule.intersect(Schedule.spaced("1 minute"), Schedule.recurs(3))
      expect((yield* settle([broken("ECONNRESET"), refusal(503), recordOf()], { schedule })).exit).toMatchObject({
        value: { _tag: "Billed" }
      })
      const { asks, exit } = yield* settle([missing, refusal(503)], { schedule })
      expect(failuresOf(exit)).toMatchObject([{ _tag: "OpenRouterDefaultError", status: 503 }])
      expect(asks).toEqual([
        [1, 60],
        [2, 120],
        [3, 180]
      ])
      expect((yield* settle([refusal(503), missing], { schedule })).exit).toMatchObject({
        value: { _tag: "NoRecord", asked: 3 }
      })
    })
  )

  it.effect("is not misled by a page of a proxy", () =>
    Effect.gen(function* () {
      const { exit } = yield* settle([page(200), page(403), recordOf()])
      expect(exit).toMatchObject({ value: { _tag: "Billed" } })
    })
  )

  it.effect("does not ask in between, so that the schedule is kept", () =>
    Effect.gen(function* () {
      const { layer, received } = scripted([refusal(503)])
      const schedule = Schedule.intersect(Schedule.spaced("1 minute"), Schedule.recurs(3))
      const exit = yield* exitOf(Effect.provide(Generations.settle(id, { schedule }), layer))
      expect(failuresOf(exit)).toMatchObject([{ status: 503 }])
      expect(received.map(({ at }) => at)).toEqual([60_000, 120_000, 180_000])
    })
  )

  it.effect("says of anything else that it is no error of this library", () =>
    Effect.gen(function* () {
      for (const odd of [new Error("x"), undefined, null, 7]) {
        const asked = Generations.settle(odd as unknown as string)
        const error = yield* Effect.flip(Effect.provide(asked, serve([recordOf()]).layer))
        expect(error).toMatchObject({ _tag: "InvalidRequestError" })
        expect(error.message).toContain("the id of a generation, or an error of this library")
      }
    })
  )

  it.effect.each([401, 402, 403])("ends at once where no question can be answered: %i", (status) =>
    Effect.gen(function* () {
      const { exit, sent } = yield* settle([refusal(status)])
      expect(failuresOf(exit)).toMatchObject([{ status }])
      expect(sent).toBe(1)
    })
  )

  it.effect("survives a hook that dies", () =>
    Effect.map(settle([recordOf()], { onAsk: () => Effect.dieMessage("no") }), ({ exit }) =>
      expect(exit).toMatchObject({ value: { _tag: "Billed" } })
    )
  )

  it.effect("can be interrupted, and begun anew", () =>
    Effect.gen(function* () {
      const { layer, received } = serve([recordOf()])
      const fiber = yield* Effect.fork(Effect.provide(Generations.settle(id), layer))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.interrupt(fiber)
      expect(received).toEqual([])
      expect(yield* exitOf(Effect.provide(Generations.settle(id), layer))).toMatchObject({ value: { _tag: "Billed" } })
    })
  )

  it.effect.each([
    Testing.error("ConnectionError", { phase: "response", generationId: id }),
    Testing.error("RequestTimeoutError", { generationId: id }),
    Testing.error("ResponseValidationError", { generationId: id }),
    Testing.error("IncompleteStreamError", { generationId: id }),
    Testing.error("ImageStreamError", { generationId: id }),
    Testing.error("EdgeNetworkTimeoutResponseError", { generationId: id })
  ])("takes the id from an error: $_tag", (error) =>
    Effect.gen(function* () {
      const { layer, received } = serve([recordOf()])
      const exit = yield* exitOf(Effect.provide(Generations.settle(error), layer))
      expect(exit).toMatchObject({ value: { _tag: "Billed" } })
      expect(received[0]?.url).toContain(id)
    })
  )

  it.effect.each<[Errors.OpenRouterError, string]>([
    [Testing.error("ConnectionError"), "nothing was sent"],
    [Testing.error("ConnectionError", { phase: "response" }), "the connection broke before the head"],
    [Testing.error("RequestTimeoutError"), "the time was over before the head"],
    [Testing.error("InvalidRequestError"), "nothing was sent"],
    [Testing.error("BudgetExceededError"), "nothing was sent"],
    [Testing.error("IncompleteStreamError"), "names no generation"],
    [Testing.error("BadGatewayResponseError", { answeredBy: "intermediary" }), "an intermediary answered"],
    [Testing.error("InternalServerResponseError", { operation: "listModels" }), "listModels makes no generation"]
  ])("says why an error has no id: %o", ([source, why]) =>
    Effect.gen(function* () {
      const { layer, received } = serve([recordOf()])
      const error = yield* Effect.flip(Effect.provide(Generations.settle(source), layer))
      expect(error).toMatchObject({
        _tag: "InvalidRequestError",
        operation: "getGeneration",
        issues: [{ path: ["generationId"], message: expect.stringContaining(why) }]
      })
      expect(received).toEqual([])
    })
  )

  /** JSON has no infinity. */
  const isWait = (millis: number) => Number.isFinite(millis) && millis >= 0

  it("gives values that cross a process boundary", () => {
    fc.assert(
      fc.property(samplesOf(Generations.Settlement), (settlement) => {
        fc.pre(settlement._tag !== "NoRecord" || isWait(Duration.toMillis(settlement.waited)))
        const encoded = JSON.parse(JSON.stringify(Schema.encodeSync(Generations.Settlement)(settlement)))
        expect(Schema.decodeUnknownSync(Generations.Settlement)(encoded)._tag).toBe(settlement._tag)
      })
    )
  })
})

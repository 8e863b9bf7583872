import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { apply, mutation } from "./support/mutate.js"
import { expectDocumented, type Operation, operations } from "./support/outcome.js"
import { collectRejections, holds } from "./support/runs.js"
import { cuts, key, type Served, serving } from "./support/served.js"
import * as Values from "./support/values.js"
import * as Wire from "./support/wire.js"

const { rejections, start, stop } = collectRejections()
beforeAll(start)
afterAll(stop)

const envelope = JSON.stringify({
  error: {
    code: 429,
    message: `Rate limit exceeded for ${key}`,
    metadata: { provider_name: "Seed", raw: { error: "slow down" }, reasons: ["violence"] },
    availability: { code: "no_endpoints", retryable: true, retry_after: 2, fallback_models: ["a/b"] }
  },
  user_id: "user_1",
  openrouter_metadata: { attempt: 1 }
})
const page = `<!DOCTYPE html><html><head><title>504: the edge of the network</title></head><body>Bearer ${key}</body></html>`
const failed =
  'data: {"type":"error","error":{"message":"fell over","code":"server_error","param":null,"type":null}}\n\n'

const strangers = FastCheck.constantFrom(
  envelope,
  page,
  failed,
  "",
  "null",
  "[]",
  '"text"',
  "\u0000",
  "data: [DONE]\n\n"
)

const right = {
  generate: Values.response.map((value) => JSON.stringify(Wire.encodeResponse(value))),
  generateStream: FastCheck.tuple(Values.events, FastCheck.constantFrom("\n", "\r\n", "\r")).map(([events, lineEnd]) =>
    Wire.streamText(events, lineEnd)
  ),
  listModels: Values.models.map((value) => JSON.stringify(Wire.encodeModels(value))),
  listModelEndpoints: Values.endpoints.map((value) => JSON.stringify(Wire.encodeEndpoints(value)))
}

/** A right body of any operation, or one that is of none. */
const anyBody = FastCheck.oneof(...Object.values(right), strangers)

const statuses = [
  ...[201, 202, 204, 206, 299, 300, 304, 307, 400, 401, 402, 403, 404, 408, 413, 418, 429, 451, 499],
  ...[500, 502, 503, 504, 520, 521, 524, 529, 599]
]
const contentTypes = [
  "application/json",
  "text/event-stream",
  "TEXT/Event-Stream; charset=utf-8",
  "text/event-streams",
  "text/html",
  "application/octet-stream",
  ""
]
const waits = [
  "0",
  "1",
  "-1",
  "0.0005",
  "1e9",
  "31536000",
  "99999999999999999999",
  "Wed, 21 Oct 2015 07:28:00 GMT",
  "soon"
]

const headers = FastCheck.record(
  {
    "content-type": FastCheck.constantFrom(...contentTypes),
    "retry-after": FastCheck.constantFrom(...waits),
    "x-generation-id": FastCheck.constantFrom("gen-1", "", key),
    "content-length": FastCheck.constantFrom("0", "7", "-1", "1e3", "70000", "none"),
    __proto: FastCheck.constant("1")
  },
  { requiredKeys: ["content-type"] }
)

const mutated = (operation: Operation): FastCheck.Arbitrary<Served> =>
  FastCheck.record({
    body: FastCheck.tuple(
      FastCheck.oneof({ weight: 4, arbitrary: right[operation] }, { weight: 1, arbitrary: anyBody }),
      anyBody,
      FastCheck.array(mutation, { maxLength: 3 })
    ).map(([body, other, mutations]) =>
      mutations.reduce((bytes, one) => apply(bytes, one, Wire.bytesOf(other)), Wire.bytesOf(body))
    ),
    status: FastCheck.oneof(
      { weight: 3, arbitrary: FastCheck.constant(200) },
      { weight: 1, arbitrary: FastCheck.constantFrom(...statuses) }
    ),
    headers,
    cuts,
    ending: FastCheck.oneof(
      { weight: 12, arbitrary: FastCheck.constant("close" as const) },
      { weight: 4, arbitrary: FastCheck.constant("tear" as const) },
      { weight: 1, arbitrary: FastCheck.constant("stall" as const) }
    )
  })

const expectAnyOutcome = (operation: Operation, served: Served, rejected?: { readonly reason: unknown }) => {
  const { calls, layer } = serving(served, rejected)
  return operations[operation].run.pipe(
    Effect.provide(layer),
    Effect.flatMap((outcome) =>
      Effect.sync(() => {
        expect(calls.length).toBeGreaterThan(0)
        expect(calls.length).toBeLessThanOrEqual(2)
        expectDocumented(operation, outcome, calls.length)
      })
    )
  )
}

const names = ["generate", "generateStream", "listModels", "listModelEndpoints"] as const

describe("whatever a server answers, the outcome is a value or a documented error", () => {
  for (const name of names) {
    holds(`of ${name}`, mutated(name), (served) => expectAnyOutcome(name, served), 0.6)
  }
})

describe("whatever a runtime says of a failed connection, the outcome is a documented error", () => {
  const nothing: Served = { status: 200, headers: {}, body: new Uint8Array(), cuts: [], ending: "close" }
  const cause = FastCheck.oneof(
    FastCheck.anything(),
    FastCheck.record({ code: FastCheck.anything(), message: FastCheck.anything(), syscall: FastCheck.anything() }),
    FastCheck.constantFrom<unknown>(undefined, null, new Error(key), new DOMException("aborted", "AbortError"))
  )
  const reason = FastCheck.oneof(
    cause,
    cause.map((inner) => new TypeError("fetch failed", { cause: inner })),
    cause.map((inner) => new AggregateError([inner, inner], "all failed")),
    cause.map((inner) => {
      const around = new Error("a cause that points back", { cause: inner })
      return Object.assign(around, { cause: around })
    })
  )
  for (const name of names) {
    holds(`of ${name}`, reason, (reason) => expectAnyOutcome(name, nothing, { reason }), 0.3)
  }
})

it("no rejection was left unhandled meanwhile", async () => {
  await stop()
  expect(rejections).toEqual([])
})

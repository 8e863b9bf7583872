import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { describe, expect, it, layer } from "@effect/vitest"
import { Effect, FastCheck, Fiber, Layer, Option, Stream } from "effect"
import { Emulator, Fault } from "effect-openrouter-images-emulator"
import * as Generations from "../../src/records/Generations.js"
import { appearedRecordOf, generate, turn } from "../support/calls.js"

const { boolean, integer, oneof, option, record } = FastCheck

const constantFrom = <const A>(...values: ReadonlyArray<A>): FastCheck.Arbitrary<A> => FastCheck.constantFrom(...values)

const when = { afterCompletion: boolean(), delayMillis: integer({ min: 0, max: 2 }) }
// Fewer bytes than any body has: after a whole one the client would use the connection again.
const at = { at: constantFrom("head", "body"), bytes: integer({ min: 1, max: 40 }) }

const status = {
  ...when,
  _tag: constantFrom("Status"),
  status: constantFrom(400, 401, 402, 403, 404, 408, 413, 418, 429, 500, 502, 503, 504, 524, 529, 202, 308)
}
const ofProvider = constantFrom({}, { metadata: { provider_name: "OpenAI" } })

/** Any fault, in the ways in which it can end a generation. */
const anyFault: FastCheck.Arbitrary<Fault.Fault> = oneof(
  record({ ...status, body: constantFrom("envelope", "html", "empty", "cut", "text"), error: ofProvider }),
  record({ ...status, httpStatus: constantFrom(200), error: ofProvider }),
  record({ ...status, shape: constantFrom(...Fault.shapes) }),
  record({ ...when, _tag: constantFrom("Recorded"), as: constantFrom(...Fault.recorded) }),
  record({ ...when, _tag: constantFrom("Edit"), how: constantFrom(...Fault.edits) }),
  record({ ...when, _tag: constantFrom("Deviate"), width: integer({ min: 16, max: 64 }) }),
  record({ ...when, ...at, _tag: constantFrom("Reset") }),
  record({ ...when, ...at, _tag: constantFrom("Stall") }),
  record({
    ...when,
    _tag: constantFrom("Corrupt"),
    how: constantFrom("notJson", "cutJson", "cutEnd", "badBase64", "missingField", "empty")
  }),
  record({ ...when, _tag: constantFrom("Pace"), keepAlives: integer({ min: 0, max: 3 }) }),
  record({
    ...when,
    _tag: constantFrom("Stream"),
    how: constantFrom("error", "doneEarly", "endEarly", "badBase64", "noDone", "strangers"),
    error: constantFrom(...Fault.errorShapes)
  })
)

/** A call: streamed or not, accepted or refused, and what spoils its answer. */
const anyCall = record({
  body: record({ stream: boolean(), n: constantFrom(1, 2, 11) }),
  fault: option(anyFault, { nil: undefined })
})
type Call = typeof anyCall extends FastCheck.Arbitrary<infer A> ? A : never

/** Whether its generation completes, by what the faults are said to do. */
const completes = ({ body, fault }: Call): boolean => {
  if (body.n > 10) return false
  if (fault === undefined || fault.afterCompletion === true) return true
  switch (fault._tag) {
    case "Status":
    case "Recorded":
      return false
    case "Reset":
    case "Stall":
      return fault.at === "body" && !body.stream
    case "Stream":
      return !body.stream || fault.how === "badBase64" || fault.how === "noDone" || fault.how === "strangers"
    default:
      return true
  }
}

/** A call whose head never comes: the client leaves when the server has done all it ever will. */
const leave = (call: Call) =>
  Effect.gen(function* () {
    const { ledger, requests } = yield* Emulator.Emulator
    const counts = Effect.map(
      Effect.all([requests, ledger]),
      ([asked, billed]) => [asked.length, billed.length] as const
    )
    const [asked, billed] = yield* counts
    const fiber = yield* Effect.fork(generate(call.body, { fault: call.fault }))
    yield* Effect.repeat(Effect.zipRight(turn, counts), {
      until: ([now, paid]) => now > asked && (!completes(call) || paid > billed)
    })
    yield* Fiber.interrupt(fiber)
  })

/** Makes a call and reads its answer as far as it comes. Gives the id that its head had. */
const idOf = (call: Call) =>
  Effect.gen(function* () {
    const { body, fault } = call
    if (fault?._tag === "Stall" && fault.at === "head") {
      yield* leave(call)
      return Option.none()
    }
    const response = yield* generate(body, { fault })
    const read = fault?._tag === "Stall" ? Stream.take(response.stream, 1) : response.stream
    yield* Effect.ignore(Stream.runDrain(read))
    return Option.fromNullable(response.headers["x-generation-id"])
  }).pipe(Effect.catchTag("RequestError", () => Effect.succeedNone))

const check = (calls: ReadonlyArray<Call>) =>
  Effect.gen(function* () {
    const { ledger, reset } = yield* Emulator.Emulator
    yield* reset
    const given = (yield* Effect.forEach(calls, idOf)).flatMap(Option.toArray)
    const entries = yield* ledger
    expect(entries).toHaveLength(calls.filter(completes).length)
    const ids = new Set([...given, ...entries.map(({ generationId }) => generationId)])
    for (const id of ids) {
      const { body, status } = yield* appearedRecordOf(id)
      expect([id, status]).toEqual([id, 200])
      const { data } = body
      const billed = entries.filter(({ generationId }) => generationId === id)
      const costUsd = billed.reduce((sum, entry) => sum + entry.costUsd, 0)
      const isByok = billed.some((entry) => entry.isByok)
      expect(billed.length).toBeLessThanOrEqual(1)
      expect({ charged: data.total_cost, usage: data.usage, upstream: data.upstream_inference_cost }).toEqual(
        isByok ? { charged: 0, usage: 0, upstream: costUsd } : { charged: costUsd, usage: costUsd, upstream: 0 }
      )
      expect([data.finish_reason === "complete", data.cancelled && costUsd > 0]).toEqual([billed.length === 1, false])
    }
  })

const environments: ReadonlyArray<
  readonly [name: string, layer: Layer.Layer<Emulator.Emulator | HttpClient.HttpClient, unknown>, numRuns: number]
> = [
  ["in memory", Emulator.layerClient, 100],
  ["over HTTP", Layer.merge(FetchHttpClient.layer, Emulator.layerServer()), 30]
]

for (const [name, environment, numRuns] of environments) {
  describe(`ledger and records, ${name}`, () => {
    layer(environment, { excludeTestServices: true })((it) => {
      it.effect.prop(
        "agree about each generation whose id was given out, however its answer was spoilt",
        [FastCheck.array(anyCall, { minLength: 1, maxLength: 4 })],
        ([calls]) => check(calls),
        { fastCheck: { numRuns } }
      )
    })
  })
}

describe("a generation", () => {
  const asked = {
    ...{ model: "a/model", prompt: "a boat", promptTokens: 3, references: 0, user: undefined, sessionId: undefined },
    ...{ streamed: false, providerName: "A", providerSlug: "a", referer: undefined }
  }

  it.effect("is cancelled by who leaves it, and ends only once", () =>
    Effect.gen(function* () {
      const { begin, find, ledger } = yield* Generations.make
      const outcomeOf = (id: string) =>
        Effect.map(
          find(id),
          Option.map(({ outcome }) => outcome._tag)
        )
      const left = yield* Effect.scoped(begin(asked))
      expect(yield* outcomeOf(left.id)).toEqual(Option.some("Cancelled"))
      yield* left.end({ _tag: "Failed", status: 502 })
      expect(yield* outcomeOf(left.id)).toEqual(Option.some("Cancelled"))
      const failed = yield* Effect.scoped(Effect.tap(begin(asked), ({ end }) => end({ _tag: "Failed", status: 502 })))
      expect(yield* outcomeOf(failed.id)).toEqual(Option.some("Failed"))
      expect(yield* ledger).toEqual([])
    })
  )
})

import { afterAll, describe, expect } from "@effect/vitest"
import { Effect, Fiber, FastCheck as fc, Layer, Stream } from "effect"
import { Budget, Catalog, type Errors, Images, Reconcile, Retry } from "effect-openrouter-images"
import { Emulator, type Fault } from "effect-openrouter-images-emulator"
import { gpt, lost, request } from "../../support/budgeted.js"
import { billed, emulated, withFault } from "../../support/emulated.js"
import { numberFrom } from "../../support/environment.js"
import { interruptedExit } from "../../support/fibers.js"
import { pass, passing } from "../../support/passing.js"
import { effectProp } from "../../support/properties.js"

/** Every kind of end, with and without a head, billed and not. */
const faults: ReadonlyArray<Fault.Fault> = [
  lost,
  { _tag: "Reset", at: "head" },
  { _tag: "Reset", at: "body" },
  { _tag: "Reset", at: "body", bytes: 1 },
  { _tag: "Reset", at: "body", bytes: 400, afterCompletion: true },
  { _tag: "Stall", at: "head", afterCompletion: true },
  { _tag: "Stall", at: "body", bytes: 300 },
  { _tag: "Status", status: 429 },
  { _tag: "Status", status: 500 },
  { _tag: "Status", status: 502, body: "html", afterCompletion: true },
  { _tag: "Status", status: 504, body: "html" },
  { _tag: "Status", status: 524 },
  { _tag: "Status", status: 524, afterCompletion: true },
  { _tag: "Corrupt", how: "badBase64" },
  { _tag: "Corrupt", how: "cutJson" },
  { _tag: "Corrupt", how: "missingField" },
  { _tag: "Corrupt", how: "empty" },
  { _tag: "Edit", how: "usageNull" },
  { _tag: "Edit", how: "costNegative" },
  { _tag: "Pace", keepAlives: 3, chunkBytes: 500, everyMillis: 700 },
  { _tag: "Stream", how: "error" },
  { _tag: "Stream", how: "doneEarly" },
  { _tag: "Stream", how: "endEarly" }
]

const call = fc.record({
  asked: fc.constantFrom(request, gpt),
  fault: fc.option(fc.constantFrom(...faults), { nil: undefined, freq: 6 }),
  wire: fc.constantFrom("json" as const, "events" as const, "stream" as const),
  mayPayTwice: fc.boolean(),
  /** Seconds until the caller gives up. */
  interruptedAfter: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined, freq: 3 })
})

type Call = typeof call extends fc.Arbitrary<infer A> ? A : never

/** Records are late by up to the time that is asked for them. */
const delays = fc.array(fc.integer({ min: 0, max: 700_000 }), { maxLength: 12 })

const send = ({
  asked,
  fault,
  mayPayTwice,
  wire
}: Call): Effect.Effect<void, Errors.GenerateStreamError, Images.Images> => {
  const retry = mayPayTwice ? Retry.make({ while: Retry.whenTransient, maxRetries: 1, jitter: false }) : Retry.safe
  const options = { retry, timeout: "1 minute", ...(fault === undefined ? {} : withFault(fault)) } as const
  return wire === "stream"
    ? Stream.runDrain(Images.generateStream(asked, options))
    : Effect.asVoid(Images.generate(asked, { ...options, wire }))
}

const layer = Reconcile.layer().pipe(
  Layer.provideMerge(Budget.layer({ limitUsd: 100 })),
  Layer.provide(Catalog.layer()),
  Layer.provideMerge(emulated())
)

const millionths = (usd: number): number => Math.round(usd * 1e6)

const runs = numberFrom("FUZZ_RUNS") ?? 40

/** What all schedules together came to. */
const seen = { schedules: 0, calls: 0, settled: 0, left: 0 }

afterAll(() => {
  const { calls, left, schedules, settled } = seen
  console.log(`${schedules} schedules of ${calls} calls: ${settled} reservations settled, ${left} left without an id`)
})

describe("after all settlements", () => {
  effectProp(
    "the budget has spent what was billed, to the cent, but for what was lost before its head",
    [fc.array(call, { minLength: 1, maxLength: 6 }), delays],
    ([calls, next]) =>
      Effect.gen(function* () {
        const { ledger, records } = yield* Emulator.Emulator
        yield* records({ next })
        yield* Effect.forkScoped(
          Stream.runForEach(Reconcile.settlements, () =>
            Effect.sync(() => {
              seen.settled += 1
            })
          )
        )
        yield* passing(
          Effect.forEach(
            calls,
            (one) =>
              Effect.gen(function* () {
                const fiber = yield* Effect.fork(send(one))
                if (one.interruptedAfter === undefined) return yield* Fiber.await(fiber)
                yield* Effect.sleep(one.interruptedAfter * 1000)
                return yield* interruptedExit(fiber)
              }),
            { concurrency: "unbounded" }
          )
        )
        yield* pass(1800, 15)
        const { reservations, spentUsd } = yield* Budget.status
        expect(reservations.filter(({ generationId }) => generationId !== undefined)).toEqual([])
        seen.schedules += 1
        seen.calls += calls.length
        seen.left += reservations.length
        const entries = yield* ledger
        const missing = (yield* billed) - spentUsd
        expect(entries.length).toBeLessThanOrEqual(calls.length + calls.filter((one) => one.mayPayTwice).length)
        // Without a reservation that is left, nothing is missing. Each that is left was billed in full, or not at all.
        const sums = reservations.reduce<ReadonlyArray<number>>(
          (sums, { model }) =>
            sums.flatMap((sum) => [
              sum,
              ...entries.filter((one) => one.model === model).map((one) => sum + one.costUsd)
            ]),
          [0]
        )
        expect(sums.map(millionths)).toContain(millionths(missing))
      }).pipe(Effect.scoped, Effect.provide(Layer.fresh(layer))),
    { numRuns: runs, endOnFailure: true, timeout: 30_000 * runs }
  )
})

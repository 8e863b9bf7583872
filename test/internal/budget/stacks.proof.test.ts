import { afterAll, describe, expect, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Fiber, FastCheck as fc, Layer, Option, Stream, TestClock } from "effect"
import { Batch, Budget, type Client, Images, type ImagesSchema, RateLimit } from "effect-openrouter-images"
import { Emulator, type Fault } from "effect-openrouter-images-emulator"
import { numberFrom } from "../../support/environment.js"
import { logTo } from "../../support/logged.js"
import { effectProp, withClockOfItsOwn } from "../../support/properties.js"
import { lost, refused, seedream } from "../../support/split.js"
import { allOf, layerNames, stackOf } from "../../support/stacking.js"
import { policyOf, type State, type Steering, type Stop, states, steering } from "../../support/steering.js"

const faults: ReadonlyArray<Fault.Fault | null> = [
  null,
  refused,
  lost,
  { _tag: "Reset", at: "head" },
  { _tag: "Reset", at: "body", bytes: 300, afterCompletion: true },
  { _tag: "Reset", at: "body", bytes: 1 },
  { _tag: "Status", status: 500 },
  { _tag: "Status", status: 502, body: "html", afterCompletion: true },
  { _tag: "Status", status: 524, afterCompletion: true },
  { _tag: "Corrupt", how: "badBase64" },
  { _tag: "Corrupt", how: "cutJson" },
  { _tag: "Edit", how: "usageNull" },
  { _tag: "Stream", how: "error" },
  { _tag: "Stream", how: "endEarly" }
]

const shuffled = fc.tuple(fc.shuffledSubarray(layerNames), fc.nat(layerNames.length), fc.nat(layerNames.length))

/** Any order, with what the state needs. */
const orderFor = (state: State | undefined) =>
  shuffled
    .filter(([names]) => (state !== "queue" && state !== "turn") || names.includes("RateLimit"))
    .map(([names, one, other]) => ({
      above: names.slice(0, Math.min(one, other)),
      between: names.slice(Math.min(one, other), Math.max(one, other)),
      below: names.slice(Math.max(one, other))
    }))

const anyFaults = fc.array(fc.oneof({ arbitrary: fc.constant(refused), weight: 2 }, fc.constantFrom(...faults)), {
  maxLength: 6
})

/** What must come first, so that there is such a state. */
const firstFor: Partial<Record<State, ReadonlyArray<Fault.Fault | null>>> = {
  turn: [refused],
  pause: [refused],
  onGenerationId: faults.filter((fault) => fault === null || fault._tag === "Corrupt" || fault._tag === "Edit"),
  answered: [null, { _tag: "Edit", how: "usageNull" }],
  picture: [null, { _tag: "Edit", how: "usageNull" }]
}

const faultsFor = (state: State | undefined): fc.Arbitrary<ReadonlyArray<Fault.Fault | null>> => {
  const first = state && firstFor[state]
  if (first === undefined) return anyFaults
  return fc.tuple(fc.constantFrom(...first), anyFaults).map(([one, others]) => [one, ...others])
}

const stopAt = (state: State | undefined): fc.Arbitrary<Stop | undefined> =>
  state === undefined
    ? fc.constant(undefined)
    : fc.record({
        state: fc.constant(state),
        after: fc.constantFrom(0, 0, 0, 1, 2),
        how: fc.constantFrom("interrupted" as const, "interrupted" as const, "defect" as const)
      })

const wires = ["json", "events", "stream", "batch"] as const

/** A call that is to end in a state. One without a state is left alone. */
const caseOf = (state: State | undefined) =>
  fc.record({
    order: orderFor(state),
    n: fc.constantFrom(1, 2, 3),
    wire: state === "picture" ? fc.constant("stream" as const) : fc.constantFrom(...wires),
    mayPayTwice: fc.boolean(),
    faults: faultsFor(state),
    stop: stopAt(state),
    /** A second caller asks for the same, and stays to the end. */
    isShared: fc.boolean()
  })
type Case = ReturnType<typeof caseOf> extends fc.Arbitrary<infer A> ? A : never

const send = (
  { wire }: Case,
  asked: ImagesSchema.ImageGenerationRequest,
  options: Client.RequestOptions,
  onPicture: Effect.Effect<void>
): Effect.Effect<unknown, unknown, Images.Images> => {
  switch (wire) {
    case "batch":
      return Stream.runDrain(Batch.run([asked, asked], { singleFlight: true, options }))
    case "stream":
      return Stream.runForEach(Images.generateStream(asked, options), ({ _tag }) =>
        _tag === "Completed" ? onPicture : Effect.void
      )
    default:
      return Images.generate(asked, { ...options, wire })
  }
}

const isDone = <A, E>(fiber: Fiber.Fiber<A, E>): Effect.Effect<boolean> => Effect.map(Fiber.poll(fiber), Option.isSome)

/** More than a pause between two attempts, and less than a turn at a gate. */
const step = TestClock.adjust("50 seconds")

const ended = <A, E>(fiber: Fiber.Fiber<A, E>) => Effect.repeat(step, { until: () => isDone(fiber) })

/** How many calls wait at the gate. */
const waiting: Effect.Effect<number> = Effect.flatMap(
  Effect.serviceOption(RateLimit.RateLimit),
  Option.match({
    onNone: () => Effect.succeed(0),
    onSome: ({ status }) => Effect.map(status, ({ waiting }) => waiting)
  })
)

/** Runs the call, perhaps until it is where it is to be left, and the other caller's to its end. */
const play = (one: Case, steered: Steering): Effect.Effect<void, never, Images.Images> =>
  Effect.gen(function* () {
    const asked = { ...seedream, n: one.n }
    const retry = policyOf(one.mayPayTwice)
    const isToQueue = one.stop?.state === "queue"
    // The turn at the gate is that of an earlier call.
    if (isToQueue) yield* Effect.flatMap(Effect.fork(Images.generate({ ...seedream, seed: 100 })), ended)
    const call = yield* Effect.fork(send(one, asked, steered.options(retry), steered.at("picture")))
    const other = one.isShared ? yield* Effect.fork(send(one, asked, { retry }, Effect.void)) : undefined
    const isThere = Deferred.isDone(steered.reached)
    for (let i = 0; isToQueue && i < 9; i++) {
      yield* TestClock.adjust(0)
      if ((yield* waiting) > 0) yield* steered.comesTo("queue")
    }
    while (!(yield* isThere) && !(yield* isDone(call))) yield* step
    if (yield* isThere) yield* Fiber.interrupt(call)
    yield* Deferred.succeed(steered.left, undefined)
    if (other !== undefined) yield* ended(other)
  })

const millionths = (all: ReadonlyArray<number>): number => Math.round(all.reduce((sum, usd) => sum + usd, 0) * 1e6)

const statusOf = Effect.map(Budget.status, ({ reservations, reservedUsd, spentUsd }) => ({
  spent: millionths([spentUsd]),
  reserved: millionths([reservedUsd]),
  named: reservations.filter(({ generationId }) => generationId !== undefined)
}))

/** The most calls that may each have been paid once: of two callers, for two items of a batch, and one that came before. */
const callsOf = ({ isShared, n, order, stop, wire }: Case): number =>
  (isShared ? 2 : 1) * (wire === "batch" ? 2 : 1) * (allOf(order).includes("Split") ? n : 1) +
  (stop?.state === "queue" ? 1 : 0)

const seen = { calls: 0, attempts: 0, left: 0 }
const visits = new Map<State, number>(states.map((state) => [state, 0]))

const checked = (one: Case) =>
  Effect.gen(function* () {
    const steered = yield* steering(one.stop, one.faults)
    yield* Effect.gen(function* () {
      const { ledger } = yield* Emulator.Emulator
      const billed = Effect.map(ledger, (entries) => millionths(entries.map(({ costUsd }) => costUsd)))
      yield* play(one, steered)
      const before = yield* statusOf
      expect(before.spent + before.reserved).toBeGreaterThanOrEqual(yield* billed)
      for (let i = 0; i < 200 && (yield* statusOf).named.length > 0; i++) yield* step
      const after = yield* statusOf
      expect(after.named).toEqual([])
      expect(after.spent + after.reserved).toBeGreaterThanOrEqual(yield* billed)
      const entries = yield* ledger
      const ids = new Set(steered.attempts.map(({ id }) => id))
      const told = entries.filter(({ generationId }) => ids.has(generationId))
      expect(after.spent).toBe(millionths(told.map(({ costUsd }) => costUsd)))
      const open = steered.attempts.filter(({ id, isRefused }) => id === undefined && !isRefused)
      expect(after.reserved).toBeLessThanOrEqual(millionths(open.map(({ usd }) => usd)))
      if (!one.mayPayTwice) expect(entries.length).toBeLessThanOrEqual(callsOf(one))
      seen.left += after.reserved > 0 ? 1 : 0
    }).pipe(Effect.scoped, Effect.provide(Layer.fresh(stackOf(one.order, steered))))
    const { stop } = one
    if (stop !== undefined && steered.isVisited) visits.set(stop.state, (visits.get(stop.state) ?? 0) + 1)
    seen.calls += 1
    seen.attempts += steered.attempts.length
  }).pipe(
    withClockOfItsOwn,
    Effect.catchAllCause((cause) => Effect.die(new Error(JSON.stringify(one), { cause: Cause.squash(cause) })))
  )

const runs = numberFrom("FUZZ_RUNS") ?? 15

afterAll(() => {
  const { attempts, calls, left } = seen
  const counts = [...visits].map(([state, count]) => `${state} ${count}`).join(", ")
  console.log(`${calls} calls of ${attempts} attempts, ${left} with something left; ended in: ${counts}`)
})

describe("in a stack of layers, a call that ends in any state", () => {
  effectProp(
    "has spent to the cent what was billed under an id, and sets aside no more than the rest may have cost",
    [fc.tuple(...[undefined, ...states].map(caseOf))],
    ([cases]) =>
      Effect.provide(
        Effect.forEach(cases, checked, { concurrency: "unbounded" }),
        logTo(() => {})
      ),
    { numRuns: runs, endOnFailure: true, timeout: 20_000 * runs }
  )

  it("has ended in each of them", () => {
    expect([...visits].filter(([, count]) => count === 0)).toEqual([])
  })
})

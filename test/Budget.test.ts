import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, type Layer, Stream, TestClock } from "effect"
import { Budget, type Catalog, Images, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { gpt, lost, request, statusOf, within } from "./support/budgeted.js"
import { billed, requestsTo, withFault } from "./support/emulated.js"
import { logged } from "./support/logged.js"
import { passing } from "./support/passing.js"

describe("a budget beside its key", () => {
  it.effect.each<[limitUsd: number, warnings: number]>([
    [0.5, 1],
    [20, 0]
  ])("shows what OpenRouter says, and warns where a key limited to $%d has less left", ([limitUsd, warnings]) =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* emulator.account({ limitUsd })
      yield* Images.generate(request)
      const [status, lines] = yield* logged(Budget.statusWithKey)
      expect(status).toMatchObject({
        spentUsd: 0.04,
        remainingUsd: 0.96,
        key: { limitUsd, usageUsd: 0.04, limitRemainingUsd: limitUsd - 0.04 }
      })
      expect(lines.filter(([level]) => level === "Warning")).toHaveLength(warnings)
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )
})

describe("a budget", () => {
  it.effect("lets through what fits, and then refuses before anything is sent", () =>
    Effect.gen(function* () {
      yield* Images.generate(request)
      yield* Images.generate(request)
      expect(yield* statusOf).toEqual({ spentUsd: 0.08, reservedUsd: 0, remainingUsd: 0.02 })
      const error = yield* Effect.flip(Images.generate(request))
      expect(error).toMatchObject({
        _tag: "BudgetExceededError",
        operation: "generate",
        billing: "notBilled",
        reason: "limit",
        limitUsd: 0.1,
        spentUsd: 0.08,
        reservedUsd: 0,
        quoteUsd: 0.04
      })
      expect(error.message).toBe(
        "The budget does not allow it, so nothing was sent: it may cost $0.04; the limit is $0.10 ($0.08 spent, $0 reserved)."
      )
      expect(yield* requestsTo("/images")).toBe(2)
      expect(yield* billed).toBeCloseTo(0.08, 9)
    }).pipe(Effect.provide(within({ limitUsd: 0.1 })))
  )

  it.effect("is exact when many ask at once", () =>
    Effect.gen(function* () {
      const exits = yield* Effect.all(
        Array.from({ length: 50 }, () => Effect.exit(Images.generate(request))),
        { concurrency: "unbounded" }
      )
      // 0.28 is seven times 0.04, which a sum of binary fractions would overshoot.
      expect(exits.filter(Exit.isSuccess)).toHaveLength(7)
      expect(yield* statusOf).toEqual({ spentUsd: 0.28, reservedUsd: 0, remainingUsd: 0 })
    }).pipe(Effect.provide(within({ limitUsd: 0.28 })))
  )

  it.effect("sets the most aside while a generation is under way, and settles with what it cost", () =>
    Effect.gen(function* () {
      const budget = yield* Budget.Budget
      const seen = yield* Deferred.make<Budget.Status>()
      yield* Images.generate(
        { ...gpt, prompt: "another red panda" },
        { onAttempt: Effect.ignore(Effect.flatMap(budget.status, (status) => Deferred.succeed(seen, status))) }
      )
      const during = yield* Deferred.await(seen)
      expect(during.spentUsd).toBe(0)
      expect(during.reservations).toMatchObject([{ model: gpt.model, state: "running" }])
      const after = yield* statusOf
      expect(after.reservedUsd).toBe(0)
      expect(after.spentUsd).toBeCloseTo(yield* billed, 9)
      expect(after.spentUsd).toBeLessThan(during.reservedUsd)
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )

  it.effect("releases what was not billed, spends what was, and keeps what may have been", () =>
    Effect.gen(function* () {
      yield* Effect.flip(Images.generate(request, withFault({ _tag: "Status", status: 500 })))
      expect(yield* statusOf).toMatchObject({ spentUsd: 0, reservedUsd: 0 })
      yield* Effect.flip(Images.generate(request, withFault({ _tag: "Corrupt", how: "badBase64" })))
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.04, reservedUsd: 0 })
      yield* Effect.flip(Images.generate(request, withFault(lost)))
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.04, reservedUsd: 0.04 })
      expect(yield* billed).toBeCloseTo(0.08, 9)
      const { reservations } = yield* Budget.status
      // The second was billed, and nobody has said how much.
      expect(reservations.map(({ state, usd }) => [state, usd])).toEqual([
        ["billed", 0.04],
        ["unknown", 0.04]
      ])
      const reservation = reservations.find(({ state }) => state === "unknown")
      expect(yield* Budget.settle(reservation?.id ?? "", 0.04)).toBe(true)
      expect(yield* Budget.settle("never seen", 1)).toBe(false)
      expect(yield* statusOf).toEqual({ spentUsd: 0.08, reservedUsd: 0, remainingUsd: 0.92 })
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )

  it.effect("keeps what was interrupted in an attempt, and nothing where none had begun", () =>
    Effect.gen(function* () {
      const { requests } = yield* Emulator.Emulator
      const running = yield* Effect.fork(Images.generate(request, withFault({ _tag: "Stall", at: "head" })))
      yield* passing(Effect.repeat(requests, { until: (all) => all.some(({ path }) => path.endsWith("/images")) }))
      yield* Fiber.interrupt(running)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0, reservedUsd: 0.04 })
      const started = yield* Deferred.make<void>()
      const waiting = yield* Effect.fork(
        Images.generate(request, { onAttempt: Effect.zipRight(Deferred.succeed(started, undefined), Effect.never) })
      )
      yield* Deferred.await(started)
      yield* Fiber.interrupt(waiting)
      const early = yield* Effect.fork(Images.generate(request))
      yield* Fiber.interrupt(early)
      expect(yield* statusOf).toMatchObject({ reservedUsd: 0.04 })
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )

  it.effect("counts the attempts of a policy that may pay twice", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* Budget.status
      const retry = Retry.make({ while: Retry.whenTransient, initialInterval: 0, jitter: false })
      yield* Images.generate(request)
      yield* emulator.script([lost, lost])
      yield* Images.generate(request, { retry })
      expect(yield* billed).toBeCloseTo(0.16, 9)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.08, reservedUsd: 0.08 })
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )

  it.effect.each<[ending: string, fault: object, reservedUsd: number, ledgerUsd: number]>([
    ["may have been billed", lost, 0.04, 0.04],
    ["cost nothing", { _tag: "Status", status: 429 }, 0, 0]
  ])("counts once an attempt that %s, when the call is interrupted before the next one", ([_, fault, usd, ledger]) =>
    Effect.gen(function* () {
      const retry = Retry.make({ while: Retry.whenTransient, initialInterval: "20 seconds", jitter: false })
      for (const streamed of [false, true]) {
        const ended = yield* Deferred.make<void>()
        const onAttemptEnd = () => Effect.asVoid(Deferred.succeed(ended, undefined))
        const options = { ...withFault(fault), retry, onAttemptEnd }
        const before = yield* statusOf
        const billedBefore = yield* billed
        const running = yield* Effect.fork(
          streamed ? Stream.runDrain(Images.generateStream(request, options)) : Images.generate(request, options)
        )
        yield* passing(Deferred.await(ended))
        yield* Fiber.interrupt(running)
        const after = yield* statusOf
        expect(after.reservedUsd - before.reservedUsd).toBeCloseTo(usd, 9)
        expect(after.spentUsd).toBe(0)
        expect((yield* billed) - billedBefore).toBeCloseTo(ledger, 9)
      }
      expect(yield* requestsTo("/images")).toBe(2)
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )

  it.effect("counts within a window only what was spent in it", () =>
    Effect.gen(function* () {
      yield* Images.generate(request)
      yield* TestClock.adjust("30 minutes")
      yield* Images.generate(request)
      expect((yield* Effect.flip(Images.generate(request)))._tag).toBe("BudgetExceededError")
      yield* TestClock.adjust("29 minutes")
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.08 })
      // What was spent is gathered into 64 parts of the window, and leaves it with its part.
      yield* TestClock.adjust("2 minutes")
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.04 })
      yield* Images.generate(request)
      yield* TestClock.adjust("2 hours")
      expect(yield* statusOf).toEqual({ spentUsd: 0, reservedUsd: 0, remainingUsd: 0.08 })
    }).pipe(Effect.provide(within({ limitUsd: 0.08, window: "1 hour" })))
  )

  it.effect("lets nothing but what is free through at zero, and says what is wrong with a limit", () =>
    Effect.gen(function* () {
      const free = {
        model: "black-forest-labs/flux.2-klein-4b",
        prompt: "a cat",
        size: "16x16",
        provider: { only: ["deepinfra"] }
      }
      expect((yield* Images.generate(free).pipe(Effect.provide(within({ limitUsd: 0 })))).data).toHaveLength(1)
      const refused = yield* Effect.flip(Images.generate(request)).pipe(Effect.provide(within({ limitUsd: 0 })))
      expect(refused._tag).toBe("BudgetExceededError")
      const invalid = yield* Effect.flip(Images.generate(request)).pipe(
        Effect.provide(within({ limitUsd: Number.NaN }))
      )
      expect(invalid).toMatchObject({
        _tag: "InvalidRequestError",
        issues: [{ path: ["budget", "limitUsd"], message: "must be US dollars, zero or more, got NaN" }]
      })
    })
  )

  it.effect.each([
    ["another name", { limit: 5 }, "limitUsd", "must be US dollars, zero or more, got undefined"],
    [
      "a window without a space",
      { limitUsd: 5, window: "1day" },
      "window",
      'must be a positive and finite duration, such as "1 day", or absent for a limit for ever, got "1day"'
    ]
  ] as const)("names the right word where a program in JavaScript has %s", ([, options, name, message]) =>
    Effect.gen(function* () {
      // @ts-expect-error the compiler says so, too
      const refused = yield* Effect.flip(Images.generate(request)).pipe(Effect.provide(within(options)))
      expect(refused).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["budget", name], message }] })
    })
  )

  it("has exact types", () => {
    expectTypeOf(Budget.layer({ limitUsd: 1 })).toEqualTypeOf<
      Layer.Layer<Images.Images | Budget.Budget, never, Images.Images | Catalog.Catalog>
    >()
    expectTypeOf(Budget.layerWithStore({ limitUsd: 1 })).toEqualTypeOf<
      Layer.Layer<Images.Images | Budget.Budget, never, Images.Images | Catalog.Catalog | Budget.BudgetStore>
    >()
    expectTypeOf(Budget.status).toEqualTypeOf<Effect.Effect<Budget.Status, Budget.BudgetStoreError, Budget.Budget>>()
  })
})

describe("a stream within a budget", () => {
  it.effect("costs what its last picture says, and nothing more is set aside", () =>
    Effect.gen(function* () {
      yield* Stream.runDrain(Images.generateStream(gpt))
      const { reservedUsd, spentUsd } = yield* statusOf
      expect(reservedUsd).toBe(0)
      expect(spentUsd).toBeCloseTo(yield* billed, 9)
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )

  it.effect("is released, or kept, as its error says", () =>
    Effect.gen(function* () {
      const failing = (how: string) =>
        Effect.flip(Stream.runDrain(Images.generateStream(gpt, withFault({ _tag: "Stream", how }))))
      expect((yield* failing("error"))._tag).toBe("ImageStreamError")
      expect(yield* statusOf).toMatchObject({ spentUsd: 0, reservedUsd: 0 })
      expect((yield* failing("endEarly"))._tag).toBe("IncompleteStreamError")
      expect((yield* Budget.status).reservations).toMatchObject([{ state: "unknown" }])
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )

  it.effect("may have been billed when nobody reads it to its end, and is known once its picture is there", () =>
    Effect.gen(function* () {
      yield* Images.generateStream(gpt).pipe(Stream.take(1), Stream.runDrain)
      expect((yield* Budget.status).reservations).toMatchObject([{ state: "unknown" }])
      const before = yield* statusOf
      yield* Images.generateStream(gpt).pipe(
        Stream.takeUntil(({ _tag }) => _tag === "Completed"),
        Stream.runDrain
      )
      const after = yield* statusOf
      expect(after.reservedUsd).toBe(before.reservedUsd)
      expect(after.spentUsd).toBeGreaterThan(0)
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )

  it.effect("is refused before it is opened", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Stream.runDrain(Images.generateStream(gpt)))
      expect(error).toMatchObject({ _tag: "BudgetExceededError", operation: "generateStream" })
      expect(yield* requestsTo("/images")).toBe(0)
    }).pipe(Effect.provide(within({ limitUsd: 0.000001 })))
  )
})

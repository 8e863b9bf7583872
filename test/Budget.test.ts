import { KeyValueStore } from "@effect/platform"
import { SystemError } from "@effect/platform/Error"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import {
  Deferred,
  Effect,
  Exit,
  FastCheck,
  Fiber,
  Layer,
  Logger,
  Option,
  Ref,
  Runtime,
  Stream,
  TestClock
} from "effect"
import { Budget, Catalog, type Errors, Images, type ImagesSchema, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { billed, emulated, requestsTo, withFault } from "./support/emulated.js"

type Request = ImagesSchema.ImageGenerationRequest

/** A picture costs 4 cents at one endpoint and 4.5 at the other; only the first is asked. */
const request: Request = {
  model: "bytedance-seed/seedream-4.5",
  prompt: "a red panda",
  size: "32x32",
  provider: { only: ["seed"] }
}
const gpt: Request = { model: "openai/gpt-image-1", prompt: "a red panda", size: "32x32" }

const within = (options: Budget.Options) =>
  Budget.layer(options).pipe(Layer.provide(Catalog.layer()), Layer.provideMerge(emulated()))

const statusOf = Effect.map(Budget.status, ({ remainingUsd, reservedUsd, spentUsd }) => ({
  spentUsd,
  reservedUsd,
  remainingUsd
}))

const lost = { _tag: "Reset", at: "head", afterCompletion: true } as const

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
        "The budget does not allow it, so nothing was sent: it may cost $0.04; of $0.1, $0.08 are spent and $0 reserved."
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
      yield* Effect.flip(Images.generate(request, withFault({ _tag: "Corrupt", how: "notJson" })))
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.04, reservedUsd: 0 })
      yield* Effect.flip(Images.generate(request, withFault(lost)))
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.04, reservedUsd: 0.04 })
      expect(yield* billed).toBeCloseTo(0.08, 9)
      const [reservation] = (yield* Budget.status).reservations
      expect(reservation).toMatchObject({ state: "unknown", usd: 0.04 })
      expect(yield* Budget.settle(reservation?.id ?? "", 0.04)).toBe(true)
      expect(yield* Budget.settle("never seen", 1)).toBe(false)
      expect(yield* statusOf).toEqual({ spentUsd: 0.08, reservedUsd: 0, remainingUsd: 0.92 })
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )

  it.effect("keeps what was interrupted, unless nothing had been set aside", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<void>()
      const running = yield* Effect.fork(
        Images.generate(request, { onAttempt: Effect.zipRight(Deferred.succeed(started, undefined), Effect.never) })
      )
      yield* Deferred.await(started)
      yield* Fiber.interrupt(running)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0, reservedUsd: 0.04 })
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

/** One endpoint with a price list that nobody understands; each picture says what it cost, if it does. */
const strange = (cost: number | undefined) => {
  const endpoint: ImagesSchema.ImageEndpoint = {
    providerName: "Only",
    providerSlug: "only",
    providerTag: null,
    supportedParameters: {},
    allowedPassthroughParameters: [],
    supportsStreaming: false,
    pricing: [
      { billable: "output_image", unit: "image", costUsd: 0.01 },
      { billable: "gpu_time", unit: "second", costUsd: 0.001 }
    ]
  }
  return Layer.succeed(Images.Images, {
    generate: () =>
      Effect.succeed({
        created: 1,
        data: [],
        ...(cost === undefined ? {} : { usage: { promptTokens: 0, completionTokens: 0, totalTokens: 0, cost } })
      }),
    generateStream: () => Stream.dieMessage("not used here"),
    listModels: () => Effect.dieMessage("not used here"),
    listModelEndpoints: (id) => Effect.succeed({ id: String(id), endpoints: [endpoint] })
  })
}

describe("a cost that is not known", () => {
  const generated = (options: Budget.Options, images: Layer.Layer<Images.Images>) =>
    Effect.gen(function* () {
      const result = yield* Effect.either(Images.generate({ model: "a/b", prompt: "a cat" }))
      return { result, status: yield* statusOf }
    }).pipe(Effect.provide(Budget.layer(options).pipe(Layer.provide(Catalog.layer()), Layer.provide(images))))

  it.effect("is refused, unless the budget allows it", () =>
    Effect.gen(function* () {
      const { result } = yield* generated({ limitUsd: 1 }, strange(0.5))
      expect(result).toMatchObject({ left: { _tag: "BudgetExceededError", reason: "unknownCost", quoteUsd: 0.01 } })
      const { status } = yield* generated({ limitUsd: 1, onUnknownCost: "allow" }, strange(0.5))
      expect(status).toEqual({ spentUsd: 0.5, reservedUsd: 0, remainingUsd: 0.5 })
      const silent = yield* generated({ limitUsd: 1, onUnknownCost: "allow" }, strange(undefined))
      expect(silent.status).toEqual({ spentUsd: 0.01, reservedUsd: 0, remainingUsd: 0.99 })
      const beyond = yield* generated({ limitUsd: 1, onUnknownCost: "allow" }, strange(3))
      expect(beyond.status).toEqual({ spentUsd: 3, reservedUsd: 0, remainingUsd: 0 })
    })
  )

  it.effect("is that of a catalogue which cannot be asked: its own failure, or let through", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      const with500 = (options: Budget.Options) =>
        Effect.gen(function* () {
          yield* emulator.script([{ _tag: "Status", status: 500 }])
          const images = yield* Images.Images
          return yield* generated(
            options,
            Layer.succeed(Images.Images, { ...images, generate: (_) => images.generate(request) })
          )
        })
      const refused = yield* with500({ limitUsd: 1 })
      expect(refused.result).toMatchObject({
        left: { _tag: "InternalServerResponseError", operation: "listModelEndpoints", billing: "notBilled" }
      })
      const allowed = yield* with500({ limitUsd: 1, onUnknownCost: "allow" })
      expect(allowed.status.spentUsd).toBe(0.04)
    }).pipe(Effect.provide(emulated()))
  )
})

describe("the ledger's store", () => {
  const stored = (store: Layer.Layer<KeyValueStore.KeyValueStore>, options: Budget.Options = { limitUsd: 0.1 }) =>
    Budget.layerWithStore(options).pipe(
      Layer.provide(Budget.layerStoreKeyValueStore()),
      Layer.provide(store),
      Layer.provide(Catalog.layer()),
      Layer.provideMerge(emulated())
    )

  it.effect("keeps the ledger over restarts, with what was under way", () =>
    Effect.gen(function* () {
      const kept = Layer.succeed(KeyValueStore.KeyValueStore, yield* KeyValueStore.KeyValueStore)
      yield* Effect.provide(Images.generate(request), stored(kept))
      yield* Effect.provide(Effect.flip(Images.generate(request, withFault(lost))), stored(kept))
      const [status, error] = yield* Effect.provide(
        Effect.all([statusOf, Effect.flip(Images.generate(request))]),
        stored(kept)
      )
      expect(status).toEqual({ spentUsd: 0.04, reservedUsd: 0.04, remainingUsd: 0.02 })
      expect(error._tag).toBe("BudgetExceededError")
    }).pipe(Effect.provide(KeyValueStore.layerMemory))
  )

  it.effect("is exact when many ask at once", () =>
    Effect.gen(function* () {
      const exits = yield* Effect.all(
        Array.from({ length: 20 }, () => Effect.exit(Images.generate(request))),
        { concurrency: "unbounded" }
      )
      expect(exits.filter(Exit.isSuccess)).toHaveLength(2)
    }).pipe(Effect.provide(stored(KeyValueStore.layerMemory)))
  )

  /** A store whose writes fail from one on. */
  const failing = (writes: number) =>
    Layer.effect(
      KeyValueStore.KeyValueStore,
      Effect.map(Ref.make(0), (count) => {
        const data = new Map<string, string>()
        return KeyValueStore.makeStringOnly({
          get: (key) => Effect.sync(() => Option.fromNullable(data.get(key))),
          remove: () => Effect.void,
          clear: Effect.void,
          size: Effect.succeed(0),
          set: (key, value) =>
            Effect.flatMap(
              Ref.getAndUpdate(count, (n) => n + 1),
              (n) =>
                n < writes
                  ? Effect.sync(() => void data.set(key, value))
                  : new SystemError({
                      reason: "Unknown",
                      module: "KeyValueStore",
                      method: "set",
                      description: "the disk is full"
                    })
            )
        })
      })
    )

  it.effect("stops the spending when it cannot be written", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Images.generate(request))
      expect(error).toMatchObject({ _tag: "BudgetExceededError", reason: "ledger", quoteUsd: 0.04 })
      expect(error.message).toContain("the disk is full")
      expect(yield* requestsTo("/images")).toBe(0)
    }).pipe(Effect.provide(stored(failing(0))))
  )

  it.effect("loses no picture when it fails after it was paid", () => {
    const lines: Array<string> = []
    const logger = Logger.make(({ message }) => void lines.push(String(message)))
    return Effect.gen(function* () {
      expect((yield* Images.generate(request)).data).toHaveLength(1)
      expect(lines).toEqual([expect.stringContaining("$0.04 stay set aside")])
    }).pipe(Effect.provide([stored(failing(1)), Logger.replace(Logger.defaultLogger, logger)]))
  })
})

describe("whatever happens", () => {
  const faults = FastCheck.constantFrom(
    undefined,
    undefined,
    lost,
    { _tag: "Status", status: 500 } as const,
    { _tag: "Status", status: 502, body: "html", afterCompletion: true } as const,
    { _tag: "Reset", at: "body" } as const,
    { _tag: "Corrupt", how: "badBase64" } as const,
    { _tag: "Corrupt", how: "missingField" } as const,
    { _tag: "Stream", how: "endEarly" } as const,
    { _tag: "Stream", how: "error" } as const
  )
  const call = FastCheck.record({
    model: FastCheck.constantFrom(request, gpt, {
      model: "black-forest-labs/flux.2-pro",
      prompt: "a cat",
      size: "64x64"
    }),
    n: FastCheck.constantFrom(undefined, 1, 2),
    streamed: FastCheck.boolean(),
    eager: FastCheck.boolean(),
    interruptedAfter: FastCheck.oneof(
      { arbitrary: FastCheck.constant(null), weight: 5 },
      { arbitrary: FastCheck.integer({ min: 0, max: 40 }), weight: 1 }
    ),
    fault: faults
  })

  it.live("the emulator has never billed more than the limit, nor more than the ledger says", () =>
    Effect.gen(function* () {
      const run = Runtime.runPromise(yield* Effect.runtime<never>())
      const seen = { served: 0, refused: 0 }
      const property = FastCheck.asyncProperty(
        FastCheck.array(call, { minLength: 1, maxLength: 12 }),
        FastCheck.integer({ min: 0, max: 80 }).map((cents) => cents / 100),
        (calls, limitUsd) =>
          run(
            Effect.gen(function* () {
              yield* Effect.forEach(
                calls,
                ({ eager, fault, interruptedAfter, model, n, streamed }) => {
                  const asked = n === undefined || model.model.startsWith("black-forest") ? model : { ...model, n }
                  const retry = eager ? Retry.make({ initialInterval: 0, maxRetries: 2 }) : Retry.none
                  const options = { retry, ...(fault === undefined ? {} : withFault(fault)) }
                  const one: Effect.Effect<unknown, Errors.GenerateStreamError, Images.Images> = streamed
                    ? Stream.runDrain(Images.generateStream(asked, options))
                    : Images.generate(asked, options)
                  return Effect.gen(function* () {
                    const fiber = yield* Effect.fork(one)
                    for (let i = 0; i < (interruptedAfter ?? 0); i++) yield* Effect.yieldNow()
                    const exit = interruptedAfter === null ? yield* Fiber.await(fiber) : yield* Fiber.interrupt(fiber)
                    seen[Exit.isSuccess(exit) ? "served" : "refused"]++
                  })
                },
                { concurrency: "unbounded", discard: true }
              )
              const total = yield* billed
              const { reservations, reservedUsd, spentUsd } = yield* Budget.status
              expect(total).toBeLessThanOrEqual(limitUsd + 1e-9)
              expect(total).toBeLessThanOrEqual(spentUsd + reservedUsd + 1e-9)
              expect(spentUsd + reservedUsd).toBeLessThanOrEqual(limitUsd + 1e-9)
              expect(reservations.every(({ state }) => state === "unknown")).toBe(true)
            }).pipe(Effect.provide(within({ limitUsd })))
          )
      )
      yield* Effect.promise(() => FastCheck.assert(property, { numRuns: 100 }))
      expect(seen.served).toBeGreaterThan(20)
      expect(seen.refused).toBeGreaterThan(20)
    })
  )
})

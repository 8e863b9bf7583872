import { KeyValueStore } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Exit, FastCheck, Fiber, Layer, Runtime, Stream } from "effect"
import { Budget, Catalog, type Errors, Images, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { gpt, lost, request, statusOf, within } from "../../support/budgeted.js"
import { storeOf } from "../../support/caching.js"
import { billed, emulated, requestsTo, withFault } from "../../support/emulated.js"
import { interruptedExit } from "../../support/fibers.js"
import { logged } from "../../support/logged.js"
import { partialImages, priced } from "../../support/partialImages.js"
import { brokenDisk } from "../../support/stores.js"

/** One endpoint with a price list that nobody understands; each picture says what it cost, if it does. */
const strange = (cost: number | undefined) =>
  partialImages({
    ...priced([
      { billable: "output_image", unit: "image", costUsd: 0.01 },
      { billable: "gpu_time", unit: "second", costUsd: 0.001 }
    ]),
    generate: () =>
      Effect.succeed({
        created: 1,
        data: [],
        ...(cost === undefined ? {} : { usage: { promptTokens: 0, completionTokens: 0, totalTokens: 0, cost } })
      })
  })

describe("a cost that is not known", () => {
  const generated = (options: Budget.Options, images: Layer.Layer<Images.Images>) =>
    Effect.gen(function* () {
      const result = yield* Effect.either(Images.generate({ model: "a/b", prompt: "a cat" }))
      return { ended: Either.merge(result), status: yield* statusOf }
    }).pipe(Effect.provide(Budget.layer(options).pipe(Layer.provide(Catalog.layer()), Layer.provide(images))))

  it.effect("is refused, unless the budget allows it", () =>
    Effect.gen(function* () {
      const { ended } = yield* generated({ limitUsd: 1 }, strange(0.5))
      expect(ended).toMatchObject({ _tag: "BudgetExceededError", reason: "unknownCost", quoteUsd: 0.01 })
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
      expect(refused.ended).toMatchObject({
        _tag: "InternalServerResponseError",
        operation: "listModelEndpoints",
        billing: "notBilled"
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
  const failing = (writes: number) => {
    let left = writes
    return storeOf((operation) => (operation === "set" && left-- <= 0 ? Effect.fail(brokenDisk) : Effect.void)).layer
  }

  it.effect("stops the spending when it cannot be written", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Images.generate(request))
      expect(error).toMatchObject({ _tag: "BudgetExceededError", reason: "ledger", quoteUsd: 0.04 })
      expect(error.message).toContain("the disk is broken")
      expect(yield* requestsTo("/images")).toBe(0)
    }).pipe(Effect.provide(stored(failing(0))))
  )

  it.effect("loses no picture when it fails after it was paid", () =>
    Effect.gen(function* () {
      const [response, lines] = yield* logged(Images.generate(request))
      expect(response.data).toHaveLength(1)
      expect(lines.map(([, line]) => line)).toEqual([expect.stringContaining("$0.04 stay set aside")])
    }).pipe(Effect.provide(stored(failing(1))))
  )
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
      model: "black-forest-labs/flux.2-flex",
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

  it.live(
    "the emulator has never billed more than the limit, nor more than the ledger says",
    () =>
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
                      const exit = interruptedAfter === null ? yield* Fiber.await(fiber) : yield* interruptedExit(fiber)
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
                expect(reservations.filter(({ state }) => state === "running")).toEqual([])
              }).pipe(Effect.provide(within({ limitUsd })))
            )
        )
        yield* Effect.promise(() => FastCheck.assert(property, { numRuns: 100 }))
        expect(seen.served).toBeGreaterThan(20)
        expect(seen.refused).toBeGreaterThan(20)
      }),
    120_000
  )
})

import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Stream, type Tracer } from "effect"
import { Budget, Catalog, type Client, type Errors, Images, Reconcile, Retry } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { Emulator } from "effect-openrouter-images-emulator"
import { gpt, lost, request, statusOf } from "./support/budgeted.js"
import { billed, emulated, withFault } from "./support/emulated.js"
import { logged } from "./support/logged.js"
import { json, scripted } from "./support/memoryHttp.js"
import { metrics } from "./support/metrics.js"
import { pass, passing } from "./support/passing.js"
import { watching } from "./support/tracing.js"

/** The head has come, and the body breaks off: billed, with an id. */
const cut = { _tag: "Reset", at: "body" } as const

const emptyLedger: Budget.Ledger = { spent: [], reserved: [] }

const over = (store: Layer.Layer<Budget.BudgetStore>, options?: Reconcile.Options) =>
  Reconcile.layer(options).pipe(
    Layer.provideMerge(Budget.layerWithStore({ limitUsd: 1 })),
    Layer.provide(store),
    Layer.provide(Catalog.layer())
  )

const reconciled = (options?: Reconcile.Options, client?: Client.ClientOptions) =>
  Layer.provideMerge(over(memory(), options), emulated(client))

/** A store in memory that outlives its layers. */
const memory = (ledger: { current: Budget.Ledger } = { current: emptyLedger }) =>
  Layer.succeed(Budget.BudgetStore, {
    modify: (change) =>
      Effect.sync(() => {
        const [result, changed] = change(ledger.current)
        ledger.current = changed
        return result
      })
  })

const asked = Effect.flatMap(Emulator.Emulator, ({ requests }) =>
  Effect.map(requests, (all) => all.filter(({ path }) => path.includes("/generation?")).length)
)

const metricOf = (name: string): Effect.Effect<number> =>
  Effect.map(metrics, (all) => all.filter((each) => each.name === name).reduce((sum, { value }) => sum + value, 0))

const late = (delayMillis: number | null) =>
  Effect.flatMap(Emulator.Emulator, ({ records }) => records({ delayMillis }))

const failing = (fault: object = cut) => passing(Effect.flip(Images.generate(request, withFault(fault))))

/** Starts a call, and lets time pass until the head of its answer has come. */
const begun = <A, E, R>(call: (options: Images.RequestOptions) => Effect.Effect<A, E, R>, fault: object) =>
  Effect.gen(function* () {
    const head = yield* Deferred.make<string>()
    const options = { ...withFault(fault), onGenerationId: (id: string) => Effect.asVoid(Deferred.succeed(head, id)) }
    const fiber = yield* Effect.fork(call(options))
    return { fiber, generationId: yield* passing(Deferred.await(head)) }
  })

describe("a reservation of unknown cost", () => {
  it.effect("is settled in the background by the record of its generation", () =>
    Effect.gen(function* () {
      yield* late(150_000)
      const found = yield* Effect.fork(Stream.runCollect(Stream.take(Reconcile.settlements, 1)))
      expect(yield* failing()).toMatchObject({ billing: "unknown", generationId: expect.stringMatching(/^gen-img-/) })
      expect(yield* statusOf).toEqual({ spentUsd: 0, reservedUsd: 0.04, remainingUsd: 0.96 })
      yield* pass(120)
      expect(yield* statusOf).toEqual({ spentUsd: 0, reservedUsd: 0.04, remainingUsd: 0.96 })
      yield* pass(60)
      expect(yield* statusOf).toEqual({ spentUsd: 0.04, reservedUsd: 0, remainingUsd: 0.96 })
      expect(yield* billed).toBe(0.04)
      expect(Array.from(yield* Fiber.join(found))).toMatchObject([
        { reservation: { usd: 0.04, state: "unknown" }, settlement: { _tag: "Billed", costUsd: 0.04 } }
      ])
    }).pipe(Effect.provide(reconciled()))
  )

  it.effect("is given back where the record says that nothing was billed", () =>
    Effect.gen(function* () {
      expect(yield* failing({ _tag: "Status", status: 524 })).toMatchObject({ billing: "unknown" })
      expect(yield* statusOf).toMatchObject({ reservedUsd: 0.04 })
      yield* pass(30)
      expect(yield* statusOf).toEqual({ spentUsd: 0, reservedUsd: 0, remainingUsd: 1 })
      expect(yield* billed).toBe(0)
    }).pipe(Effect.provide(reconciled()))
  )

  it.effect("stays where there is no record, is asked about for a day, and is no longer then", () =>
    Effect.gen(function* () {
      const [, lines] = yield* logged(
        Effect.gen(function* () {
          yield* late(null)
          yield* failing()
          yield* pass(13 * 60)
          expect(yield* asked).toBe(9)
          yield* pass(24.5 * 3600, 300)
          expect(yield* asked).toBe(9 + 24)
          expect(yield* statusOf).toMatchObject({ reservedUsd: 0.04 })
        }).pipe(Effect.provide(reconciled()))
      )
      expect(lines.map(([, line]) => line)).toEqual([
        expect.stringMatching(
          /^Generation gen-img-\S+ has no record that says its cost after 1d .*: \$0\.04 stay set aside$/
        )
      ])
    })
  )

  it.effect("without an id stays as it is, and nothing is asked", () =>
    Effect.gen(function* () {
      expect(yield* failing(lost)).toMatchObject({ billing: "unknown" })
      yield* pass(60)
      expect([yield* asked, yield* statusOf]).toMatchObject([0, { reservedUsd: 0.04 }])
    }).pipe(Effect.provide(reconciled()))
  )

  it.effect.each<
    [string, (options: Images.RequestOptions) => Effect.Effect<unknown, Errors.GenerateStreamError, Images.Images>]
  >([
    ["buffered", (options) => Images.generate(request, options)],
    ["streamed", (options) => Stream.runDrain(Images.generateStream(request, options))]
  ])("of a call that was interrupted within its answer is settled too, %s", ([, call]) =>
    Effect.gen(function* () {
      const { fiber } = yield* begun(call, { _tag: "Stall", at: "body", bytes: 1000, afterCompletion: true })
      yield* Fiber.interrupt(fiber)
      expect(yield* statusOf).toMatchObject({ reservedUsd: 0.04 })
      yield* pass(60)
      expect(yield* statusOf).toMatchObject({ reservedUsd: 0, spentUsd: 0.04 })
      expect(yield* billed).toBe(0.04)
    }).pipe(Effect.provide(reconciled()))
  )

  it.effect("is exact in the end for a picture that did not say its cost", () =>
    Effect.gen(function* () {
      const { script } = yield* Emulator.Emulator
      yield* Images.listModelEndpoints(gpt.model)
      yield* script([null, { _tag: "Edit", how: "usageNull" }])
      yield* passing(Images.generate(gpt))
      const { reservations, spentUsd } = yield* Budget.status
      expect(reservations).toMatchObject([{ state: "billed", usd: spentUsd }])
      yield* pass(60)
      expect(yield* statusOf).toMatchObject({ reservedUsd: 0, spentUsd: yield* billed })
      expect(yield* billed).toBeLessThan(spentUsd)
    }).pipe(Effect.provide(reconciled()))
  )

  it.effect("is asked about again after failures of the API, and all together at most a few times a second", () =>
    Effect.gen(function* () {
      const { requests, script } = yield* Emulator.Emulator
      const ledger = { current: emptyLedger }
      yield* late(200_000)
      yield* Effect.replicateEffect(failing(), 20).pipe(Effect.provide(Layer.fresh(over(memory(ledger)))))
      expect(ledger.current.reserved).toHaveLength(20)
      yield* script(Array.from({ length: 30 }, () => ({ _tag: "Status", status: 503 }) as const))
      const counts = [(yield* requests).length]
      const counting = Effect.zipRight(
        pass(2.5),
        Effect.map(requests, ({ length }) => counts.push(length))
      )
      yield* Effect.replicateEffect(counting, 160).pipe(Effect.provide(Layer.fresh(over(memory(ledger)))))
      expect(ledger.current.reserved).toEqual([])
      expect(ledger.current.spent.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(0.8)
      const rates = counts.slice(1).map((count, i) => (count - (counts[i] ?? 0)) / 2.5)
      expect(Math.max(...rates)).toBeGreaterThan(2)
      expect(Math.max(...rates)).toBeLessThan(4)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("of an earlier attempt, which was retried although that may pay twice, is settled beside the last", () =>
    Effect.gen(function* () {
      const { script } = yield* Emulator.Emulator
      yield* Images.listModelEndpoints(request.model)
      yield* script([null, cut])
      yield* passing(Images.generate(request))
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.04, reservedUsd: 0.04 })
      yield* pass(30)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.08, reservedUsd: 0 })
      expect(yield* billed).toBe(0.08)
    }).pipe(Effect.provide(reconciled({}, { retry: Retry.make({ while: Retry.whenTransient, maxRetries: 1 }) })))
  )

  it.effect.each<[countUpstreamCost: boolean, spentUsd: number]>([
    [true, 0.041],
    [false, 0.001]
  ])("counts as the budget does: countUpstreamCost %s, $%d", ([countUpstreamCost, spentUsd]) =>
    Effect.gen(function* () {
      yield* Effect.flip(Images.generate({ model: "a/b", prompt: "a cat" }))
      yield* pass(30)
      expect(yield* statusOf).toMatchObject({ reservedUsd: 0, spentUsd })
    }).pipe(
      Effect.provide(
        Reconcile.layer().pipe(
          Layer.provideMerge(Budget.layer({ limitUsd: 1, countUpstreamCost })),
          Layer.provide(Catalog.layer()),
          Layer.provide(Testing.layer({ generate: Testing.error("RequestTimeoutError", { generationId: "gen-1" }) })),
          Layer.provide(
            scripted([json(200, { data: { total_cost: 0.001, is_byok: true, upstream_inference_cost: 0.04 } })]).layer
          )
        )
      )
    )
  )
})

describe("a ledger that is kept", () => {
  it.effect("names the generation of a call as soon as the head of its answer has come", () =>
    Effect.gen(function* () {
      const ledger = { current: emptyLedger }
      const { fiber, generationId } = yield* begun(
        (options) => Effect.provide(Images.generate(request, options), over(memory(ledger))),
        { _tag: "Stall", at: "body", bytes: 1000, afterCompletion: true }
      )
      yield* pass(5)
      expect(ledger.current.reserved).toEqual([expect.objectContaining({ state: "running", usd: 0.04, generationId })])
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("is settled by the next run of a program that died, with what was in flight and what was unknown", () =>
    Effect.gen(function* () {
      const ledger = { current: emptyLedger }
      yield* late(60_000)
      const call = failing()
      yield* Effect.provide(call, Layer.fresh(over(memory(ledger))))
      // What a process leaves behind that is killed within an answer.
      yield* Effect.provide(call, Layer.fresh(over(memory(ledger))))
      ledger.current = {
        ...ledger.current,
        reserved: ledger.current.reserved.map((one, i) => (i === 1 ? { ...one, state: "running" } : one))
      }
      expect(ledger.current.reserved.map(({ state }) => state)).toEqual(["unknown", "running"])
      yield* Effect.provide(
        Effect.zipRight(
          pass(100),
          Effect.map(statusOf, (status) => expect(status).toMatchObject({ spentUsd: 0.08, reservedUsd: 0 }))
        ),
        Layer.fresh(over(memory(ledger)))
      )
      expect(yield* billed).toBe(0.08)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("is not settled by the record of an attempt that is being retried", () =>
    Effect.gen(function* () {
      const { script } = yield* Emulator.Emulator
      const ledger = { current: emptyLedger }
      yield* Images.listModelEndpoints(request.model)
      // The first attempt fails with an id and costs nothing. The second waits two minutes for it, and is then cut.
      const wait = { "retry-after": "120" }
      yield* script([null, { _tag: "Status", status: 502, headers: wait }, cut])
      const retry = Retry.make({ maxRetryAfter: "5 minutes", maxRetries: 1 })
      const call = Effect.exit(Images.generate(request, { retry }))
      const running = yield* Effect.fork(Effect.provide(call, Layer.fresh(over(memory(ledger)))))
      yield* pass(20)
      expect(ledger.current.reserved).toMatchObject([{ state: "running", usd: 0.04 }])
      // Another process begins, and would find the record of the first attempt.
      yield* Effect.gen(function* () {
        yield* pass(60)
        expect(ledger.current.reserved).toMatchObject([{ state: "running", usd: 0.04 }])
        yield* passing(Fiber.join(running))
        yield* Effect.flatMap(Budget.status, ({ reservations }) =>
          Effect.sync(() => expect(reservations).toMatchObject([{ state: "unknown" }]))
        )
      }).pipe(Effect.provide(Layer.fresh(over(memory(ledger)))))
      yield* Effect.provide(pass(60), Layer.fresh(over(memory(ledger))))
      expect(ledger.current).toMatchObject({ spent: [{ usd: 0.04 }], reserved: [] })
      expect(yield* billed).toBe(0.04)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("keeps what a running attempt reserves although its record says that it cost nothing, for an hour", () =>
    Effect.gen(function* () {
      const ledger = { current: emptyLedger }
      yield* Effect.provide(failing({ _tag: "Status", status: 524 }), Layer.fresh(over(memory(ledger))))
      const died = ledger.current.reserved.map((one) => ({ ...one, state: "running" as const }))
      ledger.current = { ...ledger.current, reserved: died }
      yield* Effect.gen(function* () {
        yield* pass(120)
        expect(yield* statusOf).toMatchObject({ reservedUsd: 0.04 })
        yield* pass(2 * 3600, 300)
        expect(yield* statusOf).toMatchObject({ reservedUsd: 0, spentUsd: 0 })
      }).pipe(Effect.provide(Layer.fresh(over(memory(ledger)))))
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("that cannot be read at first is looked at again soon", () =>
    Effect.gen(function* () {
      const ledger = { current: emptyLedger }
      yield* Effect.provide(failing(), Layer.fresh(over(memory(ledger))))
      let broken = 3
      const { modify } = yield* Effect.provide(Budget.BudgetStore, memory(ledger))
      const store = Layer.succeed(Budget.BudgetStore, {
        modify: (change) =>
          broken-- > 0 ? Effect.fail(new Budget.BudgetStoreError({ message: "away" })) : modify(change)
      })
      yield* Effect.provide(pass(120), Layer.fresh(over(store)))
      expect(ledger.current).toMatchObject({ spent: [{ usd: 0.04 }], reserved: [] })
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("is settled later where the API refused to say: the hour's look asks again", () =>
    Effect.gen(function* () {
      const { requests, script } = yield* Emulator.Emulator
      const ledger = { current: emptyLedger }
      yield* Effect.provide(failing(), Layer.fresh(over(memory(ledger))))
      yield* script([{ _tag: "Status", status: 402 }])
      const before = (yield* requests).length
      yield* Effect.gen(function* () {
        yield* pass(60)
        expect([(yield* requests).length - before, ledger.current.reserved.length]).toEqual([1, 1])
        yield* pass(2 * 3600, 300)
        expect(ledger.current).toMatchObject({ spent: [{ usd: 0.04 }], reserved: [] })
      }).pipe(Effect.provide(Layer.fresh(over(memory(ledger)))))
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("counts once what another process settles while the call still runs", () =>
    Effect.gen(function* () {
      const ledger = { current: emptyLedger }
      const { fiber } = yield* begun(
        (options) => Effect.provide(Images.generate(request, options), Layer.fresh(over(memory(ledger)))),
        { _tag: "Pace", chunkBytes: 2000, everyMillis: 10_000, afterCompletion: true }
      )
      // The call has its record already, because the emulator has drawn the picture and only sends it slowly.
      yield* Effect.gen(function* () {
        yield* pass(40)
        expect(yield* statusOf).toMatchObject({ spentUsd: 0.04, reservedUsd: 0 })
      }).pipe(Effect.provide(Layer.fresh(over(memory(ledger)))))
      expect((yield* passing(Fiber.join(fiber))).usage?.cost).toBe(0.04)
      expect(ledger.current).toEqual({ spent: [{ usd: 0.04, at: expect.any(Number) }], reserved: [] })
    }).pipe(Effect.provide(emulated()))
  )
})

describe("what was found out", () => {
  it.effect("is a span that is linked to the call's own, and in the metrics", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const recording = yield* watching((span) => void spans.push(span))
      const costBefore = yield* metricOf("openrouter.client.settled_cost")
      yield* Effect.gen(function* () {
        yield* failing()
        yield* pass(30)
      }).pipe(Effect.provide(Layer.fresh(over(memory()))), Effect.withTracer(recording))
      const call = spans.find(({ name }) => name === "Images.generate")
      const settled = spans.find(({ name }) => name === "Reconcile.settle")
      expect(settled?.links).toEqual([expect.objectContaining({ span: call })])
      expect(Object.fromEntries(settled?.attributes ?? [])).toMatchObject({
        "gen_ai.request.model": request.model,
        "gen_ai.response.id": expect.stringMatching(/^gen-img-/),
        "openrouter.billing": "billed",
        "openrouter.cost_usd": 0.04
      })
      expect((yield* metricOf("openrouter.client.settled_cost")) - costBefore).toBeCloseTo(0.04)
    }).pipe(Effect.provide(emulated()))
  )
})

describe("the layer", () => {
  it.effect("ends with its scope", () =>
    Effect.gen(function* () {
      yield* Effect.provide(failing(), Layer.fresh(over(memory())))
      yield* pass(60)
      expect(yield* asked).toBe(0)
    }).pipe(Effect.provide(emulated()))
  )

  it("needs the client and the budget, and nothing else", () => {
    expectTypeOf(Reconcile.layer).returns.toEqualTypeOf<
      Layer.Layer<Images.Images | Reconcile.Reconcile, never, Images.Images | Budget.Budget | Client.OpenRouterClient>
    >()
    expectTypeOf(Reconcile.settlements).toEqualTypeOf<Stream.Stream<Reconcile.Settled, never, Reconcile.Reconcile>>()
  })
})

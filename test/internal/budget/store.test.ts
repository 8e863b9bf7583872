import { FileSystem, KeyValueStore } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Option, Stream, TestClock } from "effect"
import { Budget, Catalog, Images } from "effect-openrouter-images"
import { gpt, request, statusOf } from "../../support/budgeted.js"
import { storeOf } from "../../support/caching.js"
import { billed, emulated, requestsTo } from "../../support/emulated.js"
import { interruptedExit } from "../../support/fibers.js"
import { hashed } from "../../support/generating.js"
import { logged } from "../../support/logged.js"

const empty: Budget.Ledger = { spent: [], reserved: [] }

/** A store in memory which is broken from the change on that the number says. */
const breaking = (good: number, broken: Budget.Store["modify"]) => {
  const seen = { ledger: empty }
  let changes = 0
  const modify: Budget.Store["modify"] = (change) => {
    if (changes++ >= good) return broken(change)
    const [result, ledger] = change(seen.ledger)
    seen.ledger = ledger
    return Effect.succeed(result)
  }
  return { seen, layer: Layer.succeed(Budget.BudgetStore, { modify }) }
}

const spoilt =
  (spent: number): Budget.Store["modify"] =>
  (change) =>
    Effect.sync(() => change({ spent: [{ usd: spent, at: 0 }], reserved: [] })[0])

const breaks: Readonly<Record<string, readonly [modify: Budget.Store["modify"], words: string]>> = {
  "that throws": [
    () => {
      throw new Error("out of order")
    },
    "the store broke: out of order"
  ],
  "that dies": [() => Effect.die(new Error("out of order")), "the store broke: out of order"],
  "that dies of no error": [() => Effect.die(7), "the store broke: 7"],
  "whose ledger has no sum": [spoilt(Number.NaN), "the ledger makes no sense: spent.0.usd: must be US dollars"],
  "whose ledger owes money": [spoilt(-5), "the ledger makes no sense: spent.0.usd: must be US dollars"]
}

const over = (store: Layer.Layer<Budget.BudgetStore>, options: Budget.Options = { limitUsd: 1 }) =>
  Budget.layerWithStore(options).pipe(
    Layer.provide(store),
    Layer.provide(Catalog.layer()),
    Layer.provideMerge(emulated())
  )

const ways = {
  buffered: Effect.map(Images.generate(request), ({ data }) => data.length),
  streamed: Effect.map(
    Stream.runCollect(Images.generateStream(gpt)),
    (events) => [...events].filter(({ _tag }) => _tag === "Completed").length
  )
} as const

describe.each(Object.entries(breaks))("a store %s", (_, [modify, words]) => {
  for (const [way, one] of Object.entries(ways)) {
    it.effect(`stops the spending before anything is sent, ${way}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(one)
        expect(error).toMatchObject({ _tag: "BudgetExceededError", reason: "ledger", billing: "notBilled" })
        expect(error.message).toContain(words)
        expect(yield* requestsTo("/images")).toBe(0)
        expect(yield* Effect.flip(Budget.status)).toMatchObject({ _tag: "BudgetStoreError" })
      }).pipe(Effect.provide(over(breaking(0, modify).layer)))
    )

    it.effect(`takes no picture away that was paid, ${way}: it warns, and the reservation stays`, () => {
      const store = breaking(1, modify)
      return Effect.gen(function* () {
        const [pictures, lines] = yield* logged(one)
        expect(pictures).toBe(1)
        expect(lines).toEqual([["Warning", expect.stringContaining("stay set aside")]])
        expect(lines[0]?.[1]).toContain(words)
        expect(store.seen.ledger.reserved).toMatchObject([{ state: "running" }])
      }).pipe(Effect.provide(over(store.layer)))
    })
  }
})

describe("a store that interrupts itself", () => {
  it.effect("takes no picture away that was paid", () =>
    Effect.gen(function* () {
      const [response, lines] = yield* logged(Images.generate(request))
      expect(response.data).toHaveLength(1)
      expect(lines).toEqual([["Warning", expect.stringContaining("it was interrupted")]])
    }).pipe(Effect.provide(over(breaking(1, () => Effect.interrupt).layer)))
  )
})

describe("a store that hangs", () => {
  /** The change of this number waits for the gate; what comes after it is made at once. */
  const hanging = (number: number) =>
    Effect.map(Deferred.make<void>(), (gate) => {
      const seen = { ledger: empty }
      let changes = 0
      const modify: Budget.Store["modify"] = (change) =>
        Effect.suspend(() => (changes++ === number ? Deferred.await(gate) : Effect.void)).pipe(
          Effect.map(() => {
            const [result, ledger] = change(seen.ledger)
            seen.ledger = ledger
            return result
          }),
          Effect.uninterruptible
        )
      return { gate, seen, layer: over(Layer.succeed(Budget.BudgetStore, { modify })) }
    })

  /** Other work of the runtime, such as prices that are read and hashes, ends before the clock moves on. */
  const pass = (seconds: number) =>
    Effect.forEach(Array.from({ length: seconds }), () => Effect.zipRight(hashed, TestClock.adjust("1 second")), {
      discard: true
    })

  for (const [way, one] of Object.entries(ways)) {
    it.effect(`stops the spending after half a minute, and gives back what it sets aside late, ${way}`, () =>
      Effect.gen(function* () {
        const { gate, layer, seen } = yield* hanging(0)
        yield* Effect.gen(function* () {
          const fiber = yield* Effect.fork(Effect.flip(one))
          yield* pass(40)
          const error = yield* Fiber.join(fiber)
          expect(error).toMatchObject({ _tag: "BudgetExceededError", reason: "ledger", billing: "notBilled" })
          expect(error.message).toContain("the store did not answer within 35s")
          expect(yield* requestsTo("/images")).toBe(0)
          yield* Deferred.succeed(gate, undefined)
          yield* pass(1)
          expect(seen.ledger).toEqual(empty)
        }).pipe(Effect.provide(layer))
      })
    )

    it.effect(`is not waited for by a caller who is interrupted, ${way}`, () =>
      Effect.gen(function* () {
        const { gate, layer, seen } = yield* hanging(0)
        yield* Effect.gen(function* () {
          const fiber = yield* Effect.fork(Effect.timeout(one, "2 seconds"))
          yield* pass(4)
          expect(Option.isSome(yield* Fiber.poll(fiber))).toBe(true)
          yield* Deferred.succeed(gate, undefined)
          yield* pass(1)
          expect(seen.ledger).toEqual(empty)
          expect(yield* requestsTo("/images")).toBe(0)
        }).pipe(Effect.provide(layer))
      })
    )
  }

  it.effect("fails the status and a settlement after half a minute", () =>
    Effect.forEach([Effect.asVoid(Budget.status), Effect.asVoid(Budget.settle("an id", 1))], (asked) =>
      Effect.gen(function* () {
        const { layer } = yield* hanging(0)
        const fiber = yield* Effect.fork(Effect.flip(Effect.provide(asked, layer)))
        yield* pass(40)
        expect(yield* Fiber.join(fiber)).toMatchObject({
          _tag: "BudgetStoreError",
          message: "the store did not answer within 35s"
        })
      })
    )
  )
})

describe("a caller that is interrupted once the answer has come", () => {
  it.effect("does not keep the ledger from being written", () =>
    Effect.gen(function* () {
      const reached = yield* Deferred.make<void>()
      const gate = yield* Deferred.make<void>()
      const store: { ledger: Budget.Ledger } = { ledger: empty }
      const layer = Layer.succeed(Budget.BudgetStore, {
        modify: (change) =>
          Effect.gen(function* () {
            const [result, ledger] = change(store.ledger)
            // The change that follows the answer.
            if (ledger.spent.length > 0)
              yield* Effect.zipRight(Deferred.succeed(reached, undefined), Deferred.await(gate))
            store.ledger = ledger
            return result
          })
      })
      const running = yield* Effect.fork(Effect.provide(Images.generate(request), over(layer)))
      yield* Deferred.await(reached)
      const interrupting = yield* Effect.fork(interruptedExit(running))
      yield* Effect.yieldNow()
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(interrupting)
      expect(store.ledger).toMatchObject({ spent: [{ usd: 0.04 }], reserved: [] })
    })
  )
})

describe("a ledger in a KeyValueStore", () => {
  const budgeted = <E>(store: Layer.Layer<KeyValueStore.KeyValueStore, E>) =>
    Budget.layerWithStore({ limitUsd: 0.1 }).pipe(
      Layer.provide(Budget.layerStoreKeyValueStore()),
      Layer.provide(store),
      Layer.provide(Catalog.layer())
    )

  it.live("holds its limit however often its layer is built in one process", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const images = Layer.succeed(Images.Images, yield* Images.Images)
      // Each call builds its layers anew: a store of its own over the same folder.
      const one = Effect.suspend(() =>
        Effect.provide(
          Images.generate(request),
          budgeted(Layer.provide(KeyValueStore.layerFileSystem(folder), NodeContext.layer)).pipe(Layer.provide(images))
        )
      )
      const exits = yield* Effect.all(
        Array.from({ length: 20 }, () => Effect.exit(one)),
        { concurrency: "unbounded" }
      )
      expect(exits.filter(Exit.isSuccess)).toHaveLength(2)
      expect(yield* billed).toBeCloseTo(0.08, 9)
      const text = yield* fs.readFileString(`${folder}/openrouter-images-budget`)
      expect(JSON.parse(text)).toMatchObject({ spent: [{ usd: 0.04 }, { usd: 0.04 }], reserved: [] })
    }).pipe(Effect.scoped, Effect.provide([emulated(), NodeContext.layer]))
  )

  const unreadable = [
    "",
    "no JSON",
    "{}",
    '{"spent":[{"usd":-1,"at":0}],"reserved":[]}',
    '{"spent":[{"usd":1e400,"at":0}],"reserved":[]}',
    '{"spent":[{"usd":null,"at":0}],"reserved":[]}',
    '{"spent":[],"reserved":[{"id":"a","model":"m","usd":-3,"at":0,"state":"unknown"}]}'
  ]

  it.effect.each(unreadable)("that cannot be read stops the spending, and stays as it is: %s", (text) => {
    const { data, layer } = storeOf()
    data.set("openrouter-images-budget", text)
    return Effect.gen(function* () {
      const error = yield* Effect.flip(Images.generate(request))
      expect(error).toMatchObject({ _tag: "BudgetExceededError", reason: "ledger" })
      expect(error.message).toContain('the ledger "openrouter-images-budget": it cannot be read: ')
      expect(yield* requestsTo("/images")).toBe(0)
      expect((yield* Effect.flip(statusOf))._tag).toBe("BudgetStoreError")
      expect(Option.fromNullable(data.get("openrouter-images-budget"))).toEqual(Option.some(text))
    }).pipe(Effect.provide(budgeted(layer).pipe(Layer.provideMerge(emulated()))))
  })
})

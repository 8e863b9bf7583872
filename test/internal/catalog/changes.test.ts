import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Chunk, Effect, Fiber, Ref, Schedule, Stream, TestClock } from "effect"
import { Catalog, type Errors, type Images } from "effect-openrouter-images"
import { Catalogue, Emulator } from "effect-openrouter-images-emulator"
import { catalogue, endpoint, entry, perPicture, showing } from "../../support/catalogues.js"
import { emulated, requestsTo } from "../../support/emulated.js"
import { settled } from "../../support/generating.js"
import { partialImages } from "../../support/partialImages.js"

const krea = "krea/krea-2"
const at = (costUsd: number) => entry(krea, endpoint("Krea", [perPicture(costUsd)]))
const boat = entry("paper/boat", endpoint("Paper", [perPicture(0.01)]))

const named = ({ _tag, model }: Catalog.Change): string => `${_tag} ${model}`

/** The changes of so many looks, one right after the other. */
const looking = (looks: number, options: Catalog.ChangesOptions = {}) =>
  Catalog.changes({ schedule: Schedule.recurs(looks - 1), ...options }).pipe(
    Stream.map(named),
    Stream.runCollect,
    Effect.map(Chunk.toReadonlyArray)
  )

const next = (...faults: Parameters<Emulator.Service["script"]>[0]) =>
  Effect.flatMap(Emulator.Emulator, (emulator) => emulator.script(faults))

const refusal = { _tag: "Status", status: 503 } as const

describe("the changes of the catalogue", () => {
  it.effect("are told look by look", () =>
    Effect.gen(function* () {
      yield* showing(at(0.04))
      yield* showing(at(0.04))
      yield* showing(at(0.05), boat)
      yield* showing(boat)
      expect(yield* looking(4)).toEqual([`Dearer ${krea}`, "NewModel paper/boat", `GoneModel ${krea}`])
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("count from what was known before, if you say so", () =>
    Effect.gen(function* () {
      yield* showing(at(0.04))
      expect(yield* looking(1, { since: catalogue(at(0.05), boat) })).toEqual([
        `Cheaper ${krea}`,
        "GoneModel paper/boat"
      ])
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("are looked for once an hour", () =>
    Effect.gen(function* () {
      const looks = yield* Ref.make(0)
      const listModels = () =>
        Effect.as(
          Ref.update(looks, (count) => count + 1),
          { data: [] }
        )
      const watch = Stream.runDrain(Catalog.changes()).pipe(Effect.provide(partialImages({ listModels })))
      const fiber = yield* Effect.fork(watch)
      yield* settled
      expect(yield* Ref.get(looks)).toBe(1)
      yield* TestClock.adjust("59 minutes")
      expect(yield* Ref.get(looks)).toBe(1)
      yield* TestClock.adjust("1 minutes")
      expect(yield* Ref.get(looks)).toBe(2)
      yield* TestClock.adjust("3 hours")
      expect(yield* Ref.get(looks)).toBe(5)
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("end with the error of a look that failed", () =>
    Effect.gen(function* () {
      yield* showing(at(0.04))
      yield* next(refusal)
      const error = yield* Effect.flip(looking(2))
      expect(error).toMatchObject({ status: 503, billing: "notBilled", operation: "listModels" })
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("are not lost when a look fails and another is made", () =>
    Effect.gen(function* () {
      yield* showing(at(0.04))
      yield* next(refusal, refusal)
      yield* showing(at(0.03))
      expect(yield* looking(2, { retry: Schedule.recurs(2) })).toEqual([`Cheaper ${krea}`])
      yield* next(refusal, refusal, refusal, refusal)
      expect((yield* Effect.flip(looking(1, { retry: Schedule.recurs(2) })))._tag).toBe("OpenRouterDefaultError")
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("are none where a model or an endpoint could not be read for a while", () =>
    Effect.gen(function* () {
      const since = yield* Catalog.snapshot
      yield* next({ _tag: "Edit", how: "oddModel" })
      expect(yield* looking(2, { since })).toEqual([])
      yield* next(null, { _tag: "Edit", how: "oddEndpoint" })
      expect(yield* looking(2, { since })).toEqual([])
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("say that a price is unknown, and when it is known again", () =>
    Effect.gen(function* () {
      const since = yield* Catalog.snapshot
      yield* next(null, { _tag: "Edit", how: "oddPrice" })
      expect(yield* looking(2, { since })).toEqual(["PriceUnknown openai/gpt-image-2", "PriceKnown openai/gpt-image-2"])
    }).pipe(Effect.provide(emulated()))
  )

  it("have exact types", () => {
    expectTypeOf(Catalog.changes()).toEqualTypeOf<
      Stream.Stream<Catalog.Change, Errors.ListModelEndpointsError, Images.Images>
    >()
  })
})

describe("a look at the catalogue", () => {
  it.effect("asks once for the list and once for each model, and keeps nothing", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      const { entries, ...rest } = yield* Catalog.snapshot
      expect(rest).toEqual({ takenAtMillis: 0 })
      expect(entries).toEqual(Catalogue.catalogue.map(({ endpoints, model }) => ({ model, endpoints })))
      expect(yield* emulator.requests).toHaveLength(1 + entries.length)
      yield* Catalog.snapshot
      expect(yield* requestsTo("/images/models")).toBe(2)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("passes over a model that is gone by then", () =>
    Effect.gen(function* () {
      yield* next(null, { _tag: "Status", status: 404 })
      const { entries } = yield* Catalog.snapshot
      expect(entries).toHaveLength(Catalogue.catalogue.length - 1)
    }).pipe(Effect.provide(emulated()))
  )
})

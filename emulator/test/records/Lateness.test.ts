import { describe, expect, layer } from "@effect/vitest"
import { Effect, Exit, TestClock } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { control, generated, recordOf } from "../support/calls.js"

/** Whether a record is there: the status of the answer. */
const seen = (id: string | undefined) => Effect.map(recordOf(id), ({ status }) => status)

/** Both ways to say how late records are. */
const ways = {
  "by the service": (lateness: Emulator.Lateness) =>
    Effect.flatMap(Emulator.Emulator, ({ records }) => records(lateness)),
  "by the control": (lateness: Emulator.Lateness) => control("records", lateness)
}

describe("a record", () => {
  layer(Emulator.layerClient)((it) => {
    it.effect("is there at once, unless told otherwise", () =>
      Effect.gen(function* () {
        expect(yield* seen(yield* generated())).toBe(200)
      })
    )

    for (const [way, records] of Object.entries(ways)) {
      it.effect(`appears some time after its generation has ended, when told so ${way}`, () =>
        Effect.gen(function* () {
          const { reset } = yield* Emulator.Emulator
          yield* reset
          const earlier = yield* generated()
          yield* records({ delayMillis: 150_000 })
          const id = yield* generated()
          expect([yield* seen(earlier), yield* seen(id)]).toEqual([200, 404])
          yield* TestClock.adjust("149999 millis")
          expect(yield* seen(id)).toBe(404)
          yield* TestClock.adjust("1 millis")
          expect(yield* seen(id)).toBe(200)
          yield* reset
          expect(yield* seen(id)).toBe(404)
          expect(yield* seen(yield* generated())).toBe(200)
        })
      )

      it.effect(`has a delay of its own, or never appears, when a list says so ${way}`, () =>
        Effect.gen(function* () {
          const { reset } = yield* Emulator.Emulator
          yield* reset
          yield* records({ delayMillis: 1000, next: [5000, null] })
          yield* records({ next: [0] })
          const ids = yield* Effect.forEach([1, 2, 3, 4], () => generated())
          const all = Effect.forEach(ids, seen)
          expect(yield* all).toEqual([404, 404, 200, 404])
          yield* TestClock.adjust("1 second")
          expect(yield* all).toEqual([404, 404, 200, 200])
          yield* TestClock.adjust("365 days")
          expect(yield* all).toEqual([200, 404, 200, 200])
        })
      )
    }

    it.effect("is not waited for by a request that is refused", () =>
      Effect.gen(function* () {
        const { records, reset } = yield* Emulator.Emulator
        yield* reset
        yield* records({ next: [null] })
        yield* generated({ size: "no size" })
        yield* generated({}, { _tag: "Recorded", as: "noCredits" })
        expect(yield* seen(yield* generated())).toBe(404)
        expect(yield* seen(yield* generated())).toBe(200)
      })
    )

    for (const [wrong, message] of [
      [{ delayMillis: -1 }, /^records: delayMillis: must be milliseconds, 0 or more, or null for never, got -1$/],
      [{ delayMillis: "soon" }, /^records: delayMillis: must be milliseconds, .*, got "soon"$/],
      [{ next: [0, -5] }, /^records: next\.1: must be milliseconds, .*, got -5$/],
      [{ next: 5 }, /^records: next: must be a list of milliseconds and nulls, got 5$/],
      [{ delayMilis: 5 }, /^records: delayMilis: .*"delayMillis" \| "next"$/],
      [[], /^records: must be an object such as/],
      ["{", /^records: is not valid JSON, got "\{"$/]
    ] as const) {
      it.effect(`cannot be told ${JSON.stringify(wrong)}`, () =>
        Effect.gen(function* () {
          const { status, text } = yield* control("records", wrong)
          const { error } = JSON.parse(text)
          expect(status).toBe(400)
          expect(error.message).toMatch(message)
          expect(error.message.length).toBeLessThan(150)
        })
      )
    }

    it.effect("cannot be told to be there before its time from within the program", () =>
      Effect.gen(function* () {
        const { records } = yield* Emulator.Emulator
        for (const wrong of [{ delayMillis: -1 }, { delayMillis: Number.NaN }, { next: [Number.POSITIVE_INFINITY] }]) {
          expect(Exit.isFailure(yield* Effect.exit(records(wrong)))).toBe(true)
        }
      })
    )
  })
})

import { expect, it } from "@effect/vitest"
import { Effect, Either, FastCheck, Layer, Runtime } from "effect"
import { Budget, ImageStream, Images, ImagesSchema, Split } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { billed, emulated, requestsTo } from "./support/emulated.js"
import { catalogOf, seedream } from "./support/split.js"

/** What a picture costs. */
const cents = 4

const faults = {
  none: null,
  /** Refused, and not billed. */
  refused: { _tag: "Status", status: 429 },
  /** Billed, and lost on its way. */
  lost: { _tag: "Reset", at: "head", afterCompletion: true }
} as const

const cases = FastCheck.record({
  n: FastCheck.integer({ min: 1, max: 10 }),
  limit: FastCheck.integer({ min: 1, max: 10 }),
  concurrency: FastCheck.integer({ min: 1, max: 5 }),
  fates: FastCheck.array(FastCheck.constantFrom(...(["none", "none", "none", "refused", "lost"] as const)), {
    minLength: 10,
    maxLength: 10
  }),
  streamed: FastCheck.boolean()
})

type Case = typeof cases extends FastCheck.Arbitrary<infer A> ? A : never

const toCents = (usd: number): number => Math.round(usd * 100_000) / 1000

const checked = ({ concurrency, fates, limit, n, streamed }: Case, whole: ReadonlyArray<Uint8Array>) => {
  const layer = Budget.layer({ limitUsd: 1 }).pipe(
    Layer.provideMerge(Split.layer({ concurrency })),
    Layer.provideMerge(catalogOf(limit)),
    Layer.provideMerge(emulated())
  )
  return Effect.gen(function* () {
    const request = { ...seedream, n }
    const emulator = yield* Emulator.Emulator
    yield* emulator.script(fates.map((fate) => faults[fate]))
    const parts = yield* Split.parts(request)
    const result = yield* Effect.either(
      streamed ? ImageStream.runFinal(Images.generateStream(request)) : Images.generate(request)
    )
    const ledger = toCents(yield* billed)
    const { reservations, spentUsd } = yield* Budget.status
    const reserved = toCents(reservations.reduce((sum, { usd }) => sum + usd, 0))

    expect(parts).toHaveLength(Math.ceil(n / limit))
    expect(yield* requestsTo("/images")).toBe(parts.length)
    // Nothing that was billed is forgotten, and where everybody has said what it cost, nothing else is set aside.
    expect(toCents(spentUsd) + reserved).toBeGreaterThanOrEqual(ledger)
    if (!fates.slice(0, parts.length).includes("lost")) {
      expect([toCents(spentUsd), reserved]).toEqual([ledger, 0])
    }
    if (Either.isLeft(result)) {
      expect(fates.slice(0, parts.length)).not.toContain("none")
      expect(result.left.billing).toBe(ledger > 0 ? "unknown" : "notBilled")
      return
    }
    const response = result.right
    const calls = response.calls ?? [{ request, pictures: response.data.map((_, i) => i), usage: response.usage }]
    // Each picture is the one that the whole request would have had in its place.
    const expected = calls.flatMap((call, i) => {
      const before = parts.slice(0, i).reduce((sum, { n: size = 1 }) => sum + size, 0)
      return call.pictures.map((picture, place) => [picture, whole[before + place]] as const)
    })
    const inOrder = [...expected].sort(([one], [other]) => one - other)
    expect(inOrder.map(([picture]) => picture)).toEqual(response.data.map((_, i) => i))
    expect(response.data.map(({ bytes }) => bytes)).toEqual(inOrder.map(([, bytes]) => bytes))
    if (!streamed) expect(expected).toEqual(inOrder)

    const known = calls.reduce((sum, { usage }) => sum + toCents(ImagesSchema.totalCostUsd(usage) ?? 0), 0)
    const lost = calls.filter((call) => "error" in call && call.error?.billing === "unknown")
    const open = lost.reduce((sum, { request: { n: size = 1 } }) => sum + size * cents, 0)
    expect(known + open).toBeCloseTo(ledger, 6)
    expect(toCents(spentUsd)).toBeCloseTo(known, 6)
    const cost = ImagesSchema.totalCostUsd(response.usage)
    expect(cost === undefined ? undefined : toCents(cost)).toBe(lost.length > 0 ? undefined : ledger)
    expect(response.faults?.length ?? 0).toBe(calls.filter((call) => "error" in call).length)
  }).pipe(Effect.provide(layer))
}

it.live("a divided request keeps its pictures in order, its money exact, and sends nothing twice", () =>
  Effect.gen(function* () {
    const whole = yield* Images.generate({ ...seedream, n: 10 }).pipe(Effect.provide(emulated()))
    const run = Runtime.runPromise(yield* Effect.runtime<never>())
    const property = FastCheck.asyncProperty(cases, (each) =>
      run(
        checked(
          each,
          whole.data.map(({ bytes }) => bytes)
        )
      )
    )
    yield* Effect.promise(() => FastCheck.assert(property, { numRuns: 150 }))
  })
)

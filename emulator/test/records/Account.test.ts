import { FetchHttpClient } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Exit, Layer, TestClock } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import recorded from "../fixtures/key.json" with { type: "json" }
import { control, generate, generated, get } from "../support/calls.js"
import { shapeOf } from "../support/shape.js"

/** A picture for four cents, and one for nothing. */
const priced = { model: "bytedance-seed/seedream-5-lite" }
const free = { model: "black-forest-labs/flux.2-klein-4b" }

const key = `sk-or-v1-${"0123456789abcdef".repeat(4)}`

const reset = Effect.flatMap(Emulator.Emulator, (emulator) => emulator.reset)
const keyData = Effect.map(get("/key"), ({ body }) => body.data)
const creditsData = Effect.map(get("/credits"), ({ body }) => body.data)

/** Both ways to set what may be spent. */
const ways = {
  "by the service": (settings: Emulator.Settings) =>
    Effect.flatMap(Emulator.Emulator, ({ account }) => account(settings)),
  "by the control": (settings: Emulator.Settings) => control("account", settings)
}

describe("the key", () => {
  layer(Layer.merge(FetchHttpClient.layer, Emulator.layerServer()))("over HTTP", (it) => {
    it.effect("has the fields that were recorded, in their order and of their kinds", () =>
      Effect.gen(function* () {
        yield* control("account", { limitUsd: 5 })
        yield* generated(priced)
        const { body, status } = yield* get("/key", { headers: { authorization: `Bearer ${key}` } })
        expect(status).toBe(200)
        expect(shapeOf(body)).toEqual(shapeOf(recorded))
        expect((yield* get("/credits")).body).toEqual({ data: { total_credits: 1_000_000, total_usage: 0.04 } })
      })
    )
  })

  layer(Emulator.layerClient)("in memory", (it) => {
    it.effect("has no limit at first, and is labelled without being shown", () =>
      Effect.gen(function* () {
        const labelOf = (key: string) =>
          Effect.map(get("/key", { headers: { authorization: `Bearer ${key}` } }), ({ body }) => body.data.label)
        expect(yield* keyData).toMatchObject({ limit: null, limit_remaining: null, usage: 0 })
        expect(yield* labelOf(key)).toBe("sk-or-v1-012...def")
        expect(yield* labelOf("any-key-will-do")).toBe("sk-or-v1-...")
        expect(yield* labelOf("sk-or-v1-short")).toBe("sk-or-v1-...")
        expect(yield* labelOf("a-secret-of-another-server-that-is-as-long")).toBe("sk-or-v1-...")
      })
    )

    it.effect("is asked for, as it is for the credits", () =>
      Effect.gen(function* () {
        for (const path of ["/key", "/credits"]) {
          expect(yield* get(path, { headers: {} })).toMatchObject({
            status: 401,
            body: { error: { message: "Missing Authentication header", code: 401 } }
          })
        }
      })
    )

    it.effect("tells what the ledger has of this day, this week and this month", () =>
      Effect.gen(function* () {
        yield* reset
        // A Wednesday.
        yield* TestClock.setTime(Date.UTC(2026, 10, 25, 23))
        yield* generated({ ...priced, n: 2 })
        const usage = Effect.map(keyData, (data) => [
          ...[data.usage_daily, data.usage_weekly, data.usage_monthly, data.usage]
        ])
        expect(yield* usage).toEqual([0.08, 0.08, 0.08, 0.08])
        yield* TestClock.adjust("1 hour")
        yield* generated(priced)
        expect(yield* usage).toEqual([0.04, 0.12, 0.12, 0.12])
        yield* TestClock.setTime(Date.UTC(2026, 10, 29, 23))
        expect(yield* usage).toEqual([0, 0.12, 0.12, 0.12])
        yield* TestClock.setTime(Date.UTC(2026, 10, 30))
        expect(yield* usage).toEqual([0, 0, 0.12, 0.12])
        yield* TestClock.setTime(Date.UTC(2026, 11, 1))
        expect(yield* usage).toEqual([0, 0, 0, 0.12])
      })
    )

    it.effect("keeps apart what a provider charged to a key of the user's own", () =>
      Effect.gen(function* () {
        yield* reset
        yield* generated(priced, { _tag: "Edit", how: "byok" })
        yield* generated({ ...priced, n: 2 })
        expect(yield* keyData).toMatchObject({
          ...{ usage: 0.08, usage_daily: 0.08, usage_weekly: 0.08, usage_monthly: 0.08 },
          ...{ byok_usage: 0.04, byok_usage_daily: 0.04, byok_usage_weekly: 0.04, byok_usage_monthly: 0.04 }
        })
        expect(yield* creditsData).toEqual({ total_credits: 1_000_000, total_usage: 0.08 })
      })
    )

    for (const [way, account] of Object.entries(ways)) {
      it.effect(`refuses a generation that would exceed the limit that is set ${way}, and no other`, () =>
        Effect.gen(function* () {
          const { ledger } = yield* Emulator.Emulator
          yield* reset
          yield* account({ limitUsd: 0.1 })
          expect(yield* generated({ ...priced, n: 2 })).toMatch(/^gen-img-/)
          expect(yield* keyData).toMatchObject({ limit: 0.1, limit_remaining: 0.02, usage: 0.08 })
          const refused = yield* generate(priced)
          expect([refused.status, JSON.parse(yield* refused.text)]).toEqual([
            402,
            {
              error: {
                message: "This request requires at least $1.00 in balance for image or video output",
                code: 402,
                metadata: {
                  limit_source: "openrouter_key_limit",
                  remedy_hint: "Raise or remove this API key's usage limit"
                }
              }
            }
          ])
          expect(refused.headers).not.toHaveProperty("x-generation-id")
          expect(yield* ledger).toHaveLength(1)
          yield* account({ limitUsd: 0.05 })
          expect(yield* keyData).toMatchObject({ limit_remaining: 0 })
          // These cost OpenRouter's credits nothing.
          expect((yield* generate(priced, { fault: { _tag: "Edit", how: "byok" } })).status).toBe(200)
          expect((yield* generate(free)).status).toBe(200)
          yield* account({ limitUsd: 0.12 })
          expect((yield* generate(priced)).status).toBe(200)
          expect(yield* keyData).toMatchObject({ limit_remaining: 0 })
          yield* account({ limitUsd: null })
          expect((yield* generate(priced)).status).toBe(200)
        })
      )

      it.effect(`refuses a generation that the credits do not pay for that are set ${way}`, () =>
        Effect.gen(function* () {
          yield* reset
          yield* account({ creditsUsd: 0.05 })
          yield* account({ limitUsd: 1 })
          expect((yield* generate(priced)).status).toBe(200)
          const refused = yield* generate(priced)
          const { error } = JSON.parse(yield* refused.text)
          expect([refused.status, error.metadata.limit_source]).toEqual([402, "openrouter_credits"])
          expect(yield* creditsData).toEqual({ total_credits: 0.05, total_usage: 0.04 })
          yield* reset
          expect((yield* generate(priced)).status).toBe(200)
          expect(yield* keyData).toMatchObject({ limit: null })
        })
      )
    }

    for (const [wrong, message] of [
      [{ limitUsd: -1 }, /^account: limitUsd: must be US dollars, 0 or more, or null for no limit, got -1$/],
      [{ creditsUsd: null }, /^account: creditsUsd: must be US dollars, 0 or more, got null$/],
      [{ limit: 5 }, /^account: limit: .*"limitUsd" \| "creditsUsd"$/],
      [null, /^account: must be an object such as/]
    ] as const) {
      it.effect(`cannot be told ${JSON.stringify(wrong)}`, () =>
        Effect.gen(function* () {
          const { status, text } = yield* control("account", wrong)
          expect([status, JSON.parse(text).error.message]).toEqual([400, expect.stringMatching(message)])
        })
      )
    }

    it.effect("cannot be given an amount that is none from within the program", () =>
      Effect.gen(function* () {
        const { account } = yield* Emulator.Emulator
        for (const wrong of [{ limitUsd: Number.NaN }, { creditsUsd: -0.01 }]) {
          expect(Exit.isFailure(yield* Effect.exit(account(wrong)))).toBe(true)
        }
      })
    )
  })
})

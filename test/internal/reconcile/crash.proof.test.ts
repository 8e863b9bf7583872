import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import type { Budget } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { child } from "../../support/children.js"
import { billed } from "../../support/emulated.js"
import { numberFrom } from "../../support/environment.js"

const rounds = numberFrom("KILLS") ?? 8

describe("a program with a kept ledger that is killed again and again", () => {
  it.scopedLive(
    "knows in the end what every generation cost whose head had come",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = `${yield* fs.makeTempDirectoryScoped({ prefix: "ledger-" })}/ledger.json`
        const { baseUrl, records } = yield* Emulator.Emulator
        yield* records({ delayMillis: 300 })
        const ledger = Effect.map(fs.readFileString(path), (text): Budget.Ledger => JSON.parse(text))
        let named = 0
        for (let round = 0; round < rounds; round++) {
          const worker = yield* child("reconcileWorker.js", baseUrl, path, "3")
          while (worker.output().length < 1 + (round % 3)) yield* Effect.sleep("5 millis")
          yield* Effect.sleep(yield* Random.nextIntBetween(0, 400))
          yield* worker.kill
          yield* worker.ended
          const { reserved } = yield* ledger
          named += reserved.filter(({ generationId }) => generationId !== undefined).length
        }
        expect(named).toBeGreaterThan(rounds)
        expect(yield* (yield* child("reconcileWorker.js", baseUrl, path, "0")).ended).toBe(0)
        const { reserved, spent } = yield* ledger
        expect(reserved.filter(({ generationId }) => generationId !== undefined)).toEqual([])
        // What is left was killed before its head had come. Some of it was paid, and no more than that.
        const cents = (usd: number) => Math.round(usd * 100)
        const missing = cents(yield* billed) - cents(spent.reduce((sum, { usd }) => sum + usd, 0))
        expect(missing % 4).toBe(0)
        expect(missing).toBeGreaterThanOrEqual(0)
        expect(missing).toBeLessThanOrEqual(4 * reserved.length)
        const made = (yield* (yield* Emulator.Emulator).ledger).length
        console.log(
          `${rounds} kills, ${made} pictures paid: ${named} reservations settled, ${reserved.length} left without an id`
        )
      }).pipe(Effect.provide([NodeContext.layer, Emulator.layerServer()])),
    30_000 * rounds
  )
})

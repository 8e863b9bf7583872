import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Budget } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { child } from "../../support/children.js"
import { billed } from "../../support/emulated.js"

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped({ prefix: "ledger-" }))

describe("processes that share a ledger in a file", () => {
  it.scopedLive(
    "lose no change that they were told of, though some are killed at any moment, and never see half of it",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = `${yield* folder}/ledger.json`
        const changes = 60
        const workers = yield* Effect.forEach(Array.from({ length: 6 }), (_, i) =>
          child("ledgerWorker.js", path, String(i), String(changes))
        )
        const reading = fs.readFileString(path).pipe(
          Effect.map((text): unknown => JSON.parse(text)),
          Effect.ignore
        )
        // Half of them are killed, each after some more changes than the one before.
        for (const [i, worker] of workers.slice(0, 3).entries()) {
          while (worker.output().length < 5 + 9 * i) yield* Effect.zipRight(reading, Effect.sleep("3 millis"))
          yield* worker.kill
        }
        for (const worker of workers.slice(3)) expect(yield* worker.ended).toBe(0)
        const { spent }: Budget.Ledger = JSON.parse(yield* fs.readFileString(path))
        for (const [i, worker] of workers.entries()) {
          yield* worker.ended
          const told = worker.output().length
          const written = spent.find(({ at }) => at === i)?.usd ?? 0
          // One change may have been made whose process died before it could say so.
          expect(written).toBeGreaterThanOrEqual(told)
          expect(written).toBeLessThanOrEqual(told + (i < 3 ? 1 : 0))
          if (i >= 3) expect(written).toBe(changes)
        }
      }).pipe(Effect.provide(NodeContext.layer)),
    120_000
  )

  it.scopedLive(
    "spend together no more than the limit, though one is killed",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = `${yield* folder}/ledger.json`
        const { baseUrl } = yield* Emulator.Emulator
        const workers = yield* Effect.forEach(Array.from({ length: 4 }), () =>
          child("budgetWorker.js", baseUrl, path, "0.5", "12")
        )
        const [doomed, ...others] = workers
        while (doomed !== undefined && doomed.output().length < 1) yield* Effect.sleep("3 millis")
        yield* doomed?.kill ?? Effect.void
        for (const worker of others) expect(yield* worker.ended).toBe(0)
        const total = yield* billed
        const { reserved, spent }: Budget.Ledger = JSON.parse(yield* fs.readFileString(path))
        const kept = [...spent, ...reserved].reduce((sum, { usd }) => sum + usd, 0)
        expect(total).toBeLessThanOrEqual(0.5)
        expect(total).toBeLessThanOrEqual(kept + 1e-9)
        expect(kept).toBeCloseTo(0.48, 9)
        const said = others.map((worker) => worker.output()).join("")
        expect(said).toMatch(/^[.x]{36}$/)
        expect(said).toContain(".")
        expect(said).toContain("x")
      }).pipe(Effect.provide([NodeContext.layer, Emulator.layerServer()])),
    120_000
  )
})

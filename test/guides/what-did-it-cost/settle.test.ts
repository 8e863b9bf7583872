// settle.test.ts
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Schedule } from "effect"
import { Client, Generations, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const ImagesTest = Images.layer.pipe(
  Layer.provideMerge(Client.layer({ apiKey: Redacted.make("any-key") })),
  Layer.provideMerge(Emulator.layerClient)
)

it.live("a lost answer turns out to have been paid", () =>
  Effect.gen(function* () {
    const emulator = yield* Emulator.Emulator
    yield* emulator.script([{ _tag: "Reset", at: "body" }]) // billed, and lost half way
    yield* emulator.records({ delayMillis: 100 })
    const error = yield* Effect.flip(Images.generate({ model: "krea/krea-2", prompt: "a paper boat" }))
    expect(error.billing).toBe("unknown")
    const settlement = yield* Generations.settle(error, { schedule: Schedule.spaced("50 millis") })
    const [entry] = yield* emulator.ledger
    expect(settlement).toMatchObject({ _tag: "Billed", costUsd: entry?.costUsd })
  }).pipe(Effect.provide(ImagesTest))
)

// Emulated.test.ts
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { Client, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { Thumbnails } from "./Thumbnails.js"

/** The app over the real client, and the emulator in place of the network. */
const app = Thumbnails.layer.pipe(
  Layer.provide(Images.layer),
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provideMerge(Emulator.layerClient)
)

it.live("a busy moment costs nothing", () =>
  Effect.gen(function* () {
    const emulator = yield* Emulator.Emulator
    const thumbnails = yield* Thumbnails
    yield* emulator.script([{ _tag: "Status", status: 429, headers: { "retry-after": "0" } }])
    const image = yield* thumbnails.draw("Paper Boats")
    expect(image.dimensions).toEqual({ width: 1024, height: 1024 })
    expect(yield* emulator.requests).toHaveLength(2)
    expect(yield* emulator.ledger).toHaveLength(1)
  }).pipe(Effect.provide(app))
)

it.live("a connection that breaks after the picture was drawn is not paid for twice", () =>
  Effect.gen(function* () {
    const emulator = yield* Emulator.Emulator
    const thumbnails = yield* Thumbnails
    yield* emulator.script([{ _tag: "Reset", at: "body", afterCompletion: true }])
    const error = yield* Effect.flip(thumbnails.draw("Paper Boats"))
    expect(error).toMatchObject({ _tag: "ConnectionError", billing: "unknown" })
    expect(yield* emulator.ledger).toHaveLength(1)
  }).pipe(Effect.provide(app))
)

it.live("a key that may spend no more gets no thumbnail, and no bill", () =>
  Effect.gen(function* () {
    const emulator = yield* Emulator.Emulator
    const thumbnails = yield* Thumbnails
    yield* emulator.account({ limitUsd: 0.01 })
    const error = yield* Effect.flip(thumbnails.draw("Paper Boats"))
    expect(error).toMatchObject({ _tag: "PaymentRequiredResponseError", limitSource: "openrouter_key_limit" })
    expect(yield* emulator.ledger).toEqual([])
  }).pipe(Effect.provide(app))
)

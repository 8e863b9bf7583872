// Cassette.test.ts
import { FetchHttpClient, FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { Client, Images } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { Emulator } from "effect-openrouter-images-emulator"
import { Thumbnails } from "./Thumbnails.js"

/** The app over the real client, over a cassette. */
const app = (cassette: Testing.CassetteOptions) =>
  Thumbnails.layer.pipe(
    Layer.provide(Images.layer),
    Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
    Layer.provide(Testing.layerCassette(cassette)),
    Layer.provide(NodeContext.layer)
  )

const boats = Effect.flatMap(Thumbnails, (thumbnails) => thumbnails.draw("Paper Boats"))

it.live("a thumbnail is recorded once, and replayed without a network", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const live = app({ folder, mode: "record" }).pipe(Layer.provide(Emulator.layerClient))
    const recorded = yield* Effect.provide(boats, live)
    const replayed = yield* Effect.provide(
      boats,
      app({ folder, mode: "replay" }).pipe(Layer.provide(FetchHttpClient.layer))
    )
    expect(replayed.bytes).toEqual(recorded.bytes)
    expect((yield* fs.readDirectory(folder)).sort()).toEqual([
      expect.stringMatching(/^post-api-v1-images-\w+-1-\w+\.png$/),
      expect.stringMatching(/^post-api-v1-images-\w+-1\.json$/)
    ])
  }).pipe(Effect.scoped, Effect.provide(NodeContext.layer))
)

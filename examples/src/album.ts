// An album within a budget: three layers over the same calls. What the first model may no longer make, a cheaper one makes, and at most
// eight cents are spent.
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Either, Layer, Redacted, Stream } from "effect"
import {
  Batch,
  Budget,
  Catalog,
  Client,
  Fallback,
  GeneratedImage,
  Images,
  Quote,
  RateLimit
} from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

// The emulator in memory; FetchHttpClient.layer in its place asks OpenRouter.
const BaseLive = Images.layer.pipe(
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provide(Emulator.layerClient)
)

const AlbumLive = Fallback.layer(["krea/krea-2"]).pipe(
  Layer.provideMerge(Budget.layer({ limitUsd: 0.08, window: "1 day" })),
  Layer.provide(RateLimit.layer({ requestsPerSecond: 20, concurrency: 2 })),
  Layer.provideMerge(Catalog.layer()),
  Layer.provide(BaseLive)
)

const requests = ["spring", "summer", "autumn", "winter"].map((season) => ({
  model: "bytedance-seed/seedream-4.0",
  prompt: `a meadow in ${season}`,
  resolution: "1K"
}))

const program = Effect.gen(function* () {
  const [first] = requests
  if (first !== undefined) {
    const { maxUsd } = yield* Quote.estimate(first)
    yield* Console.log(`a picture may cost $${maxUsd}`)
  }
  yield* Batch.run(requests, { concurrency: 2, ordered: true }).pipe(
    Stream.runForEach(({ index, result }) =>
      Either.match(result, {
        onLeft: (error) => Console.log(`${index}: ${error.message}`),
        onRight: ({ data, fallback, usage }) =>
          Effect.forEach(data, (image) => GeneratedImage.save(image, `meadow-${index}`)).pipe(
            Effect.flatMap((paths) => Console.log(`${paths.join()} by ${fallback?.model} for $${usage?.cost}`))
          )
      })
    )
  )
  const { remainingUsd, spentUsd } = yield* Budget.status
  yield* Console.log(`spent $${spentUsd}, left $${remainingUsd}`)
})

program.pipe(Effect.provide([AlbumLive, NodeContext.layer]), NodeRuntime.runMain)

// A program that may spend seven cents: what would cost more is not sent.
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted } from "effect"
import { Budget, Catalog, Client, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const draw = (prompt: string) =>
  Images.generate({ model: "bytedance-seed/seedream-4.0", prompt, resolution: "1K" }).pipe(
    Effect.flatMap(({ usage }) => Console.log(`${prompt} for $${usage?.cost}`)),
    Effect.catchTag("BudgetExceededError", ({ billing }) => Console.log(`${prompt}: too dear (${billing})`))
  )

const program = Effect.gen(function* () {
  yield* Effect.forEach(["spring", "summer", "autumn"], draw)
  const { remainingUsd, spentUsd } = yield* Budget.status
  yield* Console.log(`spent $${spentUsd}, left $${remainingUsd}`)
})

const ImagesLive = Budget.layer({ limitUsd: 0.07 }).pipe(
  Layer.provide(Catalog.layer()),
  Layer.provide(Images.layer),
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provide(Emulator.layerClient)
)

program.pipe(Effect.provide(ImagesLive), NodeRuntime.runMain)

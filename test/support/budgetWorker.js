// A process that makes pictures within a budget that it shares with others: node budgetWorker.js BASE_URL PATH LIMIT PICTURES
import { writeSync } from "node:fs"
import { FetchHttpClient } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { Budget, Catalog, Client, Images, Retry } from "effect-openrouter-images"
import { quiet } from "./quiet.js"

const [, , baseUrl = "", path = "", limit = "0", pictures = "1"] = process.argv

const BudgetLive = Budget.layerWithStore({ limitUsd: Number(limit), window: "1 day" }).pipe(
  Layer.provide(Budget.layerStoreFile({ path })),
  Layer.provide(NodeContext.layer),
  Layer.provide(Catalog.layer()),
  Layer.provide(Images.layer),
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key"), baseUrl, retry: Retry.none })),
  Layer.provide(FetchHttpClient.layer)
)

const request = {
  model: "bytedance-seed/seedream-5-lite",
  prompt: "a red panda",
  size: "32x32",
  provider: { only: ["seed"] }
}

const one = Images.generate(request).pipe(
  Effect.map(() => writeSync(1, ".")),
  Effect.catchTag("BudgetExceededError", ({ reason }) =>
    Effect.sync(() => writeSync(1, reason === "limit" ? "x" : "!"))
  )
)

await Effect.all(
  Array.from({ length: Number(pictures) }, () => one),
  { concurrency: 3, discard: true }
).pipe(Effect.provide(BudgetLive), quiet, Effect.runPromise)

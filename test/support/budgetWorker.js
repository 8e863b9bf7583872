// A process that makes pictures within a budget that it shares with others: node budgetWorker.js BASE_URL PATH LIMIT PICTURES
import { writeSync } from "node:fs"
import { Effect } from "effect"
import { Budget, Images } from "effect-openrouter-images"
import { overFile, request } from "./programs.js"
import { quiet } from "./quiet.js"

const [, , baseUrl = "", path = "", limit = "0", pictures = "1"] = process.argv

const limited = Budget.layerWithStore({ limitUsd: Number(limit), window: "1 day" })
const BudgetLive = overFile(limited, { baseUrl, path })

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

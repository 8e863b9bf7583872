// A process that changes a ledger again and again, and says so each time: node ledgerWorker.js PATH NUMBER CHANGES
import { writeSync } from "node:fs"
import { NodeContext } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { Budget } from "effect-openrouter-images"
import { quiet } from "./quiet.js"

const [, , path = "", number = "0", changes = "1"] = process.argv
const at = Number(number)

/** One dollar more under the date that is this process's number. */
const add = ({ reserved, spent }) => {
  const usd = (spent.find((entry) => entry.at === at)?.usd ?? 0) + 1
  return [usd, { reserved, spent: [...spent.filter((entry) => entry.at !== at), { usd, at }] }]
}

await Effect.gen(function* () {
  const store = yield* Budget.BudgetStore
  for (let i = 0; i < Number(changes); i++) {
    yield* store.modify(add)
    writeSync(1, ".")
  }
}).pipe(
  Effect.provide(Budget.layerStoreFile({ path }).pipe(Layer.provide(NodeContext.layer))),
  quiet,
  Effect.runPromise
)

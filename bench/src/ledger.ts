// How many changes a second a budget's ledger takes: in a KeyValueStore of files, in a shared file, and in one that four processes share.
// `npm run bench:ledger -- SECONDS`
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { NodeContext } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Budget from "effect-openrouter-images/Budget"

type Kind = "file" | "key-value"

const layers = {
  file: (folder: string) => Budget.layerStoreFile({ path: join(folder, "ledger.json") }),
  "key-value": (folder: string) =>
    Layer.provide(Budget.layerStoreKeyValueStore(), KeyValueStore.layerFileSystem(join(folder, "store")))
}

/** A ledger as long as that of a window of which every part has been used, with a few generations under way. */
const change = ({ reserved, spent }: Budget.Ledger): readonly [undefined, Budget.Ledger] => {
  const parts = spent.length > 0 ? spent : Array.from({ length: 64 }, (_, at) => ({ usd: 1, at }))
  return [undefined, { reserved, spent: parts.map((part) => ({ ...part, usd: part.usd + 0.01 })) }]
}

const count = (kind: Kind, folder: string, seconds: number): Effect.Effect<number, Budget.BudgetStoreError> =>
  Effect.gen(function* () {
    const store = yield* Budget.BudgetStore
    const end = performance.now() + seconds * 1000
    let changes = 0
    for (; performance.now() < end; changes++) yield* store.modify(change)
    return changes
  }).pipe(Effect.provide(Layer.provide(layers[kind](folder), NodeContext.layer)), Effect.orDie)

const inProcess = (folder: string, seconds: number): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), String(seconds), folder], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    let output = ""
    child.stdout.on("data", (data) => {
      output += data
    })
    child.on("close", () => resolve(Number(output)))
  })

const seconds = Number(process.argv[2] ?? 5)
const shared = process.argv[3]

if (shared !== undefined) {
  console.log(await Effect.runPromise(count("file", shared, seconds)))
} else {
  const rates: ReadonlyArray<readonly [what: string, changes: (folder: string) => Promise<number>]> = [
    ["a KeyValueStore of files, one process", (folder) => Effect.runPromise(count("key-value", folder, seconds))],
    ["a shared file, one process", (folder) => Effect.runPromise(count("file", folder, seconds))],
    [
      "a shared file, four processes together",
      async (folder) =>
        (await Promise.all(Array.from({ length: 4 }, () => inProcess(folder, seconds)))).reduce((a, b) => a + b, 0)
    ]
  ]
  for (const [what, changes] of rates) {
    const folder = mkdtempSync(join(tmpdir(), "ledger-"))
    console.log(`${what}: ${((await changes(folder)) / seconds).toFixed(0)} changes a second`)
    rmSync(folder, { recursive: true })
  }
}

// Writes the models that OpenRouter lists now, and the month, into src/Schema/Model.ts. It needs no key. Build first, then
// run `node scripts/known-models.js` and look at the difference before you commit it.
import { readFileSync, writeFileSync } from "node:fs"
import { FetchHttpClient } from "@effect/platform"
import { Effect, Layer } from "effect"
import { Client, Images } from "effect-openrouter-images"

const file = new URL("../src/Schema/Model.ts", import.meta.url)

const ImagesLive = Images.layer.pipe(
  Layer.provide(Client.layer({ baseUrl: process.env["OPENROUTER_BASE_URL"] })),
  Layer.provide(FetchHttpClient.layer)
)

const { data } = await Effect.runPromise(Effect.provide(Images.listModels(), ImagesLive))
if (data.length === 0) throw new Error("the API lists no model")
const ids = [...new Set(data.map(({ id }) => id))].sort()
const month = new Intl.DateTimeFormat("en", { month: "long", year: "numeric" }).format(new Date())
const written = readFileSync(file, "utf8")
  .replace(/OpenEnum\(\n[^)]*\)/, `OpenEnum(\n${ids.map((id) => `  ${JSON.stringify(id)}`).join(",\n")}\n)`)
  .replace(/listed in \w+ \d{4}/, `listed in ${month}`)
writeFileSync(file, written)
console.log(`${ids.length} models, ${month}`)

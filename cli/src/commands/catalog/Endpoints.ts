/** `openrouter-images endpoints`: who serves a model, and the prices. */

import * as Args from "@effect/cli/Args"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Catalog, type Errors, type ImagesSchema, Quote } from "effect-openrouter-images"
import * as Flag from "../../options/Flag.js"
import { listing } from "../../output/Listing.js"
import * as Print from "../../output/Print.js"
import type { Column } from "../../output/Table.js"
import type { Screen } from "../../terminal/Screen.js"
import * as Command from "../Command.js"
import { ask, layer } from "./Ask.js"
import { price } from "./Price.js"
import * as PriceRange from "./PriceRange.js"
import * as SampleRequest from "./SampleRequest.js"
import { withSuggestion } from "./UnknownModel.js"

const orders = ["price", "provider"] as const

const config = {
  sort: Flag.oneOf("sort", orders, "The order of the rows. Default: the API's. One of"),
  json: Flag.toggle("json", "The endpoints as JSON"),
  emulator: Flag.emulator,
  model: Args.text({ name: "author/slug" }).pipe(Args.withDescription("The model's id, as `models` lists it"))
}

interface Given {
  readonly model: string
  readonly sort: (typeof orders)[number] | undefined
  readonly json: boolean
}

/** An endpoint with the price of one picture. */
export interface Row {
  readonly endpoint: ImagesSchema.ImageEndpoint
  readonly price: PriceRange.PriceRange | undefined
}

const resolutions = ({ supportedParameters }: ImagesSchema.ImageEndpoint): string => {
  const descriptor = supportedParameters["resolution"]
  if (descriptor === undefined) return "-"
  return descriptor.type === "enum" ? descriptor.values.join(", ") : "any"
}

const columns: ReadonlyArray<Column<Row>> = [
  { title: "PROVIDER", cell: ({ endpoint }) => endpoint.providerName },
  { title: "A PICTURE", cell: (row) => PriceRange.format(row.price) },
  { title: "PRICES", cell: ({ endpoint }) => endpoint.pricing.map(price).join(", ") || "unknown" },
  { title: "STREAMS", cell: ({ endpoint }) => (endpoint.supportsStreaming ? "yes" : "no") },
  { title: "RESOLUTIONS", cell: ({ endpoint }) => resolutions(endpoint) }
]

/** The rows in the order of `--sort`. */
export const sortRows = (rows: ReadonlyArray<Row>, order: Given["sort"]): ReadonlyArray<Row> => {
  switch (order) {
    case "price":
      return [...rows].sort((a, b) => PriceRange.compare(a.price, b.price))
    case "provider":
      return [...rows].sort((a, b) => a.endpoint.providerName.localeCompare(b.endpoint.providerName, "en"))
    default:
      return rows
  }
}

/** The price of one picture at an endpoint without further options; undefined if it accepts no such request. */
const priceAt = (model: string, { providerSlug, providerTag }: ImagesSchema.ImageEndpoint) => {
  const request = { model, prompt: SampleRequest.prompt, provider: { only: [providerTag ?? providerSlug] } }
  return Quote.estimate(request).pipe(
    Effect.catchTag("InvalidRequestError", () =>
      Quote.estimate({ ...request, inputReferences: SampleRequest.references })
    ),
    Effect.map(({ maxUsd, minUsd }): PriceRange.PriceRange | undefined => ({ minUsd, maxUsd })),
    Effect.catchTag("InvalidRequestError", () => Effect.succeed(undefined))
  )
}

const findRows = (model: string) =>
  Effect.flatMap(Catalog.endpoints(model), (endpoints) =>
    Effect.forEach(endpoints, (endpoint) => Effect.map(priceAt(model, endpoint), (price): Row => ({ endpoint, price })))
  )

/** Lists the endpoints of a model. */
export const endpoints = ({
  json,
  model,
  sort
}: Given): Effect.Effect<void, Errors.ListModelEndpointsError, Catalog.Catalog | Screen> =>
  Effect.gen(function* () {
    const rows = sortRows(yield* ask("endpoints", findRows(model)), sort)
    if (json) {
      const documents = rows.map(({ endpoint, price }) => ({ ...endpoint, price: price ?? null }))
      return yield* Print.json(documents)
    }
    yield* Console.log(yield* listing(columns, rows))
  })

export const command = Command.make({
  name: "endpoints",
  summary: "List the endpoints that serve a model, with their prices",
  usage: "[options] <author/slug>",
  stdout: "a table on stdout, wrapped to the width of a terminal; in a pipe, one line per row",
  examples: ["openrouter-images endpoints bytedance-seed/seedream-4.5 --sort price"],
  config,
  run: (options) => endpoints(options).pipe(withSuggestion(options.model), Effect.provide(layer(options.emulator)))
})

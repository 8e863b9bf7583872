/** `openrouter-images models`: the models, what they support, what they cost, and what changed. */

import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Catalog, type Errors, type ImagesSchema } from "effect-openrouter-images"
import type { UsageError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import { listing } from "../../output/Listing.js"
import * as Print from "../../output/Print.js"
import type { Column } from "../../output/Table.js"
import type { Screen } from "../../terminal/Screen.js"
import * as Command from "../Command.js"
import { ask, layer } from "./Ask.js"
import * as Changes from "./Changes.js"
import * as PriceRange from "./PriceRange.js"
import * as SampleRequest from "./SampleRequest.js"
import * as Supports from "./Supports.js"

const orders = ["name", "price", "newest"] as const

const config = {
  sort: Flag.oneOf("sort", orders, "The order of the rows. Default: the API's. One of"),
  supports: Options.text("supports").pipe(
    Options.withPseudoName("P[=VALUE]"),
    Options.withDescription(
      "Only models that take this parameter, such as seed, resolution=4K or streaming; may be repeated"
    ),
    Options.repeated,
    Options.withDefault([])
  ),
  maxPrice: Flag.dollars("max-price", "The most that one picture may cost, with the values of --supports"),
  save: Flag.text(
    "save",
    "FILE",
    "Save all models with their endpoints and prices in this file, to compare with later"
  ),
  diff: Flag.text("diff", "FILE", "Show what changed since --save; the exit code is 12 if anything did"),
  json: Flag.toggle("json", "The models as JSON, with the prices of their endpoints; with --diff, the changes"),
  emulator: Flag.emulator
}

interface Given {
  readonly sort: (typeof orders)[number] | undefined
  readonly supports: ReadonlyArray<string>
  readonly maxPrice: number | undefined
  readonly json: boolean
}

/** A model with the price of a picture at the endpoints that fit. */
export interface Row {
  readonly model: ImagesSchema.ImageModelListItem
  readonly price: PriceRange.PriceRange | undefined
}

/** A parameter by the name of its option, with its range. */
const capability = ([name, descriptor]: readonly [string, ImagesSchema.CapabilityDescriptor]): string => {
  const option = name === "input_references" ? "reference" : name.replaceAll("_", "-")
  if (descriptor.type !== "range") return option
  const { max, min } = descriptor
  return `${option} ${min === max ? min : `${min}-${max}`}`
}

/** In the words that `--supports` takes. */
const capabilitiesOf = ({ supportedParameters, supportsStreaming }: ImagesSchema.ImageModelListItem) => [
  ...(supportsStreaming ? ["streaming"] : []),
  ...Object.entries(supportedParameters).map(capability)
]

const columns: ReadonlyArray<Column<Row>> = [
  { title: "MODEL", cell: ({ model }) => model.id },
  { title: "PRICE", cell: ({ price }) => PriceRange.format(price) },
  { title: "SUPPORTS", cell: ({ model }) => capabilitiesOf(model).join(", ") || "-" }
]

/** The rows in the order of `--sort`; models without a price come last. */
export const sortRows = (rows: ReadonlyArray<Row>, order: Given["sort"]): ReadonlyArray<Row> => {
  switch (order) {
    case "name":
      return [...rows].sort((a, b) => a.model.id.localeCompare(b.model.id, "en"))
    case "price":
      return [...rows].sort((a, b) => PriceRange.compare(a.price, b.price))
    case "newest":
      return [...rows].sort((a, b) => b.model.created - a.model.created)
    default:
      return rows
  }
}

const findRows = ({ maxPrice, supports }: Given) =>
  Effect.gen(function* () {
    const { accepts, parameters } = yield* Supports.parse(supports)
    const maxCostUsd = maxPrice === undefined ? {} : { maxCostUsd: maxPrice }
    const models = yield* Catalog.models
    const plain = yield* Catalog.find({ parameters, ...maxCostUsd })
    const others = yield* Catalog.find({
      parameters: { ...parameters, inputReferences: SampleRequest.references },
      ...maxCostUsd
    })
    const offers = [...plain, ...others.filter(({ model }) => !plain.some((one) => one.model === model))].filter(
      accepts
    )
    const all = models.map(
      (model): Row => ({ model, price: PriceRange.of(offers.filter((offer) => offer.model === model.id)) })
    )
    const everything = supports.length === 0 && maxPrice === undefined
    return all.filter(({ price }) => everything || price !== undefined)
  })

/** Lists the models that fit, with what a picture costs. */
export const models = (
  options: Given
): Effect.Effect<void, Errors.ListModelEndpointsError | UsageError, Catalog.Catalog | Screen> =>
  Effect.gen(function* () {
    const rows = sortRows(yield* ask("models and prices", findRows(options)), options.sort)
    if (options.json) {
      const documents = rows.map(({ model, price }) => ({ ...model, price: price ?? null }))
      return yield* Print.json(documents)
    }
    if (rows.length === 0) return yield* Console.error("no model fits")
    yield* Console.log(yield* listing(columns, rows))
  })

export const command = Command.make({
  name: "models",
  summary: "List the models that make pictures",
  usage: "[options]",
  stdout: "a table on stdout, wrapped to the width of a terminal; in a pipe, one line per row",
  examples: [
    "openrouter-images models --sort price --supports seed --supports resolution=4K",
    "openrouter-images models --diff models.json --save models.json"
  ],
  config,
  run: (options) =>
    Effect.if(Changes.areAsked(options), {
      onTrue: () => Changes.changes(options),
      onFalse: () => models(options)
    }).pipe(Effect.provide(layer(options.emulator)))
})

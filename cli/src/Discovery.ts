/** `openrouter-images models` and `openrouter-images endpoints`: what there is, and what it costs. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { type Errors, Images, type ImagesSchema } from "effect-openrouter-images"
import { price } from "./Price.js"
import { Screen } from "./Screen.js"
import { spinning } from "./Spinner.js"
import { type Column, table } from "./Table.js"
import { printable } from "./Text.js"

const yesNo = (value: boolean): string => (value ? "yes" : "no")

/** A parameter under the name of its option, and how far it goes. */
const capability = ([name, descriptor]: readonly [string, ImagesSchema.CapabilityDescriptor]): string => {
  const option = name === "input_references" ? "reference" : name.replaceAll("_", "-")
  return descriptor.type === "range" ? `${option} ${descriptor.min}-${descriptor.max}` : option
}

const modelColumns: ReadonlyArray<Column<ImagesSchema.ImageModelListItem>> = [
  { title: "ID", cell: ({ id }) => id },
  { title: "NAME", cell: ({ name }) => name },
  { title: "INPUTS", cell: ({ architecture }) => architecture.inputModalities.join(", ") },
  { title: "STREAMS", cell: ({ supportsStreaming }) => yesNo(supportsStreaming) },
  {
    title: "SUPPORTS",
    cell: ({ supportedParameters }) => Object.entries(supportedParameters).map(capability).join(", ") || "-"
  }
]

const resolutions = ({ supportedParameters }: ImagesSchema.ImageEndpoint): string => {
  const descriptor = supportedParameters["resolution"]
  if (descriptor === undefined) return "-"
  return descriptor.type === "enum" ? descriptor.values.join(", ") : "any"
}

const endpointColumns: ReadonlyArray<Column<ImagesSchema.ImageEndpoint>> = [
  { title: "PROVIDER", cell: ({ providerName }) => providerName },
  { title: "PRICES", cell: ({ pricing }) => pricing.map(price).join(", ") || "unknown" },
  { title: "STREAMS", cell: ({ supportsStreaming }) => yesNo(supportsStreaming) },
  { title: "RESOLUTIONS", cell: resolutions }
]

/** For a terminal the table is wrapped to its width; for a file or another program each row is one line. */
const show = <Row>(columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>): Effect.Effect<void, never, Screen> =>
  Effect.gen(function* () {
    const { stdout } = yield* Screen
    const { columns: width } = yield* stdout
    const safe = columns.map(({ cell, title }) => ({ title, cell: (row: Row) => printable(cell(row)) }))
    yield* Console.log(table(safe, rows, width))
  })

const asking = <A, E, R>(what: string, effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    spinning(`asking for the ${what}:`),
    Effect.onInterrupt(() => Console.error("cancelled: nothing was billed"))
  )

/** The models that make pictures. */
export const models: Effect.Effect<void, Errors.ListModelsError, Images.Images | Screen> = Effect.gen(function* () {
  const { data } = yield* asking("models", Images.listModels())
  yield* show(modelColumns, data)
})

/** The endpoints of a model. */
export const endpoints = (model: string): Effect.Effect<void, Errors.ListModelEndpointsError, Images.Images | Screen> =>
  Effect.gen(function* () {
    const answer = yield* asking("endpoints", Images.listModelEndpoints(model))
    yield* show(endpointColumns, answer.endpoints)
  })

/** `openrouter-images models` and `openrouter-images endpoints`: what there is, and what it costs. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { type Errors, Images, type ImagesSchema } from "effect-openrouter-images"
import { asking, listing } from "./Listing.js"
import { price } from "./Price.js"
import type { Screen } from "./Screen.js"
import type { Column } from "./Table.js"

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

/** The models that make pictures. */
export const models: Effect.Effect<void, Errors.ListModelsError, Images.Images | Screen> = Effect.gen(function* () {
  const { data } = yield* asking("models", Images.listModels())
  yield* Console.log(yield* listing(modelColumns, data))
})

/** The endpoints of a model. */
export const endpoints = (model: string): Effect.Effect<void, Errors.ListModelEndpointsError, Images.Images | Screen> =>
  Effect.gen(function* () {
    const answer = yield* asking("endpoints", Images.listModelEndpoints(model))
    yield* Console.log(yield* listing(endpointColumns, answer.endpoints))
  })

/** What a model can be asked for here. */
import type { ImagesSchema } from "effect-openrouter-images"
import { counted } from "./Text.js"

type Model = ImagesSchema.ImageModelListItem

const valuesOf = ({ supportedParameters }: Model, name: string): ReadonlyArray<string> => {
  const descriptor = supportedParameters[name]
  return descriptor?.type === "enum" ? descriptor.values : []
}

const rangeOf = ({ supportedParameters }: Model, name: string): ImagesSchema.RangeCapability | undefined => {
  const descriptor = supportedParameters[name]
  return descriptor?.type === "range" ? descriptor : undefined
}

/** The parameters of which one value is chosen, by their names in a request. */
const enumerations = {
  aspectRatio: "aspect_ratio",
  quality: "quality",
  resolution: "resolution",
  outputFormat: "output_format"
} as const

export type Enumeration = keyof typeof enumerations

/** Without `auto`, which is what leaving it out means. None where the model does not take the parameter. */
export const choicesOf = (model: Model, name: Enumeration): ReadonlyArray<string> =>
  valuesOf(model, enumerations[name]).filter((value) => value !== "auto")

export const mostPictures = (model: Model): number => rangeOf(model, "n")?.max ?? 1

export const takesSeed = ({ supportedParameters }: Model): boolean => "seed" in supportedParameters

/** A model that only works from pictures cannot be used here, for this page sends none. */
export const needsReferences = (model: Model): boolean => (rangeOf(model, "input_references")?.min ?? 0) > 0

/** What the form does not show anyway, in a few words each. */
export const summary = (model: Model): ReadonlyArray<string> => {
  const references = rangeOf(model, "input_references")?.max ?? 0
  return [
    ...(model.supportsStreaming ? ["shows previews"] : []),
    ...(valuesOf(model, "background").includes("transparent") ? ["transparent"] : []),
    ...(references > 0 ? [counted(references, "reference")] : [])
  ]
}

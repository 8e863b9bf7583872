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

/** Without `auto`, which is what leaving it out means. */
export const aspectRatios = (model: Model): ReadonlyArray<string> =>
  valuesOf(model, "aspect_ratio").filter((ratio) => ratio !== "auto")

export const mostPictures = (model: Model): number => rangeOf(model, "n")?.max ?? 1

/** A model that only works from pictures cannot be used here, for this page sends none. */
export const needsReferences = (model: Model): boolean => (rangeOf(model, "input_references")?.min ?? 0) > 0

/** In a few words each. */
export const summary = (model: Model): ReadonlyArray<string> => {
  const resolutions = valuesOf(model, "resolution")
  const formats = valuesOf(model, "output_format")
  const references = rangeOf(model, "input_references")?.max ?? 0
  return [
    ...(model.supportsStreaming ? ["shows previews"] : []),
    ...(resolutions.length > 0 ? [resolutions.join(", ")] : []),
    ...(formats.length > 0 ? [formats.join(", ")] : []),
    ...(valuesOf(model, "background").includes("transparent") ? ["transparent"] : []),
    ...(references > 0 ? [counted(references, "reference")] : []),
    ...("seed" in model.supportedParameters ? ["seed"] : [])
  ]
}

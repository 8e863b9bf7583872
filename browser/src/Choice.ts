/** What a person has chosen in the form, and the request that it means. */
import type { ImagesSchema } from "effect-openrouter-images"
import { choicesOf, type Enumeration, mostPictures, takesSeed } from "./Capabilities.js"

export interface Choice {
  readonly prompt: string
  /** A model's id; empty while none is listed. */
  readonly model: string
  /** Empty leaves it to the model, as in each of the following. */
  readonly aspectRatio: string
  readonly quality: string
  readonly resolution: string
  readonly outputFormat: string
  /** As it is typed: whether it can be one, the library says. */
  readonly seed: string
  readonly pictures: number
  /** Of the emulator only. */
  readonly rehearsal: string
}

/** The choice as far as the model can follow it. */
export const within = (choice: Choice, model: ImagesSchema.ImageModelListItem): Choice => {
  const ifTaken = (name: Enumeration): string => (choicesOf(model, name).includes(choice[name]) ? choice[name] : "")
  return {
    ...choice,
    model: model.id,
    aspectRatio: ifTaken("aspectRatio"),
    quality: ifTaken("quality"),
    resolution: ifTaken("resolution"),
    outputFormat: ifTaken("outputFormat"),
    seed: takesSeed(model) ? choice.seed : "",
    pictures: Math.max(1, Math.min(choice.pictures, mostPictures(model)))
  }
}

export const sameRequest = (one: ImagesSchema.ImageGenerationRequest, other: typeof one): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

export const requestOf = (choice: Choice): ImagesSchema.ImageGenerationRequest => ({
  model: choice.model,
  prompt: choice.prompt.trim(),
  ...(choice.aspectRatio === "" ? {} : { aspectRatio: choice.aspectRatio }),
  ...(choice.quality === "" ? {} : { quality: choice.quality }),
  ...(choice.resolution === "" ? {} : { resolution: choice.resolution }),
  ...(choice.outputFormat === "" ? {} : { outputFormat: choice.outputFormat }),
  ...(choice.seed === "" ? {} : { seed: Number(choice.seed) }),
  ...(choice.pictures === 1 ? {} : { n: choice.pictures })
})

/** Width by height; a picture whose proportion is left to the model is taken for a square. */
export const proportion = (aspectRatio: string | undefined): number => {
  const [width, height] = (aspectRatio ?? "").split(":").map(Number)
  return width !== undefined && height !== undefined && width > 0 && height > 0 ? width / height : 1
}

/** What a person has chosen in the form, and the request that it means. */
import type { ImagesSchema } from "effect-openrouter-images"
import { aspectRatios, mostPictures } from "./Capabilities.js"

export interface Choice {
  readonly prompt: string
  /** A model's id; empty while none is listed. */
  readonly model: string
  /** Empty leaves it to the model. */
  readonly aspectRatio: string
  readonly pictures: number
  /** Of the emulator only. */
  readonly rehearsal: string
}

/** The choice as far as the model can follow it. */
export const within = (choice: Choice, model: ImagesSchema.ImageModelListItem): Choice => ({
  ...choice,
  model: model.id,
  aspectRatio: aspectRatios(model).includes(choice.aspectRatio) ? choice.aspectRatio : "",
  pictures: Math.max(1, Math.min(choice.pictures, mostPictures(model)))
})

export const requestOf = (choice: Choice): ImagesSchema.ImageGenerationRequest => ({
  model: choice.model,
  prompt: choice.prompt.trim(),
  ...(choice.aspectRatio === "" ? {} : { aspectRatio: choice.aspectRatio }),
  ...(choice.pictures === 1 ? {} : { n: choice.pictures })
})

/** Width by height; a picture whose proportion is left to the model is taken for a square. */
export const proportion = (aspectRatio: string | undefined): number => {
  const [width, height] = (aspectRatio ?? "").split(":").map(Number)
  return width !== undefined && height !== undefined && width > 0 && height > 0 ? width / height : 1
}

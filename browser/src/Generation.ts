/** A generation from its start to its end, as data: what has been heard of it, and what that comes to. */
import type * as Duration from "effect/Duration"
import type { Errors, ImageStream, ImagesSchema, Quote } from "effect-openrouter-images"

export type Outcome =
  | { readonly _tag: "Working" }
  | { readonly _tag: "Done" }
  | { readonly _tag: "Cancelled" }
  | { readonly _tag: "Failed"; readonly error: Errors.OpenRouterError }
  /** A fault of this page. */
  | { readonly _tag: "Broken"; readonly description: string }

export interface Generation {
  readonly request: ImagesSchema.ImageGenerationRequest
  readonly quote: Quote.Quote | undefined
  /** Whether an attempt has left this page. */
  readonly sent: boolean
  /** By the server's last sign of life, and at the end by the clock. */
  readonly elapsed: Duration.Duration | undefined
  /** Why there is another attempt. */
  readonly retrying: string | undefined
  readonly view: ImageStream.View
  /** How many previews have come. */
  readonly previews: number
  readonly outcome: Outcome
}

export const start = (request: Generation["request"], quote: Generation["quote"]): Generation => ({
  request,
  quote,
  sent: false,
  elapsed: undefined,
  retrying: undefined,
  view: { markup: "", completed: [] },
  previews: 0,
  outcome: { _tag: "Working" }
})

/** A preview is a picture that is not among the finished ones. */
export const preview = ({ completed, image }: ImageStream.View): ImageStream.View["image"] =>
  completed.some((one) => one.image === image) ? undefined : image

export const seen = (generation: Generation, view: ImageStream.View): Generation => {
  const isNew = preview(view) !== undefined && view.image !== generation.view.image
  return { ...generation, view, retrying: undefined, previews: generation.previews + (isNew ? 1 : 0) }
}

/** What is known of billing, whatever the end. Once a request is sent, the provider may draw on without anybody to see it. */
export const billing = ({ outcome, sent }: Generation): Errors.Billing => {
  switch (outcome._tag) {
    case "Done":
      return "billed"
    case "Failed":
      return outcome.error.billing
    default:
      return sent ? "unknown" : "notBilled"
  }
}

/** Pictures that came whole although the generation failed. */
const rescued = ({ outcome }: Generation): ReadonlyArray<ImagesSchema.Completed["image"]> =>
  outcome._tag === "Failed" && "images" in outcome.error ? outcome.error.images : []

export const finished = (generation: Generation): ReadonlyArray<ImagesSchema.Completed["image"]> => {
  const completed = generation.view.completed.map(({ image }) => image)
  return [...completed, ...rescued(generation).filter((image) => !completed.includes(image))]
}

/** A generation from its start to its end, as data: what has been heard of it, and what that comes to. */
import * as Duration from "effect/Duration"
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
  /** Since it was started. */
  readonly elapsed: Duration.Duration
  /** The server's signs of life between its events, and when the last one came. */
  readonly keepAlives: number
  readonly heardAt: Duration.Duration | undefined
  /** Why there is another attempt. */
  readonly retrying: string | undefined
  readonly view: ImageStream.View
  /** How many previews have come. */
  readonly previews: number
  /** How many came the last time that this model finished. The API does not say how many are to come. */
  readonly usualPreviews: number | undefined
  readonly outcome: Outcome
}

export const start = ({
  quote,
  request,
  usualPreviews
}: Pick<Generation, "quote" | "request" | "usualPreviews">): Generation => ({
  request,
  quote,
  sent: false,
  elapsed: Duration.zero,
  keepAlives: 0,
  heardAt: undefined,
  retrying: undefined,
  view: { markup: "", completed: [] },
  previews: 0,
  usualPreviews,
  outcome: { _tag: "Working" }
})

/** A preview is a picture that is not among the finished ones. */
export const preview = ({ completed, image }: ImageStream.View): ImageStream.View["image"] =>
  completed.some((one) => one.image === image) ? undefined : image

export const seen = (generation: Generation, view: ImageStream.View): Generation => {
  const isNew = preview(view) !== undefined && view.image !== generation.view.image
  return { ...heard(generation), view, retrying: undefined, previews: generation.previews + (isNew ? 1 : 0) }
}

/** A preview, a picture or more markup is a sign of life as well. */
export const heard = (generation: Generation): Generation => ({ ...generation, heardAt: generation.elapsed })

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

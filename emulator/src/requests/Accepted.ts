/** A request that will be served: by whom, and what is drawn. */
import type { ImagesSchema } from "effect-openrouter-images"
import type { Answers, Format } from "../catalogue/Entry.js"
import type { PixelSize } from "./PixelSize.js"

export interface Accepted {
  readonly request: ImagesSchema.ImageGenerationRequest
  readonly endpoint: ImagesSchema.ImageEndpoint
  readonly size: PixelSize
  readonly format: Format
  /** How the model answers. */
  readonly answers: Answers
  /** Whether the answer is to be a stream; an endpoint that cannot stream answers with the plain JSON. */
  readonly stream: boolean
}

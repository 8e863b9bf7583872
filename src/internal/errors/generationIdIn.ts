/** The generation that an error is about. */
import type { OpenRouterError } from "../../Errors.js"

/** Only errors of an answer whose head had come have an id. */
export const generationIdIn = (error: OpenRouterError): string | undefined =>
  "generationId" in error ? error.generationId : undefined

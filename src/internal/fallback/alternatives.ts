/** The requests that are made in turn until one succeeds. */
import type { GenerateStreamError } from "../../Errors.js"
import type { Step } from "../../Fallback.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { same } from "../request/same.js"

export interface Failure<E> {
  readonly request: ImageGenerationRequest
  readonly error: E
}

/** The most models to try that only the server has named. */
const mostSuggestions = 3

export const withStep = (request: ImageGenerationRequest, step: Step): ImageGenerationRequest =>
  typeof step === "string" ? { ...request, model: step } : { ...request, ...step }

/** The models that the server named as replacements for one that failed. */
const suggestionsOf = ({ error }: Failure<GenerateStreamError>): ReadonlyArray<string> =>
  ("availability" in error ? error.availability?.fallbackModels : undefined) ?? []

/** The first request that has not been made, or one that the failures suggest. */
export const nextRequest = (
  given: readonly [ImageGenerationRequest, ...ReadonlyArray<ImageGenerationRequest>],
  failures: ReadonlyArray<Failure<GenerateStreamError>>,
  followAvailability: boolean
): ImageGenerationRequest | undefined => {
  const isIn = (all: ReadonlyArray<ImageGenerationRequest>) => (request: ImageGenerationRequest) =>
    all.some((each) => same(each, request))
  const made = failures.map(({ request }) => request)
  const wasMade = isIn(made)
  const next = given.find((request) => !wasMade(request))
  const wasGiven = isIn(given)
  if (next !== undefined || !followAvailability) return next
  if (made.filter((request) => !wasGiven(request)).length >= mostSuggestions) return undefined
  const model = failures.flatMap(suggestionsOf).find((model) => !made.some((request) => request.model === model))
  return model === undefined ? undefined : { ...given[0], model }
}

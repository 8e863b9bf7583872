/** Searches the catalogue for endpoints that meet the criteria. */
import type { Criteria, Offer } from "../../Catalog.js"
import type { Issue } from "../../Errors.js"
import type { ImageEndpoint } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import type { ImageModelListItem } from "../../Schema/ImageModel.js"
import { dollarsIssues } from "../schema/amount.js"
import { type Parameter, parameterNames } from "./compatibility.js"
import { evaluate } from "./evaluate.js"
import { priceAt } from "./price.js"
import { isNamed } from "./routing.js"

const isNames = (parameters: Criteria["parameters"]): parameters is ReadonlyArray<Parameter> =>
  Array.isArray(parameters)

/** What is wrong with the criteria. */
export const issuesOf = ({ maxCostUsd }: Criteria): ReadonlyArray<Issue> =>
  maxCostUsd === undefined ? [] : dollarsIssues(["maxCostUsd"], maxCostUsd)

export const matches = ({ architecture }: ImageModelListItem, { inputModalities = [] }: Criteria): boolean =>
  inputModalities.every((modality) => architecture.inputModalities.includes(modality))

const supports = ({ supportedParameters }: ImageEndpoint, { parameters }: Criteria): boolean =>
  !isNames(parameters) || parameters.every((name) => parameterNames[name] in supportedParameters)

/** A prompt of typical length, for prices by its tokens. */
const usualPrompt = "x".repeat(200)

const requestOf = (model: string, { parameters }: Criteria): ImageGenerationRequest => ({
  prompt: usualPrompt,
  ...(isNames(parameters) ? {} : parameters),
  model
})

export const search = (
  { id }: ImageModelListItem,
  endpoints: ReadonlyArray<ImageEndpoint>,
  criteria: Criteria
): ReadonlyArray<Offer> => {
  const request = requestOf(id, criteria)
  const { maxCostUsd = Number.POSITIVE_INFINITY, provider, streaming } = criteria
  return evaluate(request, endpoints)
    .eligible.filter((endpoint) => supports(endpoint, criteria))
    .filter((endpoint) => provider === undefined || isNamed(endpoint, provider))
    .filter((endpoint) => streaming === undefined || endpoint.supportsStreaming === streaming)
    .map((endpoint) => {
      const { maxUsd, minUsd } = priceAt(request, endpoint)
      return { ...endpoint, model: id, minUsd, maxUsd }
    })
    .filter(({ maxUsd }) => maxUsd <= maxCostUsd)
}

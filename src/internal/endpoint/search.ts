/** The endpoints of the catalogue that can do what is asked. */
import type { Issue } from "../../Errors.js"
import type { ImageEndpoint } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import type { ImageModelListItem, InputModality } from "../../Schema/ImageModel.js"
import { dollarsIssues } from "../schema/amount.js"
import { type Parameter, parameterNames } from "./compatibility.js"
import { evaluate } from "./evaluate.js"
import { priceAt } from "./price.js"
import { isNamed } from "./routing.js"

export interface Criteria {
  /** Parameters that must be taken: by name, or with the values that are meant. */
  readonly parameters?: ReadonlyArray<Parameter> | Partial<Omit<ImageGenerationRequest, "model">> | undefined
  /** What the model must take in. */
  readonly inputModalities?: ReadonlyArray<InputModality> | undefined
  /** Whether the endpoint streams. */
  readonly streaming?: boolean | undefined
  /**
   * The most that the request may cost, in US dollars, zero or more; an endpoint whose price has no known upper bound is left out. Any other number
   * fails with InvalidRequestError.
   */
  readonly maxCostUsd?: number | undefined
  /** A provider's name, slug or tag. */
  readonly provider?: string | undefined
}

export interface Offer extends ImageEndpoint {
  /** The model's id. */
  readonly model: string
  /** The least that a request with these parameters costs, in US dollars. */
  readonly minUsd: number
  /** The most; `Infinity` where no upper bound is known. */
  readonly maxUsd: number
}

const isNames = (parameters: Criteria["parameters"]): parameters is ReadonlyArray<Parameter> =>
  Array.isArray(parameters)

/** What is wrong with the criteria. */
export const issuesOf = ({ maxCostUsd }: Criteria): ReadonlyArray<Issue> =>
  maxCostUsd === undefined ? [] : dollarsIssues(["maxCostUsd"], maxCostUsd)

export const matches = ({ architecture }: ImageModelListItem, { inputModalities = [] }: Criteria): boolean =>
  inputModalities.every((modality) => architecture.inputModalities.includes(modality))

const supports = ({ supportedParameters }: ImageEndpoint, { parameters }: Criteria): boolean =>
  !isNames(parameters) || parameters.every((name) => parameterNames[name] in supportedParameters)

/** A prompt of usual length, for prices by its tokens. */
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

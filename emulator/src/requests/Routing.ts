/** Which endpoints may serve a request, by its provider preferences, and in which order they are asked. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { ImagesSchema } from "effect-openrouter-images"
import { type Refusal, refuse, unroutable } from "../answers/Refusal.js"
import type { CatalogueEntry } from "../catalogue/Catalogue.js"
import { pixelSize } from "./PixelSize.js"
import { costOf } from "./Price.js"

type Endpoint = ImagesSchema.ImageEndpoint
type Request = ImagesSchema.ImageGenerationRequest

const isNamed = (endpoint: Endpoint, name: string): boolean =>
  name === endpoint.providerName || name === endpoint.providerSlug || name === endpoint.providerTag

const isInList = (endpoint: Endpoint, names: ReadonlyArray<string>): boolean =>
  names.some((name) => isNamed(endpoint, name))

/** The place in a list of names. An endpoint that is not in it comes last. */
const placeIn = (names: ReadonlyArray<string>, endpoint: Endpoint): number => {
  const place = names.findIndex((name) => isNamed(endpoint, name))
  return place === -1 ? names.length : place
}

/** What this request would cost there, when that is what endpoints are sorted by: nothing is known of their speed. */
const priceFor = (request: Request): ((endpoint: Endpoint) => number) => {
  const sort = request.provider?.sort
  if ((Predicate.isString(sort) ? sort : sort?.by) !== "price") return () => 0
  const size = pixelSize(request)
  return (endpoint) => costOf({ request, endpoint, size }, request.n ?? 1)
}

/** The endpoints that the preferences allow, the preferred ones first. */
export const selectEndpoints = (
  { endpoints, model }: CatalogueEntry,
  request: Request
): Either.Either<ReadonlyArray<Endpoint>, Refusal> => {
  if (endpoints.length === 0) {
    return Either.left(unroutable(404, `No endpoints found for ${model.id}.`, "Initial Endpoints", 0))
  }
  const { allowFallbacks, ignore, only, order } = request.provider ?? {}
  const price = priceFor(request)
  const left = endpoints
    .filter((one) => !only || isInList(one, only))
    .filter((one) => !order || allowFallbacks !== false || isInList(one, order))
    .filter((one) => !isInList(one, ignore ?? []))
    .sort((a, b) => placeIn(order ?? [], a) - placeIn(order ?? [], b) || price(a) - price(b))
  if (left.length > 0) return Either.right(left)
  const slugs = endpoints.map(({ providerSlug }) => providerSlug).join(", ")
  return Either.left(
    refuse(404, `provider: no endpoint of ${model.id} is left by the provider preferences; it has ${slugs}`, {
      availability: { code: "no_endpoints", retryable: false, excludedBy: "provider_preferences" }
    })
  )
}

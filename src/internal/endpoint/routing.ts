/** Which endpoints a request's provider preferences leave, and in which order. */
import type { ImageEndpoint } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationProviderPreferences } from "../../Schema/ImageGenerationProviderPreferences.js"
import { error, type Objection } from "./compatibility.js"

/** A provider goes by its name, its slug or its tag. */
export const isNamed = ({ providerName, providerSlug, providerTag }: ImageEndpoint, name: string): boolean =>
  name === providerName || name === providerSlug || name === providerTag

const named = (endpoint: ImageEndpoint, names: ReadonlyArray<string>): boolean =>
  names.some((name) => isNamed(endpoint, name))

/** What the preferences have against an endpoint. `slugs` are those of all the model's endpoints. */
export const excluded = (
  endpoint: ImageEndpoint,
  preferences: ImageGenerationProviderPreferences | undefined,
  slugs: ReadonlyArray<string>
): ReadonlyArray<Objection> => {
  const { allowFallbacks, ignore, only, order } = preferences ?? {}
  const { providerSlug } = endpoint
  return [
    ...(only && !named(endpoint, only) ? [error(["provider", "only"], only, `leaves ${providerSlug} out`, slugs)] : []),
    ...(order && allowFallbacks === false && !named(endpoint, order)
      ? [error(["provider", "order"], order, `leaves ${providerSlug} out, since allowFallbacks is false`, slugs)]
      : []),
    ...(ignore && named(endpoint, ignore) ? [error(["provider", "ignore"], ignore, `leaves ${providerSlug} out`)] : [])
  ]
}

/** Those named in `order` come first, in that order; the rest stays as it was. */
export const inOrder = (
  endpoints: ReadonlyArray<ImageEndpoint>,
  preferences: ImageGenerationProviderPreferences | undefined
): ReadonlyArray<ImageEndpoint> => {
  const order = preferences?.order ?? []
  const place = (endpoint: ImageEndpoint): number => {
    const found = order.findIndex((name) => isNamed(endpoint, name))
    return found < 0 ? order.length : found
  }
  return [...endpoints].sort((a, b) => place(a) - place(b))
}

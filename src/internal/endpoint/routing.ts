/** Which endpoints a request's provider preferences permit, and in which order. */
import type { ImageEndpoint } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationProviderPreferences } from "../../Schema/ImageGenerationProviderPreferences.js"
import { error, type Incompatibility } from "./compatibility.js"

/** A provider may be named by its name, its slug or its tag. */
export const isNamed = ({ providerName, providerSlug, providerTag }: ImageEndpoint, name: string): boolean =>
  name === providerName || name === providerSlug || name === providerTag

const isAmong = (endpoint: ImageEndpoint, names: ReadonlyArray<string>): boolean =>
  names.some((name) => isNamed(endpoint, name))

/** Why the preferences exclude an endpoint. `slugs` are those of all the model's endpoints. */
export const exclusionOf = (
  endpoint: ImageEndpoint,
  preferences: ImageGenerationProviderPreferences | undefined,
  slugs: ReadonlyArray<string>
): ReadonlyArray<Incompatibility> => {
  const { allowFallbacks, ignore, only, order } = preferences ?? {}
  const { providerSlug } = endpoint
  return [
    ...(only && !isAmong(endpoint, only)
      ? [error(["provider", "only"], only, `leaves ${providerSlug} out`, slugs)]
      : []),
    ...(order && allowFallbacks === false && !isAmong(endpoint, order)
      ? [error(["provider", "order"], order, `leaves ${providerSlug} out, since allowFallbacks is false`, slugs)]
      : []),
    ...(ignore && isAmong(endpoint, ignore)
      ? [error(["provider", "ignore"], ignore, `leaves ${providerSlug} out`)]
      : [])
  ]
}

/** Those named in `order` come first, in that order. The rest keep their order. */
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

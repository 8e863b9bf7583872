/** Judges a request endpoint by endpoint. */
import type { Finding, Report } from "../../Preflight.js"
import type { ImageEndpoint } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { faultsOf, type Incompatibility, incompatibilitiesWith } from "./compatibility.js"
import { exclusionOf, inOrder } from "./routing.js"

/** Endpoints with the same objection share one finding. */
const gather = (
  found: ReadonlyArray<readonly [endpoint: ImageEndpoint, incompatibilities: ReadonlyArray<Incompatibility>]>
): ReadonlyArray<Finding> => {
  const findings = new Map<string, Finding>()
  for (const [endpoint, incompatibilities] of found) {
    for (const incompatibility of incompatibilities) {
      const key = `${incompatibility.parameter}\n${incompatibility.reason}`
      const endpoints = findings.get(key)?.endpoints ?? []
      findings.set(key, { ...incompatibility, endpoints: [...endpoints, endpoint] })
    }
  }
  return [...findings.values()]
}

/** Options for a provider that does not serve the model. */
const unknownProviders = (
  request: ImageGenerationRequest,
  endpoints: ReadonlyArray<ImageEndpoint>
): ReadonlyArray<Finding> =>
  Object.entries(request.provider?.options ?? {})
    .filter(([slug]) => !endpoints.some(({ providerSlug }) => providerSlug === slug))
    .map(([slug, value]) => ({
      parameter: `provider.options.${slug}`,
      path: ["provider", "options", slug],
      value,
      reason: `is dropped: no endpoint of ${request.model} has this slug`,
      allowed: endpoints.map(({ providerSlug }) => providerSlug),
      severity: "warning",
      endpoints: []
    }))

const isError = ({ severity }: Incompatibility): boolean => severity === "error"

export const evaluate = (request: ImageGenerationRequest, endpoints: ReadonlyArray<ImageEndpoint>): Report => {
  const { provider } = request
  const slugs = endpoints.map(({ providerSlug }) => providerSlug)
  const own = faultsOf(request).map((incompatibility): Finding => ({ ...incompatibility, endpoints: [] }))
  const known = new Set(own.map(({ parameter }) => parameter))
  const found = endpoints.map((endpoint) => {
    const incompatibilities = [...exclusionOf(endpoint, provider, slugs), ...incompatibilitiesWith(request, endpoint)]
    return [endpoint, incompatibilities.filter(({ parameter }) => !known.has(parameter))] as const
  })
  const free = found.filter(([, incompatibilities]) => !incompatibilities.some(isError)).map(([endpoint]) => endpoint)
  const eligible = own.some(isError) ? [] : inOrder(free, provider)
  return {
    ok: eligible.length > 0,
    eligible,
    issues: [...own, ...gather(found), ...unknownProviders(request, endpoints)]
  }
}

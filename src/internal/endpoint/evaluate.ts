/** A request judged endpoint by endpoint. */
import type { ImageEndpoint } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { faultsOf, type Incompatibility, incompatibilitiesWith } from "./compatibility.js"
import { exclusionOf, inOrder } from "./routing.js"

export interface Finding extends Incompatibility {
  /** The endpoints that have it; none where the request itself is at fault. */
  readonly endpoints: ReadonlyArray<ImageEndpoint>
}

export interface Verdict {
  /** Whether at least one endpoint takes the request. */
  readonly ok: boolean
  /** The endpoints that take it, the preferred ones first. */
  readonly eligible: ReadonlyArray<ImageEndpoint>
  readonly issues: ReadonlyArray<Finding>
}

/** Endpoints that have the same against a request share one finding. */
const gather = (
  found: ReadonlyArray<readonly [endpoint: ImageEndpoint, objections: ReadonlyArray<Incompatibility>]>
): ReadonlyArray<Finding> => {
  const findings = new Map<string, Finding>()
  for (const [endpoint, objections] of found) {
    for (const objection of objections) {
      const key = `${objection.parameter}\n${objection.reason}`
      const endpoints = findings.get(key)?.endpoints ?? []
      findings.set(key, { ...objection, endpoints: [...endpoints, endpoint] })
    }
  }
  return [...findings.values()]
}

/** Options for a provider that does not serve the model. */
const unheard = (request: ImageGenerationRequest, endpoints: ReadonlyArray<ImageEndpoint>): ReadonlyArray<Finding> =>
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

export const evaluate = (request: ImageGenerationRequest, endpoints: ReadonlyArray<ImageEndpoint>): Verdict => {
  const { provider } = request
  const slugs = endpoints.map(({ providerSlug }) => providerSlug)
  const own = faultsOf(request).map((objection): Finding => ({ ...objection, endpoints: [] }))
  const known = new Set(own.map(({ parameter }) => parameter))
  const found = endpoints.map((endpoint) => {
    const objections = [...exclusionOf(endpoint, provider, slugs), ...incompatibilitiesWith(request, endpoint)]
    return [endpoint, objections.filter(({ parameter }) => !known.has(parameter))] as const
  })
  const free = found.filter(([, objections]) => !objections.some(isError)).map(([endpoint]) => endpoint)
  const eligible = own.some(isError) ? [] : inOrder(free, provider)
  return { ok: eligible.length > 0, eligible, issues: [...own, ...gather(found), ...unheard(request, endpoints)] }
}

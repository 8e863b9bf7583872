/** Finds the nearest request that an endpoint accepts. */
import type { Change, Fit } from "../../Preflight.js"
import type { ImageEndpoint } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { present } from "../schema/present.js"
import { type Asked, incompatibilitiesWith, parametersOf } from "./compatibility.js"
import { evaluate } from "./evaluate.js"
import { clamp, type Patch, patch, repair } from "./repair.js"
import { exclusionOf } from "./routing.js"
import { areaOf, pixelsOf, ratioOf, sideOf } from "./size.js"

type Request = ImageGenerationRequest

/** The nearest value. None where no distance can be measured. */
const nearestBy = (
  values: ReadonlyArray<string>,
  measure: (value: string) => number | undefined,
  wanted: number | undefined
): string | undefined =>
  values
    .flatMap((value) => {
      const measured = measure(value)
      return wanted === undefined || measured === undefined
        ? []
        : [[value, Math.abs(Math.log(measured / wanted))] as const]
    })
    .sort(([, a], [, b]) => a - b)[0]?.[0]

const qualities = ["low", "medium", "high", "xhigh", "max"]
const qualityOf = (value: string): number | undefined => {
  const place = qualities.indexOf(value)
  return place < 0 ? undefined : 2 ** place
}

/**
 * The nearest of an enumeration's values. Encodings without visible loss can replace each other; svg replaces none of
 * them.
 */
const nearest = ({ parameter, value }: Asked, values: ReadonlyArray<string>): string | undefined => {
  const text = String(value)
  switch (parameter) {
    case "aspectRatio":
      return nearestBy(values, ratioOf, ratioOf(text))
    case "resolution":
    case "size":
      return nearestBy(values, sideOf, sideOf(text))
    case "quality":
      return nearestBy(values, qualityOf, qualityOf(text))
    case "outputFormat":
      return ["png", "webp", "jpeg"].find((format) => values.includes(format)) ?? values[0]
    default:
      return undefined
  }
}

const valuesOf = ({ supportedParameters }: ImageEndpoint, capability: string): ReadonlyArray<string> => {
  const descriptor = supportedParameters[capability]
  return descriptor?.type === "enum" ? descriptor.values : []
}

/** Replaces pixels for an endpoint that has only tiers and proportions. */
const withoutPixels = (request: Request, endpoint: ImageEndpoint): Patch => {
  const pixels = pixelsOf(request.size)
  if (pixels === undefined) return { size: undefined }
  return {
    size: undefined,
    resolution: nearestBy(valuesOf(endpoint, "resolution"), sideOf, Math.sqrt(areaOf(pixels))),
    aspectRatio: nearestBy(valuesOf(endpoint, "aspect_ratio"), ratioOf, pixels.width / pixels.height)
  }
}

/** The replacement for a value that an endpoint refuses. */
const replacement = (request: Request, asked: Asked, endpoint: ImageEndpoint): Patch => {
  const { capability, parameter, value } = asked
  const descriptor = endpoint.supportedParameters[capability]
  if (parameter === "size" && descriptor === undefined) return withoutPixels(request, endpoint)
  if (descriptor?.type === "enum") return { [parameter]: nearest(asked, descriptor.values) }
  if (parameter === "inputReferences") {
    const most = descriptor?.type === "range" ? descriptor.max : 0
    return { inputReferences: most > 0 ? request.inputReferences?.slice(0, most) : undefined }
  }
  return { [parameter]: descriptor?.type === "range" ? clamp(Number(value), descriptor) : undefined }
}

type Step = (request: Request, endpoint: ImageEndpoint) => Request

const refusedBy = (endpoint: ImageEndpoint, request: Request): ReadonlyArray<string> =>
  incompatibilitiesWith(request, endpoint).flatMap(({ path: [field], severity }) =>
    severity === "error" ? [String(field)] : []
  )

/** Replaces each refused value by the nearest accepted one. */
const correctParameters: Step = (request, endpoint) =>
  parametersOf(request).reduce(
    (so, asked) =>
      refusedBy(endpoint, so).includes(asked.parameter) ? patch(so, replacement(so, asked, endpoint)) : so,
    request
  )

/** Changes the encoding to keep a transparent background. */
const transparent: Step = (request, endpoint) => {
  const format = valuesOf(endpoint, "output_format").find((value) => value === "png" || value === "webp")
  const opaque = request.background === "transparent" && refusedBy(endpoint, request).includes("background")
  if (!opaque || format === undefined) return request
  const other = patch(request, { outputFormat: format })
  return refusedBy(endpoint, other).includes("background") ? request : other
}

/** Drops what is still refused. */
const dropOptions: Step = (request, endpoint) =>
  patch(request, Object.fromEntries(refusedBy(endpoint, request).map((field) => [field, undefined])))

/** Removes preferences that exclude the endpoint. The options that are passed on stay. */
const permitProviders: Step = (request, endpoint) => {
  const hindrances = exclusionOf(endpoint, request.provider, []).map(({ path: [, field] }) => String(field))
  if (hindrances.length === 0) return request
  const kept = Object.entries(request.provider ?? {}).filter(([name]) => !hindrances.includes(name))
  return patch(request, { provider: kept.length === 0 ? undefined : Object.fromEntries(kept) })
}

const steps: ReadonlyArray<Step> = [permitProviders, transparent, correctParameters, dropOptions, repair]

const changesOf = (from: Request, to: Request): ReadonlyArray<Change> => {
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])] as ReadonlyArray<keyof Request>
  return fields
    .filter((parameter) => from[parameter] !== to[parameter])
    .map((parameter) => ({ parameter, ...present({ from: from[parameter], to: to[parameter] }) }))
}

/** How much of the request each change loses. */
const weights: { readonly [K in keyof Request]?: number } = {
  model: 100,
  inputReferences: 30,
  provider: 8,
  n: 5,
  background: 4,
  aspectRatio: 4,
  size: 3,
  resolution: 3,
  quality: 2,
  outputFormat: 2
}

const distance = (changes: ReadonlyArray<Change>): number =>
  changes.reduce((sum, change) => sum + (weights[change.parameter] ?? 1) * ("to" in change ? 1 : 1.5), 0)

/** The endpoints of a model. */
export interface Offer {
  readonly model: string
  readonly endpoints: ReadonlyArray<ImageEndpoint>
}

/**
 * The nearest request that one of the endpoints accepts, and its changes. None where no endpoint can do without what is
 * missing.
 */
export const fit = (request: Request, offers: ReadonlyArray<Offer>): Fit | undefined =>
  offers
    .flatMap(({ endpoints, model }) => endpoints.map((endpoint) => [model, endpoint] as const))
    .map(
      ([model, endpoint]) =>
        [endpoint, steps.reduce((so, step) => step(so, endpoint), patch(repair(request), { model }))] as const
    )
    .filter(([endpoint, fitted]) => evaluate(fitted, [endpoint]).ok)
    .map(([, fitted]) => ({ request: fitted, changes: changesOf(request, fitted) }))
    .sort((a, b) => distance(a.changes) - distance(b.changes))[0]

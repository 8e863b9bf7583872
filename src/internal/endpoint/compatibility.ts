/** What is wrong with a request: in itself, and at one endpoint. */

import { show } from "../../Issue.js"
import type { Finding } from "../../Preflight.js"
import type { ImageEndpoint } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import type { CapabilityDescriptor } from "../../Schema/SupportedParameters.js"
import { pathOf } from "../errors/terms.js"
import { pixelsOf, sizeFault } from "./size.js"

/** One thing that is wrong, without the endpoints that object. */
export type Incompatibility = Omit<Finding, "endpoints">

type Allowed = Finding["allowed"]

type Path = Incompatibility["path"]

export const error = (path: Path, value: unknown, reason: string, allowed?: Allowed): Incompatibility => ({
  parameter: pathOf(path),
  path,
  value,
  reason,
  severity: "error",
  ...(allowed === undefined ? {} : { allowed })
})

/** A requested value that an endpoint's capabilities cover. */
export interface Asked {
  readonly parameter: Parameter
  readonly value: string | number
  /** Its key in `supportedParameters`. */
  readonly capability: string
}

/** The parameters that endpoints differ in, under their keys on the wire. */
export const parameterNames = {
  n: "n",
  resolution: "resolution",
  aspectRatio: "aspect_ratio",
  size: "size",
  quality: "quality",
  outputFormat: "output_format",
  background: "background",
  outputCompression: "output_compression",
  seed: "seed",
  inputReferences: "input_references"
} as const

/** A parameter that endpoints differ in. */
export type Parameter = keyof typeof parameterNames

/** For references the count matters; for the others, the value. */
const { inputReferences, ...valuedNames } = parameterNames
type Valued = keyof typeof valuedNames
const valued = Object.keys(valuedNames) as ReadonlyArray<Valued>

/** A tier as `size` is another way to request a resolution. */
const capabilityOf = (parameter: Valued, request: ImageGenerationRequest): string =>
  parameter === "size" && pixelsOf(request.size) === undefined ? "resolution" : valuedNames[parameter]

/** What a request asks for. `auto` asks for nothing. Zero references is a count too. */
export const parametersOf = (request: ImageGenerationRequest): ReadonlyArray<Asked> => [
  ...valued.flatMap((parameter): ReadonlyArray<Asked> => {
    const value = request[parameter]
    if (value === undefined || value === "auto") return []
    return [{ parameter, value, capability: capabilityOf(parameter, request) }]
  }),
  { parameter: "inputReferences", value: request.inputReferences?.length ?? 0, capability: inputReferences }
]

/** Every endpoint serves one picture and no reference. */
const isTrivial = ({ parameter, value }: Asked): boolean =>
  (parameter === "n" && value === 1) || (parameter === "inputReferences" && value === 0)

const unit = ({ parameter, value }: Asked): string =>
  parameter === "inputReferences" ? `${value} reference${value === 1 ? "" : "s"}` : show(value)

const againstValue = (descriptor: CapabilityDescriptor | undefined, asked: Asked): Incompatibility | undefined => {
  const { capability, parameter, value } = asked
  if (descriptor === undefined) {
    const subject = parameter === "size" && capability === "resolution" ? "a tier as size" : parameter
    return isTrivial(asked) ? undefined : error([parameter], value, `${subject} is not supported, got ${unit(asked)}`)
  }
  if (descriptor.type === "enum" && !descriptor.values.includes(String(value))) {
    const reason = `must be one of ${descriptor.values.join(", ")}, got ${show(value)}`
    return error([parameter], value, reason, descriptor.values)
  }
  if (descriptor.type === "range" && !(Number(value) >= descriptor.min && Number(value) <= descriptor.max)) {
    const { max, min } = descriptor
    return error([parameter], value, `must be from ${min} to ${max}, got ${unit(asked)}`, { min, max })
  }
  return undefined
}

/** What an endpoint objects to in a number of pictures. */
export const objectionToCount = (n: number, { supportedParameters }: ImageEndpoint): Incompatibility | undefined =>
  againstValue(supportedParameters[parameterNames.n], { parameter: "n", value: n, capability: parameterNames.n })

const withAlpha = ["png", "webp"]

/** The formats that an endpoint would answer in. */
const formatsOf = (request: ImageGenerationRequest, endpoint: ImageEndpoint): ReadonlyArray<string> => {
  if (request.outputFormat !== undefined) return [request.outputFormat]
  const offered = endpoint.supportedParameters["output_format"]
  return offered?.type === "enum" ? offered.values : withAlpha
}

const againstBackground = (
  request: ImageGenerationRequest,
  endpoint: ImageEndpoint
): ReadonlyArray<Incompatibility> => {
  if (request.background !== "transparent") return []
  const formats = formatsOf(request, endpoint)
  if (formats.some((format) => withAlpha.includes(format))) return []
  const reason = `"transparent" needs outputFormat png or webp, got ${formats.join(", ")}`
  return [error(["background"], request.background, reason)]
}

/** Keys that an endpoint would silently drop. */
const droppedOptions = (request: ImageGenerationRequest, endpoint: ImageEndpoint): ReadonlyArray<Incompatibility> => {
  const { allowedPassthroughParameters: allowed, providerSlug } = endpoint
  return Object.entries(request.provider?.options?.[providerSlug] ?? {})
    .filter(([key]) => !allowed.includes(key))
    .map(([key, value]) => ({
      parameter: `provider.options.${providerSlug}.${key}`,
      path: ["provider", "options", providerSlug, key],
      value,
      reason:
        allowed.length === 0
          ? "is dropped: no key is passed on"
          : `is dropped: only ${allowed.join(", ")} are passed on`,
      allowed,
      severity: "warning"
    }))
}

/** What an endpoint objects to in a request, apart from the provider preferences. */
export const incompatibilitiesWith = (
  request: ImageGenerationRequest,
  endpoint: ImageEndpoint
): ReadonlyArray<Incompatibility> => [
  ...parametersOf(request).flatMap(
    (asked) => againstValue(endpoint.supportedParameters[asked.capability], asked) ?? []
  ),
  ...againstBackground(request, endpoint),
  ...droppedOptions(request, endpoint)
]

const isBase64 = (text: string): boolean => text !== "" && text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)

/** A data URL may be megabytes long. Only its base64 is ever copied. */
const dataUrlFault = (url: string): string | undefined => {
  const comma = url.indexOf(",")
  const head = url.slice(0, comma)
  if (!/^data:image\/[a-z0-9.+-]+[;,]/i.test(`${head},`)) {
    return `must be a data URL of an image, such as "data:image/png;base64,...", got ${show(head)}`
  }
  if (!/;base64$/i.test(head)) return `must be in base64, such as "data:image/png;base64,...", got ${show(head)}`
  return isBase64(url.slice(comma + 1)) ? undefined : "must be valid base64 behind its comma"
}

/** What is wrong with a request in itself, so that no endpoint of any model serves it. */
export const faultsOf = (request: ImageGenerationRequest): ReadonlyArray<Incompatibility> => {
  const size = sizeFault(request)
  const references = (request.inputReferences ?? []).flatMap(({ imageUrl: { url } }, i) => {
    const fault = /^data:/i.test(url) ? dataUrlFault(url) : undefined
    return fault === undefined ? [] : [error(["inputReferences", i, "imageUrl", "url"], show(url), fault)]
  })
  return [...(size === undefined ? [] : [error(["size"], request.size, size)]), ...references]
}

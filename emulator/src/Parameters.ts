/** The parameters that endpoints differ in: whether an endpoint takes a request's values. */
import * as Either from "effect/Either"
import type { ImagesSchema } from "effect-openrouter-images"
import { explicitPixels } from "./PixelSize.js"
import { type Refusal, refuse } from "./Refusal.js"
import { quote } from "./RequestBody.js"

type Endpoint = ImagesSchema.ImageEndpoint
type Request = ImagesSchema.ImageGenerationRequest

/** A value under its wire name, and the name of the capability that says whether it is taken. */
interface Asked {
  readonly name: string
  readonly value: string | number
  readonly capability: string
}

/** What a request asks for; `auto` asks for nothing. */
const askedBy = (request: Request): ReadonlyArray<Asked> => {
  const all: ReadonlyArray<readonly [name: string, value: string | number | undefined, capability?: string]> = [
    ["n", request.n],
    ["resolution", request.resolution],
    ["aspect_ratio", request.aspectRatio],
    // A tier as size is another way to ask for a resolution.
    ["size", request.size, explicitPixels(request.size) === undefined ? "resolution" : "size"],
    ["quality", request.quality],
    ["output_format", request.outputFormat],
    ["background", request.background],
    ["output_compression", request.outputCompression],
    ["seed", request.seed],
    ["input_references", request.inputReferences?.length ?? 0]
  ]
  return all.flatMap(([name, value, capability = name]) =>
    value === undefined || value === "auto" ? [] : [{ name, value, capability }]
  )
}

const unsupported = ({ providerName, supportedParameters }: Endpoint, { capability, name, value }: Asked): string => {
  const subject = capability === name ? name : `${name} as a ${capability}`
  const offered = Object.keys(supportedParameters).join(", ")
  return `${subject} is not supported by ${providerName}, got ${quote(value)}; it supports ${offered}`
}

/** What an endpoint has against a value, or nothing. One picture and no reference are always served. */
const objection = (endpoint: Endpoint, asked: Asked): string | undefined => {
  const { capability, name, value } = asked
  const descriptor = endpoint.supportedParameters[capability]
  if (descriptor === undefined) {
    const trivial = (name === "n" && value === 1) || (name === "input_references" && value === 0)
    return trivial ? undefined : unsupported(endpoint, asked)
  }
  if (descriptor.type === "enum" && !descriptor.values.includes(String(value))) {
    const pixels = name === "size" && "size" in endpoint.supportedParameters ? ", or pixels such as 1024x1024" : ""
    return `${name} must be one of ${descriptor.values.join(", ")}${pixels}, got ${quote(value)}`
  }
  if (descriptor.type === "range" && (Number(value) < descriptor.min || Number(value) > descriptor.max)) {
    return `${name} must be from ${descriptor.min} to ${descriptor.max}, got ${value}`
  }
  return undefined
}

/** The first of the endpoints that takes every value; else what the most preferred one has against the request. */
export const choose = (endpoints: ReadonlyArray<Endpoint>, request: Request): Either.Either<Endpoint, Refusal> => {
  const asked = askedBy(request)
  const objections = endpoints.map((endpoint) => ({
    endpoint,
    problem: asked.map((one) => objection(endpoint, one)).find((one) => one !== undefined)
  }))
  const free = objections.find(({ problem }) => problem === undefined)
  return free === undefined
    ? Either.left(refuse(400, objections[0]?.problem ?? "no endpoint takes this request"))
    : Either.right(free.endpoint)
}

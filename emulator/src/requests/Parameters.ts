/** The parameters that endpoints differ in: whether an endpoint takes a request's values. */
import * as Either from "effect/Either"
import type { ImagesSchema } from "effect-openrouter-images"
import { type Refusal, unroutable } from "../answers/Refusal.js"
import { explicitPixels } from "./PixelSize.js"
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

/** What an endpoint has against a value, or nothing. One picture and no reference are always served. */
const objection = ({ supportedParameters }: Endpoint, { capability, name, value }: Asked): string | undefined => {
  const descriptor = supportedParameters[capability]
  if (descriptor === undefined) {
    const trivial = (name === "n" && value === 1) || (name === "input_references" && value === 0)
    return trivial ? undefined : `${name}: not supported`
  }
  if (descriptor.type === "enum" && !descriptor.values.includes(String(value))) {
    return `${name}: not supported. Accepted: ${descriptor.values.join(", ")}`
  }
  if (descriptor.type === "range" && (Number(value) < descriptor.min || Number(value) > descriptor.max)) {
    const { max, min } = descriptor
    return `${name}: must be ${min === max ? `exactly ${min}` : `between ${min} and ${max}`}`
  }
  return undefined
}

/** The API's words when every provider rejects a parameter: the parameters first, then who says what. */
const refusalOf = (model: string, asked: ReadonlyArray<Asked>, endpoints: ReadonlyArray<Endpoint>): Refusal => {
  const rejected = asked.filter((one) => endpoints.some((endpoint) => objection(endpoint, one) !== undefined))
  const parameters = rejected.map(({ name, value }) => `${name} ${quote(String(value))}`).join(", ")
  const rejections = endpoints
    .flatMap((endpoint) =>
      rejected.flatMap((one) => {
        const reason = objection(endpoint, one)
        return reason === undefined ? [] : [`${endpoint.providerName}: ${reason}`]
      })
    )
    .join("; ")
  return unroutable(
    400,
    `No provider for ${model} supports the requested parameter(s): ${parameters}. Provider rejections: ${rejections}`,
    "Filter by Image Capabilities",
    endpoints.length
  )
}

/** The first of the endpoints that takes every value; else what each has against the request. */
export const choose = (endpoints: ReadonlyArray<Endpoint>, request: Request): Either.Either<Endpoint, Refusal> => {
  const asked = askedBy(request)
  const free = endpoints.find((endpoint) => asked.every((one) => objection(endpoint, one) === undefined))
  return free === undefined ? Either.left(refusalOf(request.model, asked, endpoints)) : Either.right(free)
}

/** What the API refuses, in its own words: each refusal names the parameter, its value and what is allowed. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { ImagesSchema } from "effect-openrouter-images"
import { type CatalogueEntry, catalogue, find } from "./Catalogue.js"
import { agree, explicitPixels, type PixelSize, pixelSize, within } from "./PixelSize.js"
import { type Refusal, refuse } from "./Refusal.js"

type Request = ImagesSchema.ImageGenerationRequest
type Format = "png" | "jpeg" | "webp" | "svg"

/** A request that will be served: by whom, and what is drawn. */
export interface Accepted {
  readonly request: Request
  readonly endpoint: ImagesSchema.ImageEndpoint
  readonly size: PixelSize
  readonly format: Format
  /** Whether the answer is to be a stream; an endpoint that cannot stream answers with the plain JSON. */
  readonly stream: boolean
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const decodeRequest = Schema.decodeUnknownEither(ImagesSchema.ImageGenerationRequest)

const parse = (text: string): Either.Either<{ readonly request: Request; readonly stream: boolean }, Refusal> =>
  Either.try({
    try: () => JSON.parse(text) as unknown,
    catch: () => refuse(400, "Request body is not valid JSON")
  }).pipe(
    Either.flatMap((json) =>
      Either.all({
        request: Either.mapLeft(decodeRequest(json), (error) => {
          const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
          const path = (issue?.path ?? []).map(String).map(snakeCase).join(".")
          return refuse(400, `${path === "" ? "request" : path}: ${issue?.message ?? "is not valid"}`)
        }),
        stream: streamOf(json)
      })
    )
  )

const streamOf = (json: unknown): Either.Either<boolean, Refusal> => {
  const stream = (Predicate.isRecord(json) ? json["stream"] : undefined) ?? false
  return Predicate.isBoolean(stream)
    ? Either.right(stream)
    : Either.left(refuse(400, `stream: must be true or false, got ${JSON.stringify(stream)}`))
}

const findModel = (id: string): Either.Either<CatalogueEntry, Refusal> => {
  const entry = find(id)
  if (entry !== undefined) return Either.right(entry)
  const author = id.split("/")[0]
  const others = catalogue.map(({ model }) => model.id)
  const near = others.filter((other) => other.startsWith(`${author}/`))
  const fallbackModels = (near.length > 0 ? near : others).slice(0, 3)
  return Either.left(
    refuse(404, `model: no model ${JSON.stringify(id)} makes pictures`, {
      availability: { code: "model_not_found", retryable: false, requestedModels: [id], fallbackModels }
    })
  )
}

const named = (endpoint: ImagesSchema.ImageEndpoint, names: ReadonlyArray<string>): boolean =>
  names.some(
    (name) => name === endpoint.providerName || name === endpoint.providerSlug || name === endpoint.providerTag
  )

/** The endpoints that the preferences leave, the preferred ones first. */
const permitted = ({ endpoints, model }: CatalogueEntry, { provider }: Request) => {
  const left = endpoints
    .filter((one) => !provider?.only || named(one, provider.only))
    .filter((one) => !named(one, provider?.ignore ?? []))
    .sort((a, b) => Number(named(b, provider?.order ?? [])) - Number(named(a, provider?.order ?? [])))
  return left.length > 0
    ? Either.right(left)
    : Either.left(
        refuse(404, `provider: no endpoint of ${model.id} is left by the provider preferences`, {
          availability: { code: "no_endpoints", retryable: false, excludedBy: "provider_preferences" }
        })
      )
}

/** The request's parameters that endpoints differ in, under their wire names, with the value that counts. */
const parametersOf = (request: Request): ReadonlyArray<readonly [name: string, value: string | number]> => {
  const tier = request.size !== undefined && explicitPixels(request.size) === undefined ? request.size : undefined
  const all: ReadonlyArray<readonly [string, string | number | undefined]> = [
    ["n", request.n],
    ["resolution", request.resolution ?? tier],
    ["aspect_ratio", request.aspectRatio],
    ["size", tier === undefined ? request.size : undefined],
    ["quality", request.quality],
    ["output_format", request.outputFormat],
    ["background", request.background],
    ["output_compression", request.outputCompression],
    ["seed", request.seed],
    ["input_references", request.inputReferences?.length]
  ]
  return all.flatMap(([name, value]) => (value === undefined || value === "auto" ? [] : [[name, value] as const]))
}

/** What an endpoint has against a value, or nothing. One picture and no reference are always served. */
const objection = (endpoint: ImagesSchema.ImageEndpoint, name: string, value: string | number): string | undefined => {
  const descriptor = endpoint.supportedParameters[name]
  if (descriptor === undefined) {
    const trivial = (name === "n" && value === 1) || (name === "input_references" && value === 0)
    return trivial ? undefined : `${name} is not supported by ${endpoint.providerName}`
  }
  if (descriptor.type === "enum" && !descriptor.values.includes(String(value))) {
    return `${name} must be one of ${descriptor.values.join(", ")}, got ${JSON.stringify(value)}`
  }
  if (descriptor.type === "range" && (Number(value) < descriptor.min || Number(value) > descriptor.max)) {
    return `${name} must be from ${descriptor.min} to ${descriptor.max}, got ${value}`
  }
  return undefined
}

const choose = (
  endpoints: ReadonlyArray<ImagesSchema.ImageEndpoint>,
  request: Request
): Either.Either<ImagesSchema.ImageEndpoint, Refusal> => {
  const objections = endpoints.map((endpoint) => ({
    endpoint,
    problem: parametersOf(request)
      .map(([name, value]) => objection(endpoint, name, value))
      .find((one) => one !== undefined)
  }))
  const free = objections.find(({ problem }) => problem === undefined)
  return free === undefined
    ? Either.left(refuse(400, objections[0]?.problem ?? "no endpoint takes this request"))
    : Either.right(free.endpoint)
}

const formatOf = (request: Request, endpoint: ImagesSchema.ImageEndpoint): Format => {
  const offered = endpoint.supportedParameters["output_format"]
  const format = request.outputFormat ?? (offered?.type === "enum" ? offered.values[0] : undefined)
  return format === "jpeg" || format === "webp" || format === "svg" ? format : "png"
}

/** Values that are fine alone and not together. */
const contradiction = (request: Request, format: Format): string | undefined => {
  const pixels = explicitPixels(request.size)
  if (pixels !== undefined) {
    const { aspectRatio, resolution } = request
    if (aspectRatio !== undefined && !agree(pixels, aspectRatio)) {
      return `size ${request.size} contradicts aspect_ratio ${aspectRatio}`
    }
    if (resolution !== undefined && !within(pixels, resolution)) {
      return `size ${request.size} contradicts resolution ${resolution}`
    }
    if (Math.min(pixels.width, pixels.height) < 16 || Math.max(pixels.width, pixels.height) > 4096) {
      return `size must be from 16x16 to 4096x4096, got ${request.size}`
    }
  }
  return request.background === "transparent" && format !== "png" && format !== "webp"
    ? `background "transparent" needs output_format png or webp, got ${format}`
    : undefined
}

/** The body of a generation: served, or refused as the API would. */
export const check = (body: string): Either.Either<Accepted, Refusal> =>
  Either.gen(function* () {
    const { request, stream } = yield* parse(body)
    const entry = yield* findModel(request.model)
    const endpoint = yield* choose(yield* permitted(entry, request), request)
    const format = formatOf(request, endpoint)
    const problem = contradiction(request, format)
    if (problem !== undefined) return yield* Either.left(refuse(400, problem))
    return { request, endpoint, size: pixelSize(request), format, stream: stream && endpoint.supportsStreaming }
  })

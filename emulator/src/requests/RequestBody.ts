/** The body of a generation, from text to a request: what is refused because of its shape. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { ImagesSchema } from "effect-openrouter-images"
import { type Refusal, refuse } from "../answers/Refusal.js"
import { decoder, type Mistake } from "./Decoder.js"

export interface RequestBody {
  readonly request: ImagesSchema.ImageGenerationRequest
  readonly stream: boolean
}

/** A value as a refusal quotes it. */
export const quote = (value: unknown): string => {
  const text = Predicate.isNumber(value) ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const decodeRequest = decoder(ImagesSchema.ImageGenerationRequest)

/** What a path leads to. */
export const valueAt = (json: unknown, path: ReadonlyArray<PropertyKey>): unknown =>
  path.reduce<unknown>((value, key) => (Predicate.isObject(value) ? Reflect.get(value, key) : undefined), json)

/** The schema's own word where a value is of another shape than the whole field: it would spell out the type. */
const shapeOf = (path: string): string => {
  if (path === "input_references") return "an array of references"
  return path.startsWith("input_references")
    ? 'a reference { "type": "image_url", "image_url": { "url": ... } }'
    : "as the API documents it"
}

const firstFault = (json: unknown, [first = { path: [] }]: ReadonlyArray<Mistake>): string => {
  const path = first.path.map(String).map(snakeCase).join(".")
  const fault = first.message ?? `must be ${shapeOf(path)}, got ${quote(valueAt(json, first.path))}`
  return `${path === "" ? "request" : path}: ${fault}`
}

const streamOf = (json: object): Either.Either<boolean, Refusal> => {
  const stream = Reflect.get(json, "stream") ?? false
  return Predicate.isBoolean(stream)
    ? Either.right(stream)
    : Either.left(refuse(400, `stream: must be true or false, got ${quote(stream)}`))
}

export const parse = (text: string): Either.Either<RequestBody, Refusal> =>
  Either.gen(function* () {
    const json = yield* Either.try({
      try: (): unknown => JSON.parse(text),
      catch: () => refuse(400, "Request body is not valid JSON")
    })
    if (!Predicate.isRecord(json)) {
      return yield* Either.left(refuse(400, `Request body must be a JSON object, got ${quote(json)}`))
    }
    const request = yield* Either.mapLeft(decodeRequest(json), (mistakes) => refuse(400, firstFault(json, mistakes)))
    return { request, stream: yield* streamOf(json) }
  })

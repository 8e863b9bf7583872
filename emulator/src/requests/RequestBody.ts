/** The body of a generation, from text to a request: what is refused because of its shape. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { ImagesSchema } from "effect-openrouter-images"
import { type Refusal, refuse } from "../answers/Refusal.js"

export interface RequestBody {
  readonly request: ImagesSchema.ImageGenerationRequest
  readonly stream: boolean
}

/** A value as a refusal quotes it. */
export const quote = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const decodeRequest = Schema.decodeUnknownEither(ImagesSchema.ImageGenerationRequest)

const valueAt = (json: unknown, path: ReadonlyArray<PropertyKey>): unknown =>
  path.reduce<unknown>((value, key) => (Predicate.isObject(value) ? Reflect.get(value, key) : undefined), json)

/** The schema's own word where a value is of another shape than the whole field: it would spell out the type. */
const shapeOf = (path: string): string => {
  if (path === "input_references") return "an array of references"
  return path.startsWith("input_references")
    ? 'a reference { "type": "image_url", "image_url": { "url": ... } }'
    : "as the API documents it"
}

const firstFault = (json: unknown, error: ParseResult.ParseError): string => {
  const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
  const keys = issue?.path ?? []
  const path = keys.map(String).map(snakeCase).join(".")
  const message = issue?.message ?? "is not valid"
  const isShape = message.startsWith("Expected ")
  const fault = isShape ? `must be ${shapeOf(path)}, got ${quote(valueAt(json, keys))}` : message
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
    const request = yield* Either.mapLeft(decodeRequest(json), (error) => refuse(400, firstFault(json, error)))
    return { request, stream: yield* streamOf(json) }
  })

/** The body of a generation, from text to a request: what is refused because of its shape. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { ImagesSchema } from "effect-openrouter-images"
import { type Refusal, refuse } from "../answers/Refusal.js"
import { decoder } from "./Decoder.js"
import { firstOf, type Mistake } from "./Mistake.js"

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

const aReference = 'a reference { "type": "image_url", "image_url": { "url": ... } }'

/** What fields are whose types a Schema would spell out. */
const shapes: ReadonlyArray<readonly [path: RegExp, shape: string]> = [
  [/^input_references$/, "an array of references"],
  [/^input_references\.\d+$/, aReference],
  [/^provider\.(only|order|ignore)$/, "an array of providers"],
  [/^provider\.(only|order|ignore)\.\d+$/, "a provider's name or slug"],
  [/^provider\.sort$/, 'a string such as "price", or { by, partition }'],
  [/^provider\.options\./, "a JSON object"]
]

/** What is wrong with the value of a field: in words of our own, else in the Schema's. */
const faultOf = (field: string, value: unknown, sentence: string | undefined): string => {
  const [, shape] = shapes.find(([path]) => path.test(field)) ?? []
  if (shape === undefined && sentence !== undefined) return sentence
  const other = field.startsWith("input_references") ? aReference : "as the API documents it"
  return `must be ${shape ?? other}, got ${quote(value)}`
}

const firstFault = (json: unknown, mistakes: ReadonlyArray<Mistake>): string => {
  const { message, path } = firstOf(mistakes)
  const field = path.map(String).map(snakeCase).join(".")
  return `${field === "" ? "request" : field}: ${faultOf(field, valueAt(json, path), message)}`
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

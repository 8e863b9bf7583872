/** Requests as a job keeps them: their text, and what makes two of them equal. */
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { ImageGenerationRequest } from "effect-openrouter-images/Schema"

const RequestText = Schema.parseJson(ImageGenerationRequest)
export const decodeRequest: (text: string) => ImageGenerationRequest = Schema.decodeSync(RequestText)
export const encodeRequest: (request: ImageGenerationRequest) => string = Schema.encodeSync(RequestText)

/** Fields that say who asks and what for. None of them changes the picture. */
const bookkeeping: ReadonlySet<string> = new Set(["user", "session_id", "trace", "stream"])

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1

const encode = Schema.encodeSync(ImageGenerationRequest)

/** The JSON of a request on the wire with sorted keys: the same for all requests that ask for the same pictures. */
export const canonicalJson = (request: ImageGenerationRequest): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(encode(request)).filter(([name]) => !bookkeeping.has(name))),
    (_, value: unknown) => (Predicate.isRecord(value) ? Object.fromEntries(Object.entries(value).sort(byName)) : value)
  )

/** Half of a SHA-256 in lowercase hex: 128 bits are enough to tell requests apart. */
export const hashRequest = (request: ImageGenerationRequest): Effect.Effect<string> =>
  Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonicalJson(request)))).pipe(
    Effect.map((digest) => Encoding.encodeHex(new Uint8Array(digest).subarray(0, 16)))
  )

/** The id of an item: the job, the content, and which of the equal requests it is. */
export const itemId = (job: string, hash: string, turn: number): string => `${job}/${hash}-${turn}`

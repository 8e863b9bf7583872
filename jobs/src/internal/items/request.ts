/** What a request is known by within a job. */
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { ImageGenerationRequest } from "effect-openrouter-images/Schema"

/** Who asks and for what purpose: none of it changes the picture. */
const aside: ReadonlySet<string> = new Set(["user", "session_id", "trace", "stream"])

const inOrder = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1

const encode = Schema.encodeSync(ImageGenerationRequest)

/** The JSON of a request on the wire, with the keys of each object sorted: the same for all that ask for the same pictures. */
export const contentOf = (request: ImageGenerationRequest): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(encode(request)).filter(([name]) => !aside.has(name))),
    (_, value: unknown) => (Predicate.isRecord(value) ? Object.fromEntries(Object.entries(value).sort(inOrder)) : value)
  )

/** Half of the SHA-256 in lowercase hex: 128 bits are enough to tell requests apart. */
export const contentHash = (request: ImageGenerationRequest): Effect.Effect<string> =>
  Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(contentOf(request)))).pipe(
    Effect.map((digest) => Encoding.encodeHex(new Uint8Array(digest).subarray(0, 16)))
  )

/** The name of an item: the job, the content, and which one of the equal ones it is. */
export const itemId = (job: string, hash: string, turn: number): string => `${job}/${hash}-${turn}`

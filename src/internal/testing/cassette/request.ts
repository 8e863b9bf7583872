/** What a recording keeps of a request, and by which a recording is found. */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { decodeBase64 } from "../../decoding/base64.js"
import { sha256 } from "../../image/sha256.js"
import { hashOf, sortedJson } from "../../request/key.js"
import { isDataUrl } from "../../request/record.js"
import { present } from "../../schema/present.js"
import type { Request } from "./recording.js"
import type { Redact } from "./secrets.js"
import { Unusable } from "./unusable.js"

/** The text of a body. None where a request has no body. */
const textOf = ({ body }: HttpClientRequest.HttpClientRequest): Effect.Effect<Option.Option<string>, Unusable> => {
  if (body._tag === "Empty") return Effect.succeedNone
  if (body._tag === "Uint8Array") return Effect.succeedSome(new TextDecoder().decode(body.body))
  if (body._tag === "Raw" && Predicate.isString(body.body)) return Effect.succeedSome(body.body)
  return new Unusable({ message: `cannot keep a request whose body is a ${body._tag}: a request of this API is JSON` })
}

const parseJson = (text: string): Effect.Effect<unknown, Unusable> =>
  Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: () => new Unusable({ message: "cannot keep a request whose body is not JSON" })
  })

const dataUrlsIn = (body: unknown): ReadonlyArray<string> => {
  const found = new Set<string>()
  JSON.stringify(body, (_, value: unknown) => {
    if (Predicate.isString(value) && isDataUrl(value)) found.add(value)
    return value
  })
  return [...found]
}

/** `data:image/png;base64,<2048 bytes, SHA-256 3f2a...>` */
const summarize = (url: string): Effect.Effect<readonly [string, string]> => {
  const comma = url.indexOf(",") + 1
  const bytes = decodeBase64(url) ?? new TextEncoder().encode(url.slice(comma))
  return Effect.map(sha256(bytes), (hash) => [url, `${url.slice(0, comma)}<${bytes.length} bytes, SHA-256 ${hash}>`])
}

/** The body with the hash and the size of what is in its data URLs, and without secrets. */
const bodyOf = (text: string, redact: Redact): Effect.Effect<unknown, Unusable> =>
  Effect.gen(function* () {
    const body = yield* parseJson(text)
    const short = new Map(yield* Effect.forEach(dataUrlsIn(body), summarize))
    const shortened = JSON.stringify(body, (_, value: unknown) =>
      Predicate.isString(value) ? (short.get(value) ?? value) : value
    )
    return yield* parseJson(redact(shortened))
  })

export const recordedRequest = (
  request: HttpClientRequest.HttpClientRequest,
  redact: Redact
): Effect.Effect<Request, Unusable> =>
  Effect.gen(function* () {
    const url = Option.getOrUndefined(HttpClientRequest.toUrl(request))
    if (url === undefined) return yield* new Unusable({ message: "cannot keep a request whose URL is not valid" })
    const text = yield* textOf(request)
    const body = Option.isNone(text) ? undefined : yield* bodyOf(text.value, redact)
    return { method: request.method, path: redact(url.pathname + url.search), ...present({ body }) }
  })

const longestSlug = 60
const digits = 12

/** The start of the names of all recordings of a request: `post-api-v1-images-3f2a9c81d0e4`. */
export const stemOf = (request: Request): Effect.Effect<string> => {
  const slug = `${request.method}-${request.path}`.toLowerCase().replace(/[^a-z0-9]+/g, "-")
  return Effect.map(
    hashOf(sortedJson(request)),
    (hash) => `${slug.slice(0, longestSlug).replace(/-$/, "")}-${hash.slice(0, digits)}`
  )
}

/** The identity of a request: the same for all requests for the same pictures. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { sha256 } from "../image/sha256.js"
import { encodeRequest } from "./generation.js"

/** Who asks, for what purpose, and the form of the answer. None of it changes the picture. */
const aside: ReadonlySet<string> = new Set(["user", "session_id", "trace", "stream"])

const inOrder = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1

/** The JSON of a value, with the keys of each object sorted. */
export const sortedJson = (value: object): string =>
  JSON.stringify(value, (_, item: unknown) =>
    Predicate.isRecord(item) ? Object.fromEntries(Object.entries(item).sort(inOrder)) : item
  )

/** The JSON of what shapes the picture. */
const canonical = (body: object): string =>
  sortedJson(Object.fromEntries(Object.entries(body).filter(([name]) => !aside.has(name))))

/** The SHA-256 of a text in lowercase hex. */
export const hashOf = (text: string): Effect.Effect<string> => sha256(new TextEncoder().encode(text))

/** The key of a request: 64 hex digits. None for a request that is invalid, or longer than a string can be. */
export const requestKey = (request: ImageGenerationRequest): Effect.Effect<Option.Option<string>> =>
  encodeRequest(request).pipe(
    Either.flatMap((body) => Either.try(() => canonical(body))),
    Either.match({ onLeft: () => Effect.succeedNone, onRight: (text) => Effect.asSome(hashOf(text)) })
  )

/** The same for a request with a seed. None without one, because then each generation is a new picture. */
export const seededKey = (request: ImageGenerationRequest): Effect.Effect<Option.Option<string>> =>
  request.seed === undefined ? Effect.succeed(Option.none()) : requestKey(request)

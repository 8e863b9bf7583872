/** The bytes of an answer, pulled: cheaper than a Stream's operators, and nothing is read that nobody asked for. */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Arrived, Ending } from "./conclude.js"
import { isSuccess } from "./responseError.js"
import { describe } from "./transport.js"

/** The next bytes; it fails with how they ended. */
export type Bytes = Effect.Effect<Chunk.Chunk<Uint8Array>, Ending>

const whole: Ending = { _tag: "Whole" }

export const broken = (error: HttpClientError): Ending =>
  error._tag === "ResponseError" && error.reason === "EmptyBody" ? whole : { _tag: "Broken", broken: describe(error) }

/** Closing the scope closes the socket. */
export const pull = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<Bytes, never, Scope.Scope> =>
  Effect.map(Stream.toPull(response.stream), (next) =>
    Effect.mapError(next, Option.match({ onNone: () => whole, onSome: broken }))
  )

/** No error body that anybody wrote is longer; the rest is not read. */
const largestErrorBody = 1024 * 1024

/** Reads until the end; `keepAlive` runs for each sign of life before the body begins. */
export const drain = (
  bytes: Bytes,
  { body, status }: Arrived,
  keepAlive: Effect.Effect<void>
): Effect.Effect<Ending> => {
  const limit = isSuccess(status) ? Number.POSITIVE_INFINITY : largestErrorBody
  let size = 0
  return Effect.flatMap(bytes, (chunk) => {
    for (const part of chunk) {
      body.push(part)
      size += part.length
    }
    if (size >= limit) return Effect.fail(whole)
    return body.waiting ? keepAlive : Effect.void
  }).pipe(Effect.forever, Effect.merge)
}

/** A client that was made to fail on a status (`filterStatus`) still has the answer. */
export const answered = (error: HttpClientError) =>
  error._tag === "ResponseError" && error.reason === "StatusCode" ? Effect.succeed(error.response) : Effect.fail(error)

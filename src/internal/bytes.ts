/** The bytes of an answer, pulled: cheaper than a Stream's operators, and nothing is read that nobody asked for. */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Arrived, Ending, Reached } from "./conclude.js"
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

/** White space, and the byte order mark. */
const insignificant = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])

/** Looks for the first byte that says something, under `guard`, and gives the bytes with it back in its place. */
export const peek = (
  bytes: Bytes,
  keepAlive: Effect.Effect<void>,
  guard: (look: Effect.Effect<number, Ending>) => Effect.Effect<number, Ending>
): Effect.Effect<{ readonly first: number | undefined; readonly bytes: Bytes }> => {
  let seen = Chunk.empty<Uint8Array>()
  const look: Effect.Effect<number, Ending> = Effect.flatMap(bytes, (chunk) => {
    seen = Chunk.appendAll(seen, chunk)
    for (const part of chunk) {
      const first = part.find((byte) => !insignificant.has(byte))
      if (first !== undefined) return Effect.succeed(first)
    }
    return Effect.zipRight(keepAlive, look)
  })
  const from = (rest: Bytes): Bytes =>
    Effect.suspend(() => {
      const all = seen
      seen = Chunk.empty()
      return Chunk.isEmpty(all) ? rest : Effect.succeed(all)
    })
  return Effect.match(guard(look), {
    onSuccess: (first) => ({ first, bytes: from(bytes) }),
    onFailure: (ending) => ({ first: undefined, bytes: from(Effect.fail(ending)) })
  })
}

/** No error body that anybody means to be read is longer; the rest is left unread. */
const largestErrorBody = 16 * 1024 * 1024

/** Reads until the end, or until there is too much; `keepAlive` runs for each sign of life before the body begins. */
export const drain = (
  bytes: Bytes,
  { body, status }: Arrived,
  limit: number,
  keepAlive: Effect.Effect<void>
): Effect.Effect<Reached> => {
  let size = 0
  const more: Effect.Effect<never, Reached> = Effect.flatMap(bytes, (chunk) => {
    for (const part of chunk) {
      body.push(part)
      size += part.length
    }
    if (!isSuccess(status) && size > largestErrorBody) return Effect.fail(whole)
    if (size > limit) return Effect.fail({ _tag: "TooLarge", limit } as const)
    return body.waiting ? Effect.zipRight(keepAlive, more) : more
  })
  return Effect.merge(more)
}

/** A client that was made to fail on a status (`filterStatus`) still has the answer. */
export const answered = (error: HttpClientError) =>
  error._tag === "ResponseError" && error.reason === "StatusCode" ? Effect.succeed(error.response) : Effect.fail(error)

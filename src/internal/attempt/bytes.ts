/** The bytes of an answer, pulled as they are asked for. */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { fromStream } from "../concurrency/streams.js"
import { isSuccess } from "../errors/status.js"
import { fromSignificant, isBlank, join, type Kind, kindOf } from "./bodyKind.js"
import { answerOf, bodyFailure, isBodyFailure, isWithoutBody } from "./clientFailure.js"
import { describeFailure } from "./connectionFailure.js"
import { fetchBodyOf, pullFetchBody } from "./fetchBody.js"
import type { Ending, Interruption, Reached, Received } from "./outcome.js"

/** The next bytes. It fails with how they ended. */
export type Bytes = Effect.Effect<ReadonlyArray<Uint8Array>, Ending>

const whole: Ending = { _tag: "Whole" }

/** How a failed client cut the call. */
export const interruptionOf = (error: HttpClientError): Interruption => ({
  _tag: "Broken",
  broken: describeFailure(error)
})

/** An answer without a body ends at its head. */
const endingOf = (error: HttpClientError): Ending => (isWithoutBody(error) ? whole : interruptionOf(error))

/**
 * A client that was made to look at the body (to log it, say) has already read it. Then the stream of `fetch` is
 * locked, and reading it again is a defect, but the text is still available.
 */
const textOf = (response: HttpClientResponse.HttpClientResponse, defect: unknown): Bytes =>
  Effect.mapBoth(response.text, {
    onSuccess: (text) => [new TextEncoder().encode(text)],
    onFailure: () => interruptionOf(bodyFailure(response, defect, "the body is gone"))
  })

/** The same bytes, with the text of the answer in the place of a defect. */
const orText = (response: HttpClientResponse.HttpClientResponse, bytes: Bytes): Bytes => {
  let isTaken = false
  return Effect.catchAllDefect(bytes, (defect) => {
    if (isTaken) return Effect.fail(whole)
    isTaken = true
    return textOf(response, defect)
  })
}

/** Closing the scope closes the socket. */
export const pull = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<Bytes, never, Scope.Scope> => {
  const body = fetchBodyOf(response)
  if (body === undefined) {
    return Effect.map(fromStream(response.stream), (next) =>
      orText(response, Effect.mapError(next, Option.match({ onNone: () => whole, onSome: endingOf })))
    )
  }
  const error = (cause: unknown): Ending => interruptionOf(bodyFailure(response, cause))
  return Effect.catchAllDefect(pullFetchBody(body, { end: whole, error }), (defect) =>
    Effect.succeed(orText(response, Effect.die(defect)))
  )
}

/** The kind of a body, and all of its bytes, including those that showed the kind. */
export interface Peeked {
  /** Absent where the body ended before it showed its kind. */
  readonly kind: Kind | undefined
  readonly bytes: Bytes
}

/** Reads under `guard` until the kind of the body is known. `keepAlive` runs for each keep-alive before that. */
export const peek = (
  bytes: Bytes,
  keepAlive: Effect.Effect<void>,
  guard: (look: Effect.Effect<Kind, Ending>) => Effect.Effect<Kind, Ending>
): Effect.Effect<Peeked> => {
  let seen: Uint8Array = new Uint8Array()
  const look: Effect.Effect<Kind, Ending> = Effect.flatMap(bytes, (chunk) => {
    for (const part of chunk) seen = seen.length === 0 ? part : join(seen, part)
    const kind = kindOf(seen)
    if (kind !== undefined) return Effect.succeed(kind)
    if (!isBlank(seen)) return look
    seen = new Uint8Array()
    return Effect.zipRight(keepAlive, look)
  })
  const from = (rest: Bytes): Bytes =>
    Effect.suspend(() => {
      const first = fromSignificant(seen)
      seen = new Uint8Array()
      return first.length === 0 ? rest : Effect.succeed([first])
    })
  return Effect.match(guard(look), {
    onSuccess: (kind) => ({ kind, bytes: from(bytes) }),
    onFailure: (ending) => ({ kind: undefined, bytes: from(Effect.fail(ending)) })
  })
}

/** Larger than any error body that someone is meant to read. The rest is left unread. */
const largestErrorBody = 16 * 1024 * 1024

/** How long a connection may stay open once the server has said that nothing follows. */
const patience = Duration.seconds(1)

const done: Reached = { _tag: "Done" }

/**
 * Reads until the end, until nothing follows, or until the body is too large. `keepAlive` runs whenever there were
 * keep-alives.
 */
export const drain = (
  bytes: Bytes,
  { body, status }: Received,
  limit: number,
  keepAlive: Effect.Effect<void>
): Effect.Effect<Reached> => {
  let size = 0
  let told = 0
  const take = (chunk: ReadonlyArray<Uint8Array>): Effect.Effect<never, Reached> => {
    for (const part of chunk) {
      body.push(part)
      size += part.length
    }
    if (!isSuccess(status) && size > largestErrorBody) return Effect.fail(done)
    if (size > limit) return Effect.fail({ _tag: "TooLarge", limit } as const)
    const next = body.isDone ? rest : more
    if (body.keepAlives === told) return next
    told = body.keepAlives
    return Effect.zipRight(keepAlive, next)
  }
  const more = Effect.flatMap(bytes, take)
  // The end comes together with [DONE]. A proxy may keep it back for as long as the timeout allows.
  const rest = Effect.flatMap(Effect.timeoutFail(bytes, { duration: patience, onTimeout: () => done }), take)
  return Effect.flip(more)
}

/** A client that was made to fail on a status (`filterStatus`), or on an empty body, still has the answer. */
export const recoverStatusError = (
  error: HttpClientError
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError> => {
  const answer = answerOf(error)
  return answer === undefined || isBodyFailure(error) ? Effect.fail(error) : Effect.succeed(answer)
}

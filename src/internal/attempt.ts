/** One attempt at a buffered call: send, and read as the bytes arrive. */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type * as Errors from "../Errors.js"
import { answered, broken, drain, pull } from "./bytes.js"
import { type Arrived, arrive, conclude, type Reached, type Reading } from "./conclude.js"
import type { Mask } from "./mask.js"

/**
 * The scope of a connection, which closing cuts. After the last byte there is nothing to cut, and telling `fetch` so costs as much as
 * a tenth of a small call.
 */
const unlessWhole = <R>(attempt: Effect.Effect<Reached, never, R | Scope.Scope>) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Scope.make(), (connection) =>
      restore(Scope.extend(attempt, connection)).pipe(
        Effect.onExit((exit) =>
          Exit.isSuccess(exit) && exit.value._tag === "Whole" ? Effect.void : Scope.close(connection, exit)
        )
      )
    )
  )

/** What an attempt needs to know besides its request. */
export interface Attempt<A, E> {
  readonly reading: Reading<A, E>
  /** The longest it may take; of a stream, the longest silence: before the head of the answer, and between its bytes. */
  readonly timeout: Duration.Duration
  readonly mask: Mask
  /** The most bytes that an answer in one piece may have. */
  readonly maxResponseBytes: number
  /** Runs for each sign of life before there is anything else. */
  readonly keepAlive: Effect.Effect<void>
}

/** Sends the request once. */
export const attempt = <A, E>(
  client: HttpClient.HttpClient.With<HttpClientError, Scope.Scope>,
  request: HttpClientRequest.HttpClientRequest,
  { keepAlive, mask, maxResponseBytes, reading, timeout }: Attempt<A, E>
): Effect.Effect<A, E | Errors.OpenRouterDefaultError | Errors.ClientSideError> =>
  Effect.suspend(() => {
    let arrived: Arrived | undefined
    return client.execute(request).pipe(
      Effect.catchAll(answered),
      Effect.matchEffect({
        onFailure: (error) => Effect.succeed(broken(error)),
        onSuccess: (response) => {
          const head = arrive(reading, response, mask)
          arrived = head
          return Effect.scoped(
            Effect.flatMap(pull(response), (bytes) => drain(bytes, head, maxResponseBytes, keepAlive))
          )
        }
      }),
      unlessWhole,
      Effect.timeoutOption(timeout),
      Effect.map(Option.getOrElse((): Reached => ({ _tag: "TimedOut", timeout }))),
      Effect.zip(Clock.currentTimeMillis),
      Effect.flatMap(([ending, now]) => conclude(reading, arrived, ending, mask, now))
    )
  })

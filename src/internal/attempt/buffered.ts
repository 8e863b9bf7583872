/** One attempt at a buffered call: send, and read as the bytes arrive. */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type * as Errors from "../../Errors.js"
import type { Mask } from "../client/redaction.js"
import { answered, cutOf, drain, pull } from "./bytes.js"
import { type Arrived, arrive, type Cut, conclude, type Reached, type Reading, unfinished } from "./outcome.js"

/** An answer, and how the reading of it ended. */
interface Answered {
  readonly arrived: Arrived
  readonly ending: Reached
}

/**
 * The scope of a connection, which closing cuts. After the last byte there is nothing to cut, and telling `fetch` so costs as much as
 * a tenth of a small call.
 */
const unlessWhole = <E, R>(attempt: Effect.Effect<Answered, E, R | Scope.Scope>) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Scope.make(), (connection) =>
      restore(Scope.extend(attempt, connection)).pipe(
        Effect.onExit((exit) =>
          Exit.isSuccess(exit) && exit.value.ending._tag === "Whole" ? Effect.void : Scope.close(connection, exit)
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
    const receive = (response: HttpClientResponse.HttpClientResponse) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        arrived = arrive(reading, response, mask, now)
        return arrived
      })
    return client.execute(request).pipe(
      Effect.catchAll(answered),
      // The head is known, whatever became of the body in the client's hands.
      Effect.tapError((error) => (error._tag === "ResponseError" ? receive(error.response) : Effect.void)),
      Effect.mapError(cutOf),
      Effect.flatMap((response) =>
        Effect.flatMap(receive(response), (arrived) =>
          pull(response).pipe(
            Effect.flatMap((bytes) => drain(bytes, arrived, maxResponseBytes, keepAlive)),
            Effect.map((ending) => ({ arrived, ending })),
            Effect.scoped
          )
        )
      ),
      unlessWhole,
      Effect.timeoutFail({ duration: timeout, onTimeout: (): Cut => ({ _tag: "TimedOut", timeout }) }),
      Effect.matchEffect({
        onSuccess: ({ arrived, ending }) => conclude(reading, arrived, ending),
        onFailure: (cut) =>
          arrived === undefined
            ? Effect.fail(unfinished({ operation: reading.operation, mask }, [], cut))
            : conclude(reading, arrived, cut)
      })
    )
  })

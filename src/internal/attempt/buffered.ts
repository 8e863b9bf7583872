/** One attempt at a buffered call: it sends the request, and reads the answer as the bytes arrive. */
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
import type { Redactor } from "../client/redaction.js"
import { orFail } from "../errors/orFail.js"
import { drain, interruptionOf, pull, recoverStatusError } from "./bytes.js"
import { answerOf } from "./clientFailure.js"
import { fetchBodyOf } from "./fetchBody.js"
import {
  type Interruption,
  interruptedError,
  outcomeOf,
  type Reached,
  type Received,
  type ResponseSpec,
  receive
} from "./outcome.js"

/** An answer, and how reading it ended. */
interface Answered {
  readonly received: Received
  readonly ending: Reached
}

/**
 * Closing the scope of a connection cuts it. After the last byte there is nothing to cut, so this skips it: telling
 * `fetch` costs up to a tenth of a small call.
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

/** What runs while an answer arrives. None of it fails. */
export interface AnswerHooks {
  /** Runs when keep-alives have come: several that come together are told once. */
  readonly keepAlive: Effect.Effect<void>
  /** Runs when the head arrives and names the generation. */
  readonly onGenerationId: (generationId: string) => Effect.Effect<void>
}

/** Tells the id, if the head names one. */
export const announce = ({ facts }: Received, { onGenerationId }: AnswerHooks): Effect.Effect<void> =>
  facts.generationId === undefined ? Effect.void : onGenerationId(facts.generationId)

/** What an attempt needs besides its request. */
export interface Attempt<A, E> extends AnswerHooks {
  readonly spec: ResponseSpec<A, E>
  /**
   * The longest that it may take. For a stream, the longest silence: before the head of the answer, and between its
   * bytes.
   */
  readonly timeout: Duration.Duration
  readonly redact: Redactor
  /** The largest buffered answer, in bytes. */
  readonly maxResponseBytes: number
}

/** Sends the request once. */
export const sendBuffered = <A, E>(
  client: HttpClient.HttpClient.With<HttpClientError, Scope.Scope>,
  request: HttpClientRequest.HttpClientRequest,
  attempt: Attempt<A, E>
): Effect.Effect<A, E | Errors.OpenRouterDefaultError | Errors.ClientSideError> =>
  Effect.suspend(() => {
    const { keepAlive, redact, maxResponseBytes, spec, timeout } = attempt
    let received: Received | undefined
    const receiveHead = (response: HttpClientResponse.HttpClientResponse) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        received = receive(spec, response, redact, now)
        return Effect.as(announce(received, attempt), received)
      })
    return client.execute(request).pipe(
      Effect.catchAll(recoverStatusError),
      // The head is known, whatever the client did with the body.
      Effect.tapError((error) => {
        const answer = answerOf(error)
        return answer === undefined ? Effect.void : receiveHead(answer)
      }),
      Effect.mapError(interruptionOf),
      Effect.flatMap((response) =>
        Effect.flatMap(receiveHead(response), (received) => {
          const answered = Effect.flatMap(pull(response), (bytes) =>
            Effect.map(drain(bytes, received, maxResponseBytes, keepAlive), (ending) => ({ received, ending }))
          )
          // The body of another client may have more to close than its connection.
          return fetchBodyOf(response) === undefined ? Effect.scoped(answered) : answered
        })
      ),
      unlessWhole,
      Effect.timeoutFail({ duration: timeout, onTimeout: (): Interruption => ({ _tag: "TimedOut", timeout }) }),
      Effect.matchEffect({
        onSuccess: ({ received, ending }) => orFail(outcomeOf(spec, received, ending)),
        onFailure: (cut) =>
          received === undefined
            ? Effect.fail(interruptedError({ operation: spec.operation, redact }, [], cut))
            : orFail(outcomeOf(spec, received, cut))
      })
    )
  })

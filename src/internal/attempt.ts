/** One attempt at a buffered call: send, and read as the bytes arrive. */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as Errors from "../Errors.js"
import { answered, broken, drain, pull } from "./bytes.js"
import { type Arrived, arrive, conclude, type Ending, type Reading } from "./conclude.js"
import type { Mask } from "./mask.js"
import { isSuccess } from "./responseError.js"

/** No error body that anybody wrote is longer; the rest is not read. */
const largestErrorBody = 1024 * 1024

/** Sends the request once; no attempt takes longer than `timeout`. */
export const attempt = <A, E>(
  client: HttpClient.HttpClient.With<HttpClientError, Scope.Scope>,
  request: HttpClientRequest.HttpClientRequest,
  reading: Reading<A, E>,
  timeout: Duration.Duration,
  mask: Mask
): Effect.Effect<A, E | Errors.OpenRouterDefaultError | Errors.ClientSideError> =>
  Effect.suspend(() => {
    let arrived: Arrived | undefined
    return client.execute(request).pipe(
      Effect.catchAll(answered),
      Effect.matchEffect({
        onFailure: (error) => Effect.succeed(broken(error)),
        onSuccess: (response) => {
          const head = arrive(reading.operation, response)
          arrived = head
          const limit = isSuccess(response.status) ? Number.POSITIVE_INFINITY : largestErrorBody
          return Effect.flatMap(pull(response), (bytes) => drain(bytes, head.body, limit))
        }
      }),
      Effect.scoped,
      Effect.timeoutOption(timeout),
      Effect.map(Option.getOrElse((): Ending => ({ _tag: "TimedOut", timeout }))),
      Effect.zip(Clock.currentTimeMillis),
      Effect.flatMap(([ending, now]) => conclude(reading, arrived, ending, mask, now))
    )
  })

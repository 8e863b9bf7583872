/** Records an answer while its caller reads it. */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { recoverStatusError } from "../../attempt/bytes.js"
import { descriptionOf, isWithoutBody } from "../../attempt/clientFailure.js"
import { monotonicMillis } from "../../concurrency/monotonic.js"
import { fromStream } from "../../concurrency/streams.js"
import type { Answer } from "./answer.js"
import { toLatin1 } from "./bytes.js"
import type { Arrival } from "./chunks.js"
import { answerOf, type Open } from "./web.js"

/** Keeps an answer. It never fails. */
export type Save = (answer: Answer) => Effect.Effect<void>

const millisSince = (start: number): Effect.Effect<number> =>
  Effect.map(monotonicMillis, (now) => Math.round(now - start))

/** What a reader of the body sees of its failure: what the runtime threw. */
const thrownBy = (error: HttpClientError): unknown => error.cause ?? new Error(descriptionOf(error))

/** A body that is saved when it ends, however it ends, before its reader is told. */
const recordBody = (response: HttpClientResponse.HttpClientResponse, atMillis: number, save: Save): Open =>
  Effect.gen(function* () {
    const start = yield* monotonicMillis
    const texts: Array<string> = []
    const arrivals: Array<Arrival> = []
    let end = 0
    let isSaved = false
    const saveOnce = (ending: Pick<Answer, "failure" | "isInterrupted">) =>
      Effect.suspend(() => {
        if (isSaved) return Effect.void
        isSaved = true
        const { headers, status } = response
        return save({ ...ending, response: { atMillis, status, headers, body: texts.join(""), arrivals } })
      }).pipe(Effect.uninterruptible)
    yield* Effect.addFinalizer(() => saveOnce({ isInterrupted: true }))
    const pull = yield* fromStream(response.stream)
    return pull.pipe(
      Effect.tap((bytes) =>
        Effect.map(millisSince(start), (atMillis) => {
          for (const each of bytes) {
            texts.push(toLatin1(each))
            end += each.length
          }
          arrivals.push({ atMillis, end })
        })
      ),
      Effect.catchAll((ending) => {
        const error = Option.getOrUndefined(ending)
        if (error === undefined || isWithoutBody(error)) {
          return Effect.zipRight(saveOnce({}), Effect.fail(Option.none()))
        }
        return Effect.flatMap(millisSince(start), (atMillis) =>
          Effect.zipRight(saveOnce({ failure: { atMillis, error } }), Effect.fail(Option.some(thrownBy(error))))
        )
      })
    )
  })

/** The answer of a client, which is saved as well. */
export const record = <R>(
  send: Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError, R>,
  request: HttpClientRequest.HttpClientRequest,
  save: Save
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const start = yield* monotonicMillis
      const response = yield* restore(Effect.catchAll(send, recoverStatusError)).pipe(
        Effect.onInterrupt(() => save({ isInterrupted: true })),
        Effect.tapError((error) =>
          Effect.flatMap(millisSince(start), (atMillis) => save({ failure: { atMillis, error } }))
        )
      )
      const atMillis = yield* millisSince(start)
      return yield* answerOf(request, response, recordBody(response, atMillis, save))
    })
  )

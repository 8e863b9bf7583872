/** Gives a recorded answer, without a network. */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Pull } from "../../concurrency/streams.js"
import { causeOf } from "./failure.js"
import type { Playable } from "./folder.js"
import { noAnswer } from "./noAnswer.js"
import { answerOf, type Open } from "./web.js"

/** `instant`: at once. `recorded`: each part after as much time as it took, by the Clock. */
export type Pace = "instant" | "recorded"

/** Nobody knows what would have followed. Only the caller's own timeout ends the wait, as it did. */
const silence = (name: string): Effect.Effect<never> =>
  Effect.zipRight(
    Effect.logWarning(`The recording ${name} ends here, because its caller stopped: nothing more will come`),
    Effect.never
  )

/** Waits until so many milliseconds have passed. */
type WaitUntil = (millis: number) => Effect.Effect<void>

/** The time counts from here. */
const startOf = (pace: Pace): Effect.Effect<WaitUntil> =>
  Effect.map(Clock.currentTimeMillis, (start) => (millis) => {
    if (pace === "instant") return Effect.void
    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const left = start + millis - now
      return left > 0 ? Effect.sleep(left) : Effect.void
    })
  })

const playBody = (name: string, { bytes, recording }: Playable, pace: Pace): Open =>
  Effect.map(startOf(pace), (waitUntil) => {
    const { failure, isInterrupted, response } = recording
    const chunks = response?.chunks ?? []
    let at = 0
    const end: Pull<never, unknown> =
      failure !== undefined
        ? Effect.zipRight(waitUntil(failure.atMillis), Effect.fail(Option.some(causeOf(failure))))
        : isInterrupted === true
          ? silence(name)
          : Effect.fail(Option.none())
    return Effect.suspend((): Pull<Uint8Array, unknown> => {
      const [chunk, content] = [chunks[at], bytes[at]]
      if (chunk === undefined || content === undefined) return end
      at++
      return Effect.as(waitUntil(chunk.atMillis), [content])
    })
  })

/** The answer of a recording, or its failure. */
export const play = (
  name: string,
  playable: Playable,
  request: HttpClientRequest.HttpClientRequest,
  pace: Pace
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError> =>
  Effect.gen(function* () {
    const waitUntil = yield* startOf(pace)
    const { failure, response } = playable.recording
    if (response !== undefined) {
      yield* waitUntil(response.atMillis)
      return yield* answerOf(request, response, playBody(name, playable, pace))
    }
    if (failure === undefined) return yield* silence(name)
    yield* waitUntil(failure.atMillis)
    return yield* Effect.fail(noAnswer(request, { cause: causeOf(failure) }))
  })

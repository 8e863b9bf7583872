/** Gives a recorded answer, without a network. */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
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
    Effect.logDebug(`The recording ${name} ends here, because its caller stopped: nothing more will come`),
    Effect.never
  )

type Wait = (millis: number) => Effect.Effect<void>

const playBody = (name: string, { bytes, recording }: Playable, wait: Wait): Open =>
  Effect.sync(() => {
    const { failure, isInterrupted, response } = recording
    const chunks = response?.chunks ?? []
    let at = 0
    let elapsed = 0
    const waitUntil = (atMillis: number) =>
      Effect.suspend(() => {
        const left = Math.max(0, atMillis - elapsed)
        elapsed += left
        return wait(left)
      })
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
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError> => {
  const wait: Wait = (millis) => (pace === "instant" || millis === 0 ? Effect.void : Effect.sleep(millis))
  const { failure, response } = playable.recording
  if (response !== undefined) {
    return Effect.zipRight(wait(response.atMillis), answerOf(request, response, playBody(name, playable, wait)))
  }
  return failure === undefined
    ? silence(name)
    : Effect.zipRight(wait(failure.atMillis), Effect.fail(noAnswer(request, { cause: causeOf(failure) })))
}

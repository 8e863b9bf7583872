/**
 * Turns a response into the events of a stream, for a provider that cannot stream and for kept pictures, and back
 * again.
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Arr from "effect/Array"
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import { Completed } from "../../Schema/ImageStreamEvent.js"
import { makeUnchecked } from "../schema/makeUnchecked.js"
import { present } from "../schema/present.js"
import { factsOf } from "../split/calls.js"
import { commonOf } from "../split/common.js"

/**
 * One event for each picture. Their total cost comes with the last. They are not checked: they are emitted as they
 * came.
 */
export const completedEvents = (response: ImageGenerationResponse): ReadonlyArray<Completed> =>
  response.data.map((image, i) => {
    const { calls, created, data, usage } = response
    const { generationId, providerName, request } = calls?.find(({ pictures }) => pictures.includes(i)) ?? response
    return makeUnchecked(Completed, {
      image,
      created,
      ...present({ generationId, providerName, model: response.request?.model, request }),
      ...(i === data.length - 1 ? present({ usage, calls }) : {})
    })
  })

/** Joins the events of finished pictures into one response. */
export const responseOf = (completed: NonEmptyReadonlyArray<Completed>): ImageGenerationResponse => {
  const { calls, created, generationId, providerName, request, usage } = Arr.lastNonEmpty(completed)
  const model = commonOf(completed.map(({ model }) => model))
  const fallback = model === undefined ? undefined : { model, failures: [] }
  const data = completed.map(({ image }) => image)
  return calls === undefined
    ? { created, data, ...present({ usage, generationId, providerName, fallback, request }) }
    : { created, data, ...present({ fallback }), ...factsOf(calls) }
}

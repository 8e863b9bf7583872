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

/**
 * One event for each picture. Their total cost comes with the last. They are not checked: they are emitted as they
 * came.
 */
export const completedEvents = ({
  created,
  data,
  generationId,
  providerName,
  request,
  usage
}: ImageGenerationResponse): ReadonlyArray<Completed> =>
  data.map((image, i) =>
    makeUnchecked(Completed, {
      image,
      created,
      ...present({
        generationId,
        providerName,
        usage: i === data.length - 1 ? usage : undefined,
        model: request?.model,
        request
      })
    })
  )

/** Joins the events of finished pictures into one response. */
export const responseOf = (completed: NonEmptyReadonlyArray<Completed>): ImageGenerationResponse => {
  const { created, generationId, model, providerName, request, usage } = Arr.lastNonEmpty(completed)
  const fallback = model === undefined ? undefined : { model, failures: [] }
  return {
    created,
    data: completed.map(({ image }) => image),
    ...present({ usage, generationId, providerName, fallback, request })
  }
}

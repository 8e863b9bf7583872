/** A response as the events of a stream, for a provider that cannot stream and for what was kept. */

import type { ImageGenerationResponse } from "../Schema/ImageGenerationResponse.js"
import { Completed } from "../Schema/ImageStreamEvent.js"
import { present } from "./present.js"

/** Each picture is an event; what they cost together comes with the last. */
export const completedEvents = ({
  created,
  data,
  generationId,
  providerName,
  usage
}: ImageGenerationResponse): ReadonlyArray<Completed> =>
  data.map(
    (image, i) =>
      new Completed({
        image,
        created,
        ...present({ generationId, providerName, usage: i === data.length - 1 ? usage : undefined })
      })
  )

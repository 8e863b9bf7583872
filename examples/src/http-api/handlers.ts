// What the endpoints do. Nothing here knows of keys, budgets or retries: those are the layers of Images.
import { Headers, HttpApiBuilder, HttpServerResponse } from "@effect/platform"
import { Effect, Option, Stream } from "effect"
import { type Errors, Images } from "effect-openrouter-images"
import * as PreviewEvents from "../previewEvents.js"
import { PictureFailed, PicturesApi } from "./api.js"
import { page } from "./page.js"

const model = "openai/gpt-image-1-mini"

/** The errors that the API declares pass as they are; of any other the caller learns what it cost. */
const declared = (error: Errors.GenerateError) => {
  switch (error._tag) {
    case "InvalidRequestError":
    case "BudgetExceededError":
    case "TooManyRequestsResponseError":
      return error
    default:
      return new PictureFailed({ billing: error.billing })
  }
}

export const PicturesLive = HttpApiBuilder.group(PicturesApi, "pictures", (handlers) =>
  Effect.map(Images.Images, (images) =>
    handlers
      .handle("page", () => Effect.succeed(page))
      .handle("draw", ({ payload }) =>
        images.generate({ ...payload, model }).pipe(
          Effect.tapError((error) => Effect.logInfo("no picture", error)),
          Effect.mapError(declared)
        )
      )
      .handle("watch", ({ request, urlParams }) => {
        const lastEventId = Headers.get(request.headers, "last-event-id")
        if (PreviewEvents.isReconnect(Option.getOrUndefined(lastEventId))) return HttpServerResponse.empty()
        const events = PreviewEvents.previewEvents({ ...urlParams, model })
        // The server interrupts the stream when the browser goes away.
        return HttpServerResponse.stream(Stream.provideService(events, Images.Images, images), {
          headers: PreviewEvents.headers
        })
      })
  )
)

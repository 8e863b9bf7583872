// What the server and its clients agree on. The library's errors are Schemas, so an API says which of them it lets through, and with which
// status; a client gets them back as themselves.
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "@effect/platform"
import { Schema } from "effect"
import { Errors, ImagesSchema } from "effect-openrouter-images"

/** What strangers may choose. The model, the size and so the price are the server's to say. */
const Order = Schema.Struct({
  prompt: Schema.String,
  aspectRatio: Schema.optional(ImagesSchema.AspectRatio)
})

/** Every failure that the API does not declare: what it cost, and nothing of the account's. */
export class PictureFailed extends Schema.TaggedError<PictureFailed>()(
  "PictureFailed",
  { billing: Errors.Billing },
  HttpApiSchema.annotations({ status: 502 })
) {}

export class PicturesApi extends HttpApi.make("pictures").add(
  HttpApiGroup.make("pictures", { topLevel: true })
    .add(HttpApiEndpoint.get("page", "/").addSuccess(HttpApiSchema.Text({ contentType: "text/html; charset=utf-8" })))
    .add(
      HttpApiEndpoint.post("draw", "/pictures")
        .setPayload(Order)
        .addSuccess(ImagesSchema.ImageGenerationResponse)
        .addError(Errors.InvalidRequestError, { status: 400 })
        .addError(Errors.BudgetExceededError, { status: 402 })
        .addError(Errors.TooManyRequestsResponseError, { status: 429 })
        .addError(PictureFailed)
    )
    .add(
      HttpApiEndpoint.get("watch", "/pictures/stream")
        .setUrlParams(Schema.Struct({ prompt: Schema.String }))
        .addSuccess(HttpApiSchema.Text({ contentType: "text/event-stream" }))
    )
) {}

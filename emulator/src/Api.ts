/**
 * The API as an HttpApi: OpenRouter's operations under `/api/v1`, and the emulator's own controls under `/emulator`.
 */
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as Schema from "effect/Schema"
import { ImagesSchema } from "effect-openrouter-images"

const images = HttpApiGroup.make("images")
  .add(HttpApiEndpoint.post("generate", "/images").addSuccess(ImagesSchema.ImageGenerationResponse))
  .add(HttpApiEndpoint.get("listModels", "/images/models").addSuccess(ImagesSchema.ImageModelsListResponse))
  .add(
    HttpApiEndpoint.get("listModelEndpoints", "/images/models/:author/:slug/endpoints")
      .setPath(Schema.Struct({ author: Schema.String, slug: Schema.String }))
      .addSuccess(ImagesSchema.ImageModelEndpointsResponse)
  )
  .prefix("/api/v1")

const LedgerEntry = Schema.Struct({
  generationId: Schema.String,
  model: Schema.String,
  provider: Schema.String,
  prompt: Schema.String,
  pictures: Schema.Number,
  costUsd: Schema.Number
})

const RecordedRequest = Schema.Struct({
  method: Schema.String,
  path: Schema.String,
  headers: Schema.Record({ key: Schema.String, value: Schema.String })
})

const controls = HttpApiGroup.make("controls")
  .add(HttpApiEndpoint.get("ledger", "/ledger").addSuccess(Schema.Array(LedgerEntry)))
  .add(HttpApiEndpoint.get("requests", "/requests").addSuccess(Schema.Array(RecordedRequest)))
  // Its body is read by the handler, which says in a line what is wrong with it.
  .add(HttpApiEndpoint.post("script", "/script"))
  .add(HttpApiEndpoint.post("reset", "/reset"))
  .prefix("/emulator")

export const Api = HttpApi.make("openrouter-images").add(images).add(controls)

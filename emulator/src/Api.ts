/**
 * The API as an HttpApi: OpenRouter's operations under `/api/v1`, and the emulator's own controls under `/emulator`.
 */
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as Schema from "effect/Schema"
import { ImagesSchema } from "effect-openrouter-images"
import { LedgerEntry } from "./records/Ledger.js"

const images = HttpApiGroup.make("images")
  .add(HttpApiEndpoint.post("generate", "/images").addSuccess(ImagesSchema.ImageGenerationResponse))
  .add(HttpApiEndpoint.get("listModels", "/images/models").addSuccess(ImagesSchema.ImageModelsListResponse))
  .add(
    HttpApiEndpoint.get("listModelEndpoints", "/images/models/:author/:slug/endpoints")
      .setPath(Schema.Struct({ author: Schema.String, slug: Schema.String }))
      .addSuccess(ImagesSchema.ImageModelEndpointsResponse)
  )
  .prefix("/api/v1")

// What they answer is written by hand, as it was recorded.
const afterwards = HttpApiGroup.make("afterwards")
  .add(HttpApiEndpoint.get("generation", "/generation"))
  .add(HttpApiEndpoint.get("key", "/key"))
  .add(HttpApiEndpoint.get("credits", "/credits"))
  .prefix("/api/v1")

const RecordedRequest = Schema.Struct({
  method: Schema.String,
  path: Schema.String,
  headers: Schema.Record({ key: Schema.String, value: Schema.String })
})

const controls = HttpApiGroup.make("controls")
  .add(HttpApiEndpoint.get("ledger", "/ledger").addSuccess(Schema.Array(LedgerEntry)))
  .add(HttpApiEndpoint.get("requests", "/requests").addSuccess(Schema.Array(RecordedRequest)))
  // Their bodies are read by the handlers, which say in a line what is wrong with them.
  .add(HttpApiEndpoint.post("script", "/script"))
  .add(HttpApiEndpoint.post("records", "/records"))
  .add(HttpApiEndpoint.post("account", "/account"))
  .add(HttpApiEndpoint.post("reset", "/reset"))
  .prefix("/emulator")

export const Api = HttpApi.make("openrouter-images").add(images).add(afterwards).add(controls)

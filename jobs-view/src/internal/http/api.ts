/** The view as an HttpApi: JSON for programs under `/api`, pages for people. */
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiError from "@effect/platform/HttpApiError"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as Schema from "effect/Schema"
import { JobErrors, Jobs } from "effect-openrouter-images-jobs"
import { Failures } from "./models.js"

const JobPath = Schema.Struct({ job: Schema.String })

const windowFields = {
  state: Schema.optional(Jobs.ItemState),
  before: Schema.optional(Schema.String),
  after: Schema.optional(Schema.String)
}

const notFound = { status: 404 } as const

const json = HttpApiGroup.make("json")
  .add(HttpApiEndpoint.get("jobs", "/jobs").addSuccess(Schema.Array(Jobs.Progress)))
  .add(
    HttpApiEndpoint.get("job", "/jobs/:job")
      .setPath(JobPath)
      .addSuccess(Jobs.Progress)
      .addError(JobErrors.JobNotFoundError, notFound)
  )
  .add(
    HttpApiEndpoint.get("failures", "/jobs/:job/failures")
      .setPath(JobPath)
      .addSuccess(Schema.Array(Failures))
      .addError(JobErrors.JobNotFoundError, notFound)
  )
  .add(
    HttpApiEndpoint.get("history", "/jobs/:job/history")
      .setPath(JobPath)
      .setUrlParams(
        Schema.Struct({
          buckets: Schema.optional(Schema.NumberFromString.pipe(Schema.int(), Schema.between(1, Jobs.mostBuckets)))
        })
      )
      .addSuccess(Jobs.History)
      .addError(JobErrors.JobNotFoundError, notFound)
  )
  .add(
    HttpApiEndpoint.get("items", "/jobs/:job/items")
      .setPath(JobPath)
      .setUrlParams(
        Schema.Struct({
          ...windowFields,
          limit: Schema.optional(Schema.NumberFromString.pipe(Schema.int(), Schema.between(1, 200)))
        })
      )
      .addSuccess(Schema.Array(Jobs.Item))
      .addError(JobErrors.JobNotFoundError, notFound)
  )
  .addError(HttpApiError.ServiceUnavailable)
  .prefix("/api")

const Page = HttpApiSchema.Text({ contentType: "text/html" })
const Events = HttpApiSchema.Text({ contentType: "text/event-stream" })
const Bytes = HttpApiSchema.Uint8Array()

const pages = HttpApiGroup.make("pages")
  .add(HttpApiEndpoint.get("list", "/").addSuccess(Page))
  .add(HttpApiEndpoint.get("listEvents", "/events").addSuccess(Events))
  .add(
    HttpApiEndpoint.get("view", "/jobs/:job")
      .setPath(JobPath)
      .setUrlParams(Schema.Struct(windowFields))
      .addSuccess(Page)
  )
  .add(HttpApiEndpoint.get("viewEvents", "/jobs/:job/events").setPath(JobPath).addSuccess(Events))
  .add(
    HttpApiEndpoint.get("picture", "/jobs/:job/pictures/:item/:index")
      .setPath(Schema.Struct({ job: Schema.String, item: Schema.String, index: Schema.NumberFromString }))
      .setUrlParams(Schema.Struct({ v: Schema.optional(Schema.String) }))
      .addSuccess(Bytes)
  )
  .add(
    HttpApiEndpoint.get("asset", "/assets/:name")
      .setPath(Schema.Struct({ name: Schema.String }))
      .addSuccess(Bytes)
  )

export class Api extends HttpApi.make("images-jobs-view").add(json).add(pages) {}

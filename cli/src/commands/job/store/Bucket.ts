/** A store in a bucket: `--store s3://…`, with the rest from the environment, as Amazon's client reads it. */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { ImageStore, JobErrors } from "effect-openrouter-images-jobs"
import { FileError, UsageError } from "../../../failure/Failure.js"
import * as Package from "../Package.js"

/** The message does not repeat the text, which may hold a key. */
const unreadable = new UsageError({
  problem: "The address of the bucket cannot be read: it is s3://BUCKET or s3://BUCKET/PREFIX, and nothing else.",
  advice: "The server goes into AWS_ENDPOINT_URL_S3, the key into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
})

const storeError =
  (address: string) =>
  ({ description }: JobErrors.ImageStoreError): FileError =>
    new FileError({
      problem: `The store ${address} cannot be used: ${description}.`,
      cost: "Nothing was billed.",
      advice: `Correct --store, or what Amazon's client takes from the environment:
AWS_REGION, AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.`
    })

/** An empty variable counts as not set, as for Amazon's client. */
const variable = (name: string): Effect.Effect<string | undefined, ConfigError> =>
  Effect.map(Config.option(Config.string(name)), (value) =>
    Option.getOrUndefined(Option.filter(value, (text) => text !== ""))
  )

/**
 * Amazon's client finds the credentials itself, of more kinds than there are variables. It would find the endpoint too,
 * but not what other servers than Amazon's need besides: the bucket in the path, and no checksums that they do not
 * know.
 */
const settings = Effect.gen(function* () {
  const endpoint = (yield* variable("AWS_ENDPOINT_URL_S3")) ?? (yield* variable("AWS_ENDPOINT_URL"))
  const region = yield* variable("AWS_REGION")
  return { ...(endpoint === undefined ? {} : { endpoint }), ...(region === undefined ? {} : { region }) }
})

export interface Bucket {
  readonly address: string
  /** Does nothing: the layer itself checks that the bucket exists. */
  readonly check: Effect.Effect<void>
  readonly layer: Layer.Layer<ImageStore.ImageStore, FileError>
  readonly readers: number
}

export const of = (text: string): Effect.Effect<Bucket, UsageError | ConfigError> =>
  Effect.gen(function* () {
    const [, bucket, prefix = ""] = /^s3:\/\/([\w.-]+)(?:\/(.*))?$/is.exec(text) ?? []
    if (bucket === undefined) return yield* unreadable
    const S3 = yield* Package.s3
    const address = `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`
    const layer = S3.layer({ bucket, prefix, ...(yield* settings) })
    return { address, check: Effect.void, layer: Layer.mapError(layer, storeError(address)), readers: 8 }
  })

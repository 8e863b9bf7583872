/** A store in a bucket: what `--store s3://…` says, with the rest from the environment, where Amazon's client looks for it. */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { ImageStore, JobErrors } from "effect-openrouter-images-jobs"
import { FileError, UsageError } from "../../../failure/Failure.js"
import * as Package from "../Package.js"

/** Nothing of what cannot be read is shown: a key may stand in it. */
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

/** What is set to nothing counts as not set, as it does for Amazon's client. */
const variable = (name: string): Effect.Effect<string | undefined, ConfigError> =>
  Effect.map(Config.option(Config.string(name)), (value) =>
    Option.getOrUndefined(Option.filter(value, (text) => text !== ""))
  )

/**
 * Credentials are left to Amazon's client, which finds more kinds of them than there are variables. The endpoint it would find too, but not what other
 * servers than Amazon's need besides: that the bucket stands in the path, and no checksum of a kind that they do not know.
 */
const settings = Effect.gen(function* () {
  const endpoint = (yield* variable("AWS_ENDPOINT_URL_S3")) ?? (yield* variable("AWS_ENDPOINT_URL"))
  const region = yield* variable("AWS_REGION")
  return { ...(endpoint === undefined ? {} : { endpoint }), ...(region === undefined ? {} : { region }) }
})

export interface Bucket {
  readonly address: string
  /** Whether the bucket is there its layer looks by itself, and it makes none. */
  readonly check: Effect.Effect<void>
  readonly layer: Layer.Layer<ImageStore.ImageStore, FileError>
}

export const of = (text: string): Effect.Effect<Bucket, UsageError | ConfigError> =>
  Effect.gen(function* () {
    const [, bucket, prefix = ""] = /^s3:\/\/([\w.-]+)(?:\/(.*))?$/is.exec(text) ?? []
    if (bucket === undefined) return yield* unreadable
    const S3 = yield* Package.s3
    const address = `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`
    const layer = S3.layer({ bucket, prefix, ...(yield* settings) })
    return { address, check: Effect.void, layer: Layer.mapError(layer, storeError(address)) }
  })

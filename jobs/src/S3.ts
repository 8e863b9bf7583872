/**
 * Pictures in a bucket of Amazon S3, or of another server of that API (Cloudflare R2, MinIO, Backblaze B2 and many
 * more). It needs the package `@aws-sdk/client-s3`; jobs without a bucket do not.
 *
 * @since 0.1.0
 */
import type { S3Client } from "@aws-sdk/client-s3"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { ImageStoreError } from "./Errors.js"
import * as ImageStore from "./ImageStore.js"
import { clientOf } from "./internal/s3/client.js"
import { checkBucket, checkEndpoint } from "./internal/s3/location.js"
import { open, storeOf } from "./internal/s3/store.js"

/**
 * Where in a server the pictures are.
 *
 * @since 0.1.0
 * @category models
 */
export interface Location {
  /** The name of a bucket that exists, or the ARN of an access point. */
  readonly bucket: string
  /** A folder within the bucket, `catalogue/2026`. References are relative to it. Default: none. */
  readonly prefix?: string | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted
  /** For temporary credentials. */
  readonly sessionToken?: Redacted.Redacted | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options extends Location {
  /**
   * Default: that of the environment (`AWS_REGION`, the profile). With an `endpoint` it is `us-east-1`, which R2 and
   * MinIO take.
   */
  readonly region?: string | undefined
  /** The URL of a server other than Amazon's, without the bucket: `https://ACCOUNT.r2.cloudflarestorage.com`. */
  readonly endpoint?: string | undefined
  /**
   * Default: what the SDK finds by itself. That is `AWS_ACCESS_KEY_ID`, a profile, single sign-on, or the role of the
   * machine or container.
   */
  readonly credentials?: Credentials | undefined
  /**
   * Whether the bucket's name stands in the path, not in the host's name. Default: true with an `endpoint`, for all
   * such servers understand that.
   */
  readonly forcePathStyle?: boolean | undefined
  /** How long the server may be silent. A request is sent up to three times. Default: 30 seconds. */
  readonly timeout?: Duration.DurationInput | undefined
}

/**
 * Pictures in a bucket by a client of your own, for what `layer` has no option for. You create it, and you destroy it.
 * For a server other than Amazon's it may need `requestChecksumCalculation: "WHEN_REQUIRED"`.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { S3Client } from "@aws-sdk/client-s3"
 * import { Effect, Layer } from "effect"
 * import * as S3 from "effect-openrouter-images-jobs/S3"
 *
 * const client = Effect.acquireRelease(
 *   Effect.sync(() => new S3Client({ useAccelerateEndpoint: true })),
 *   (client) => Effect.sync(() => client.destroy())
 * )
 * const StoreLive = Layer.unwrapScoped(Effect.map(client, (client) => S3.layerClient(client, { bucket: "pictures" })))
 * ```
 */
export const layerClient = (
  client: S3Client,
  location: Location
): Layer.Layer<ImageStore.ImageStore, ImageStoreError> =>
  Layer.effect(
    ImageStore.ImageStore,
    Effect.as(Effect.zipRight(checkBucket(location), open(client, location)), storeOf(client, location))
  )

/**
 * Pictures as objects of a bucket, `ab/abcd….png`, with their media type. A picture that is there is not sent again.
 * One that is read is compared with the SHA-256 of its name. Where the bucket, the server or the credentials are wrong,
 * the layer fails before anything is paid for.
 *
 * The credentials need `s3:PutObject` and `s3:GetObject`; to sweep and to remove pictures, also `s3:ListBucket` and
 * `s3:DeleteObject`. Without `s3:ListBucket` Amazon answers AccessDenied for what
 * is not there, so the layer takes that answer for a bucket that is there. Whether uploads are allowed shows with the
 * first picture.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { Config, Effect, Layer } from "effect"
 * import * as S3 from "effect-openrouter-images-jobs/S3"
 *
 * const AmazonLive = S3.layer({ bucket: "pictures", prefix: "catalogue/2026", region: "eu-central-1" })
 *
 * const CloudflareLive = Layer.unwrapEffect(
 *   Effect.map(
 *     Config.all({ accessKeyId: Config.string("R2_KEY"), secretAccessKey: Config.redacted("R2_SECRET") }),
 *     (credentials) =>
 *       S3.layer({ bucket: "pictures", endpoint: "https://ACCOUNT.r2.cloudflarestorage.com", credentials })
 *   )
 * )
 * ```
 */
export const layer = (options: Options): Layer.Layer<ImageStore.ImageStore, ImageStoreError> =>
  Layer.unwrapScoped(
    checkEndpoint(options).pipe(
      Effect.zipRight(
        Effect.acquireRelease(
          Effect.sync(() => clientOf(options)),
          (client) => Effect.sync(() => client.destroy())
        )
      ),
      Effect.map((client) => layerClient(client, options))
    )
  )

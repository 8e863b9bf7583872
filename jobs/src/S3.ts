/**
 * Pictures in a bucket of Amazon S3, or of another server of that API (Cloudflare R2, MinIO, Backblaze B2 and many
 * more). It needs the package `@aws-sdk/client-s3`; jobs without a bucket do not.
 *
 * @since 0.1.0
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client
} from "@aws-sdk/client-s3"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { ImageStoreError } from "./Errors.js"
import * as ImageStore from "./ImageStore.js"
import * as S3Failure from "./internal/s3/failure.js"

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

const failOpen = (description: string) => Effect.fail(new ImageStoreError({ method: "open", description }))

const checkBucket = ({ bucket }: Location): Effect.Effect<void, ImageStoreError> => {
  if (bucket === "") return failOpen("bucket is empty")
  return bucket.includes("/") && !bucket.startsWith("arn:")
    ? failOpen(`bucket ${JSON.stringify(bucket)} has a slash: give the folder within it as prefix`)
    : Effect.void
}

const checkEndpoint = ({ endpoint }: Options): Effect.Effect<void, ImageStoreError> =>
  endpoint === undefined || /^https?:\/\/[^/]/.test(endpoint)
    ? Effect.void
    : failOpen(`endpoint ${JSON.stringify(endpoint)} is not a URL that begins with https:// or http://`)

const clientOf = (options: Options): S3Client => {
  const { credentials, endpoint, forcePathStyle, region, timeout } = options
  const elsewhere = endpoint !== undefined
  const known = region ?? (elsewhere ? "us-east-1" : undefined)
  return new S3Client({
    ...(known === undefined ? {} : { region: known }),
    ...(elsewhere ? { endpoint } : {}),
    ...(credentials === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: credentials.accessKeyId,
            secretAccessKey: Redacted.value(credentials.secretAccessKey),
            ...(credentials.sessionToken === undefined
              ? {}
              : { sessionToken: Redacted.value(credentials.sessionToken) })
          }
        }),
    // Since 3.729 the SDK adds a CRC32 to each upload by default. Servers other than Amazon's may refuse it (501
    // NotImplemented) or misread it. They lose nothing: the signature covers the SHA-256 of the bytes, which every
    // server compares. Amazon gets the CRC32 too, for a bucket with Object Lock asks for it.
    requestChecksumCalculation: elsewhere ? "WHEN_REQUIRED" : "WHEN_SUPPORTED",
    // What is read is compared with its SHA-256.
    responseChecksumValidation: "WHEN_REQUIRED",
    forcePathStyle: forcePathStyle ?? elsewhere,
    // Without these the SDK waits for ever.
    requestHandler: {
      connectionTimeout: 10_000,
      socketTimeout: Duration.toMillis(timeout ?? Duration.seconds(30))
    }
  })
}

/** Interrupting it aborts the request. */
const ask = <A>(request: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, S3Failure.S3Failure> =>
  Effect.tryPromise({ try: request, catch: S3Failure.failureOf })

/** Takes the credentials out of a server's own words, which may repeat what it was sent. */
const redactCredentials = (client: S3Client, failure: S3Failure.S3Failure): Effect.Effect<S3Failure.S3Failure> =>
  S3Failure.quotesServer(failure)
    ? Effect.tryPromise(() => client.config.credentials()).pipe(
        Effect.map(({ accessKeyId, secretAccessKey, sessionToken }) =>
          [accessKeyId, secretAccessKey, sessionToken ?? ""]
            .filter((secret) => secret !== "")
            .reduce((message, secret) => message.replaceAll(secret, "<redacted>"), failure.message)
        ),
        Effect.map((message) => ({ ...failure, message })),
        Effect.orElseSucceed(() => failure)
      )
    : Effect.succeed(failure)

const toStoreError =
  (client: S3Client, method: ImageStoreError["method"], bucket: string, key: string) =>
  <A>(effect: Effect.Effect<A, S3Failure.S3Failure>): Effect.Effect<A, ImageStoreError> =>
    Effect.catchAll(effect, (failure) =>
      Effect.flatMap(redactCredentials(client, failure), (shown) =>
        Effect.fail(new ImageStoreError({ method, description: S3Failure.describe(shown, bucket, key) }))
      )
    )

const keysWithin = ({ prefix = "" }: Location) => {
  const folder = prefix.replace(/^\/+|\/+$/g, "")
  return (reference: string): string => (folder === "" ? reference : `${folder}/${reference}`)
}

const read = (
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string; readonly Range?: string }
): Effect.Effect<Uint8Array, S3Failure.S3Failure> =>
  ask((abortSignal) =>
    client
      .send(new GetObjectCommand(object), { abortSignal })
      .then(({ Body }) => Body?.transformToByteArray() ?? new Uint8Array())
  )

/**
 * Asks once for what would fail for each picture, for pictures are paid for before they are stored. It asks for an
 * object that is never there, by GET: unlike HEAD, its answer says why. Where listing is not allowed, AccessDenied is
 * the answer for an absent object.
 */
const open = (client: S3Client, location: Location): Effect.Effect<void, ImageStoreError> => {
  const { bucket } = location
  const key = keysWithin(location)("is-the-bucket-there")
  return read(client, { Bucket: bucket, Key: key, Range: "bytes=0-0" }).pipe(
    Effect.asVoid,
    Effect.catchIf(
      ({ code }) => code === "NoSuchKey" || code === "AccessDenied",
      () => Effect.void
    ),
    toStoreError(client, "open", bucket, key)
  )
}

/** A picture that was put longer ago is put again: whoever removes pictures spares those that were put lately. */
const refreshAfterMillis = 30 * 60_000

const listBucket = (client: S3Client, location: Location): Stream.Stream<ImageStore.StoredFile, ImageStoreError> => {
  const { bucket } = location
  const prefix = keysWithin(location)("")
  const page = (after: string | undefined) =>
    ask((abortSignal) =>
      client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          ...(prefix === "" ? {} : { Prefix: prefix }),
          ...(after === undefined ? {} : { ContinuationToken: after })
        }),
        { abortSignal }
      )
    ).pipe(toStoreError(client, "list", bucket, prefix))
  const filesOf = ({ Contents = [] }: ListObjectsV2CommandOutput) =>
    Contents.flatMap(
      ({ Key, LastModified, Size }): ReadonlyArray<ImageStore.StoredFile> =>
        Key === undefined
          ? []
          : [
              {
                reference: Key.slice(prefix.length),
                byteLength: Size ?? 0,
                putAt: LastModified?.getTime() ?? 0,
                isTemporary: false
              }
            ]
    )
  return Stream.paginateEffect(undefined as string | undefined, (after) =>
    Effect.map(page(after), (answer) => [filesOf(answer), Option.fromNullable(answer.NextContinuationToken)] as const)
  ).pipe(Stream.flattenIterables)
}

const storeOf = (client: S3Client, location: Location): ImageStore.Service => {
  const { bucket } = location
  const keyOf = keysWithin(location)
  const head = (key: string) =>
    ask((abortSignal) => client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal }))
  // Only a picture that is there for certain is not uploaded. When HEAD fails, the upload will say why.
  const has = (key: string, byteLength: number): Effect.Effect<boolean, S3Failure.S3Failure> =>
    Effect.zipWith(
      head(key),
      Clock.currentTimeMillis,
      ({ ContentLength, LastModified }, now) =>
        ContentLength === byteLength && now - (LastModified?.getTime() ?? now) < refreshAfterMillis
    ).pipe(
      Effect.catchIf(
        ({ status }) => status !== undefined,
        () => Effect.succeed(false)
      )
    )
  return {
    list: listBucket(client, location),
    remove: (reference, putBefore) => {
      const key = keyOf(reference)
      return head(key).pipe(
        Effect.map(({ LastModified }) => LastModified !== undefined && LastModified.getTime() < putBefore),
        Effect.catchIf(
          ({ status }) => status === 404,
          () => Effect.succeed(false)
        ),
        Effect.tap((isOld) =>
          isOld
            ? ask((abortSignal) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal }))
            : Effect.void
        ),
        toStoreError(client, "remove", bucket, key)
      )
    },
    put: (image) =>
      Effect.gen(function* () {
        const stored = yield* ImageStore.describe(image)
        const key = keyOf(stored.reference)
        const object = { Bucket: bucket, Key: key, Body: image.bytes, ContentType: image.mediaType }
        yield* has(key, stored.byteLength).pipe(
          Effect.if({
            onTrue: () => Effect.void,
            onFalse: () => ask((abortSignal) => client.send(new PutObjectCommand(object), { abortSignal }))
          }),
          toStoreError(client, "put", bucket, key)
        )
        return stored
      }),
    get: (stored) => {
      const key = keyOf(stored.reference)
      return read(client, { Bucket: bucket, Key: key }).pipe(
        toStoreError(client, "get", bucket, key),
        Effect.flatMap((bytes) => ImageStore.verify(stored, bytes))
      )
    }
  }
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

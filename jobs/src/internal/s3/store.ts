/** The store over a bucket. */
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client
} from "@aws-sdk/client-s3"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { ImageStoreError } from "../../Errors.js"
import * as ImageStore from "../../ImageStore.js"
import type { Location } from "../../S3.js"
import type { S3Failure } from "./failure.js"
import { keysWithin } from "./location.js"
import { ask, read, toStoreError } from "./request.js"

/**
 * Asks once for what would fail for each picture, for pictures are paid for before they are stored. It asks for an
 * object that is never there, by GET: unlike HEAD, its answer says why. Where listing is not allowed, AccessDenied is
 * the answer for an absent object.
 */
export const open = (client: S3Client, location: Location): Effect.Effect<void, ImageStoreError> => {
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

/** A picture that was put longer ago is put again: whoever removes pictures spares those that were put lately. */
const refreshAfterMillis = 30 * 60_000

export const storeOf = (client: S3Client, location: Location): ImageStore.Service => {
  const { bucket } = location
  const keyOf = keysWithin(location)
  const head = (key: string) =>
    ask((abortSignal) => client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal }))
  // Only a picture that is there for certain is not uploaded. When HEAD fails, the upload will say why.
  const has = (key: string, byteLength: number): Effect.Effect<boolean, S3Failure> =>
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

/** A request to a bucket, and the error of one that failed. */
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3"
import * as Effect from "effect/Effect"
import { ImageStoreError } from "../../Errors.js"
import * as S3Failure from "./failure.js"

/** Interrupting it aborts the request. */
export const ask = <A>(request: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, S3Failure.S3Failure> =>
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

export const toStoreError =
  (client: S3Client, method: ImageStoreError["method"], bucket: string, key: string) =>
  <A>(effect: Effect.Effect<A, S3Failure.S3Failure>): Effect.Effect<A, ImageStoreError> =>
    Effect.catchAll(effect, (failure) =>
      Effect.flatMap(redactCredentials(client, failure), (shown) =>
        Effect.fail(new ImageStoreError({ method, description: S3Failure.describe(shown, bucket, key) }))
      )
    )

/** The bytes of an object. */
export const read = (
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string; readonly Range?: string }
): Effect.Effect<Uint8Array, S3Failure.S3Failure> =>
  ask((abortSignal) =>
    client
      .send(new GetObjectCommand(object), { abortSignal })
      .then(({ Body }) => Body?.transformToByteArray() ?? new Uint8Array())
  )

/** Amazon's client, as the options have it. */
import { S3Client } from "@aws-sdk/client-s3"
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import type { Options } from "../../S3.js"

export const clientOf = (options: Options): S3Client => {
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

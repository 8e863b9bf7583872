/** Stores of buckets on the test's server of S3. */
import { Effect } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import { ImageStore, type JobErrors } from "effect-openrouter-images-jobs"
import * as S3 from "effect-openrouter-images-jobs/S3"
import * as Server from "./s3Server.js"

export const bytes = (text: string) => new TextEncoder().encode(text)
export const svg = (width: number) =>
  GeneratedImage.make(bytes(`<svg xmlns='http://www.w3.org/2000/svg' width='${width}' height='4'/>`))

/** The store of a bucket, from the server's own options and others. */
export const bucket = <A, E>(
  options: Partial<S3.Options>,
  use: (store: ImageStore.Service) => Effect.Effect<A, E>
): Effect.Effect<A, E | JobErrors.ImageStoreError, Server.S3Server> =>
  Effect.flatMap(Server.S3Server, (server) =>
    Effect.flatMap(ImageStore.ImageStore, use).pipe(Effect.provide(S3.layer({ ...server.options, ...options })))
  )

/** The message with which the store does not open. */
export const refused = (options: Partial<S3.Options>) =>
  Effect.map(Effect.flip(bucket(options, () => Effect.void)), ({ message }) => message)

/** Where the pictures are: what it must look like, and the keys of the objects within. */
import * as Effect from "effect/Effect"
import { ImageStoreError } from "../../Errors.js"
import type { Location, Options } from "../../S3.js"

const failOpen = (description: string) => Effect.fail(new ImageStoreError({ method: "open", description }))

export const checkBucket = ({ bucket }: Location): Effect.Effect<void, ImageStoreError> => {
  if (bucket === "") return failOpen("bucket is empty")
  return bucket.includes("/") && !bucket.startsWith("arn:")
    ? failOpen(`bucket ${JSON.stringify(bucket)} has a slash: give the folder within it as prefix`)
    : Effect.void
}

export const checkEndpoint = ({ endpoint }: Options): Effect.Effect<void, ImageStoreError> =>
  endpoint === undefined || /^https?:\/\/[^/]/.test(endpoint)
    ? Effect.void
    : failOpen(`endpoint ${JSON.stringify(endpoint)} is not a URL that begins with https:// or http://`)

/** What a reference is called in the bucket. */
export const keysWithin = ({ prefix = "" }: Location) => {
  const folder = prefix.replace(/^\/+|\/+$/g, "")
  return (reference: string): string => (folder === "" ? reference : `${folder}/${reference}`)
}

/** A generation's request as JSON, and the pictures of its answer. */
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Issue } from "../Errors.js"
import * as GeneratedImage from "../GeneratedImage.js"
import { ImageGenerationRequest, outerFaults } from "../Schema/ImageGenerationRequest.js"
import { type ImageGenerationResponse, responseWith } from "../Schema/ImageGenerationResponse.js"
import type { Content } from "./conclude.js"
import { decoder, encoder, withNames } from "./issues.js"
import { present } from "./present.js"
import { withUsage } from "./restored.js"
import { nullish } from "./wire.js"

/** Checks a request and puts it into the API's names. */
export const encodeRequest = (request: unknown): Either.Either<object, ReadonlyArray<Issue>> =>
  Either.mapLeft(encode(request), (issues) => Arr.dedupeWith([...issues, ...withNames(outerFaults(request))], same))

const encode = encoder(ImageGenerationRequest)

const same = (one: Issue, other: Issue): boolean =>
  one.message === other.message && one.path.join() === other.path.join()

/** The response without its pictures: where one was, its number stands. */
const decodeSkeleton = decoder(
  responseWith(
    "ImageGenerationSkeleton",
    Schema.Struct({ b64_json: Schema.Number, media_type: nullish(Schema.String) })
  )
)

/** The response of a body whose pictures are already decoded. */
export const decodeResponse = ({
  headers,
  json,
  pictures
}: Content): Either.Either<ImageGenerationResponse, ReadonlyArray<Issue>> =>
  Either.map(decodeSkeleton(withUsage(json, pictures)), (skeleton) => ({
    ...skeleton,
    data: skeleton.data.map(({ b64_json, media_type }) =>
      GeneratedImage.make(pictures[b64_json] as Uint8Array, media_type ?? undefined)
    ),
    ...present({ generationId: headers["x-generation-id"] ?? skeleton.generationId })
  }))

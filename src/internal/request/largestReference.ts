/** Names the largest reference of a request that the server found too large. */
import * as Errors from "../../Errors.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"

/** The bytes of a picture that is sent within the request. An address has none. */
const byteLengthOf = (url: string): number => {
  const start = /^data:/i.test(url) ? url.indexOf(",") + 1 : url.length
  const padding = url.endsWith("==") ? 2 : url.endsWith("=") ? 1 : 0
  return Math.max(0, Math.floor(((url.length - start) / 4) * 3) - padding)
}

const largestReference = ({ inputReferences = [] }: ImageGenerationRequest) =>
  inputReferences
    .map(({ imageUrl }, index) => ({ index, byteLength: byteLengthOf(imageUrl.url) }))
    .filter(({ byteLength }) => byteLength > 0)
    .sort((a, b) => b.byteLength - a.byteLength)[0]

/** The error with the largest reference, if it is a 413 of a request that has one. Any other error as it is. */
export const withLargestReference =
  (request: ImageGenerationRequest) =>
  <E extends Errors.GenerateStreamError>(error: E): E | Errors.PayloadTooLargeResponseError => {
    if (error._tag !== "PayloadTooLargeResponseError") return error
    const largest = largestReference(request)
    return largest === undefined
      ? error
      : new Errors.PayloadTooLargeResponseError({ ...error, message: error.message, largestReference: largest })
  }

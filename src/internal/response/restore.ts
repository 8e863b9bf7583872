/** Puts back the pictures that were taken out of JSON while it arrived and that are not part of a result. */
import * as Predicate from "effect/Predicate"
import { encodeBase64 } from "../decoding/base64.js"

/** No answer has a picture nested deeper. */
const deepest = 32

/** The JSON with base64 again in place of each picture's number. */
export const restorePictures = (json: unknown, pictures: ReadonlyArray<Uint8Array>, depth = 0): unknown => {
  if (pictures.length === 0 || depth > deepest) return json
  if (Array.isArray(json)) return json.map((item) => restorePictures(item, pictures, depth + 1))
  if (!Predicate.isRecord(json)) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      const picture = key === "b64_json" && Predicate.isNumber(value) ? pictures[value] : undefined
      return [key, picture === undefined ? restorePictures(value, pictures, depth + 1) : encodeBase64(picture)]
    })
  )
}

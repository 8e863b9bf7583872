/** JSON whose pictures were taken out on the way, with those back in it that are nobody's result. */
import * as Predicate from "effect/Predicate"
import { encodeBase64 } from "../decoding/base64.js"

/** No answer has a picture deeper. */
const deepest = 32

/** The JSON with the base64 back in the place of each picture's number. */
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

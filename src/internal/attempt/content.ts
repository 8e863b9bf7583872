/** What a body holds. */
import type { PictureFault } from "../decoding/pictureScanner.js"

/** The JSON of a body, and its pictures by the numbers that stand for them in the JSON and in the text. */
export interface Content {
  readonly text: string
  readonly json: unknown
  readonly pictures: ReadonlyArray<Uint8Array>
  readonly faults: ReadonlyArray<PictureFault>
}

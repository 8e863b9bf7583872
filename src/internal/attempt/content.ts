/** The content of a body. */
import type { PictureFault } from "../decoding/pictureScanner.js"

/** The JSON of a body, and its pictures. In the JSON and in the text, a number stands for each picture. */
export interface Content {
  readonly text: string
  readonly json: unknown
  readonly pictures: ReadonlyArray<Uint8Array>
  readonly faults: ReadonlyArray<PictureFault>
  /** Whether it came as a stream of events. */
  readonly isStream?: boolean
  /** Whether it came as events, without the server's word that nothing follows. */
  readonly isOpen?: boolean
}

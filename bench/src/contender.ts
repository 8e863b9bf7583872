// What every contender is asked to do, and how the pictures of its answers are counted.
import { parsePictures } from "./prompt.js"

export interface Contender {
  readonly generate?: (prompt: string) => Promise<number>
  readonly stream?: (prompt: string) => Promise<number>
  readonly models?: () => Promise<number>
}

export const model = "author/model-1"
export const apiKey = "key"

/** How many pictures a prompt asks for. */
export const picturesOf = (prompt: string): number => parsePictures(prompt).sizes.length

export const total = (pictures: ReadonlyArray<Uint8Array>): number =>
  pictures.reduce((sum, { length }) => sum + length, 0)
export const bytesOf = (b64: string): Uint8Array => Buffer.from(b64, "base64")

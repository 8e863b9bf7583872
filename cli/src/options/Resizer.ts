/** Makes references smaller, by sharp, which is loaded only for one that is too large. */
import * as Effect from "effect/Effect"
import { ImageResizer } from "effect-openrouter-images"
import type { Sharp } from "sharp"
import * as Print from "../output/Print.js"
import { formatBytes } from "../output/Text.js"

/** Each try has this share of the area that the last one's bytes ask for. */
const caution = 0.9
/** More tries would leave nothing to see. */
const tries = 8

/** JPEG has no transparency, and WebP keeps it. */
const encode = (picture: Sharp, isOpaque: boolean): Promise<Uint8Array> =>
  (isOpaque ? picture.jpeg({ quality: 90 }) : picture.webp({ quality: 90 })).toBuffer()

/** The largest picture within the limits that some tries find. It stands upright, without metadata. */
const shrink = async (bytes: Uint8Array, { maxBytes, maxSide }: ImageResizer.Limits): Promise<Uint8Array> => {
  const { default: sharp } = await import("sharp")
  const { hasAlpha, height, width } = await sharp(bytes).metadata()
  const isOpaque = !hasAlpha || (await sharp(bytes).stats()).isOpaque
  let side = Math.min(maxSide ?? Number.POSITIVE_INFINITY, Math.max(width, height))
  for (let attempt = 1; ; attempt++) {
    const picture = sharp(bytes).autoOrient().resize({ width: side, height: side, fit: "inside" })
    const smaller = await encode(picture, isOpaque)
    if (maxBytes === undefined || smaller.length <= maxBytes || attempt === tries) return smaller
    side = Math.max(1, Math.floor(side * Math.sqrt((maxBytes / smaller.length) * caution)))
  }
}

/** The resizer for a file, which says on stderr what it has done. */
export const of = (file: string): ImageResizer.Service => ({
  resize: (bytes, limits) =>
    Effect.tryPromise({
      try: () => shrink(bytes, limits),
      catch: (error) =>
        new ImageResizer.ImageResizeError({ message: error instanceof Error ? error.message : String(error) })
    }).pipe(
      Effect.tap(({ length }) =>
        Print.note([
          ["reference", `${file} is sent with ${formatBytes(length)} in place of ${formatBytes(bytes.length)}`]
        ])
      )
    )
})

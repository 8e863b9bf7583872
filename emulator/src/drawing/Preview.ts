/** A picture on its way: the same picture, coarse to fine. */
import * as Effect from "effect/Effect"
import sharp from "sharp"

/** How many previews come before the picture. */
export const steps = 3

/** Preview `index` of a raster picture, in its own format and size: each shows twice the detail of the one before. */
export const draw = (bytes: Uint8Array, index: number): Effect.Effect<Uint8Array> =>
  Effect.promise(async () => {
    const { format, height = 1, width = 1 } = await sharp(bytes).metadata()
    const detail = 2 ** (steps + 2 - index)
    const small = await sharp(bytes)
      .resize(Math.max(1, Math.round(width / detail)), Math.max(1, Math.round(height / detail)), { fit: "fill" })
      .png()
      .toBuffer()
    return new Uint8Array(
      await sharp(small).resize(width, height, { fit: "fill", kernel: "nearest" }).toFormat(format).toBuffer()
    )
  })

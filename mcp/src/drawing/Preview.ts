/** A small picture of a large one, for an agent to look at. */
import * as Effect from "effect/Effect"
import { GeneratedImage } from "effect-openrouter-images"

/** The most that the previews of an answer may have together, as base64. */
export const mostCharacters = 64 * 1024

/** What agents can look at. */
const shown: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"])

/** The longest sides to try, in pixels. */
const sides = [768, 512, 384, 256, 128, 64]

/** A picture of more pixels is a bomb rather than a picture. */
const mostPixels = 100_000_000

const encodedLength = ({ bytes }: GeneratedImage.GeneratedImage): number => Math.ceil(bytes.length / 3) * 4

const scaled = (bytes: Uint8Array, side: number) =>
  Effect.tryPromise(async () => {
    const { default: sharp } = await import("sharp")
    const smaller = sharp(bytes, { limitInputPixels: mostPixels })
      .rotate()
      .resize(side, side, { fit: "inside", withoutEnlargement: true })
      .webp({ quality: 75 })
    return GeneratedImage.make(await smaller.toBuffer())
  })

/** The picture itself if it is small enough, else a smaller one; undefined where it cannot be scaled. */
export const of = (
  image: GeneratedImage.GeneratedImage,
  mostCharacters: number
): Effect.Effect<GeneratedImage.GeneratedImage | undefined> => {
  const fits = (one: GeneratedImage.GeneratedImage): boolean => encodedLength(one) <= mostCharacters
  if (shown.has(image.mediaType) && fits(image)) return Effect.succeed(image)
  const attempts = sides.map((side) => Effect.filterOrFail(scaled(image.bytes, side), fits, () => "too large"))
  return Effect.orElseSucceed(Effect.firstSuccessOf(attempts), () => undefined)
}

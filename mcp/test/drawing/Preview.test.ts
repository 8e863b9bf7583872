import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import sharp from "sharp"
import * as Preview from "../../src/drawing/Preview.js"

/** A picture that hardly gets smaller: every pixel is another colour. */
const noise = (width: number, height: number, format: "png" | "avif") =>
  Effect.promise(async () => {
    const pixels = Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => (i * i * 2_654_435_761) >>> 24))
    return GeneratedImage.make(
      await sharp(pixels, { raw: { width, height, channels: 3 } })
        [format]()
        .toBuffer()
    )
  })

describe("a preview", () => {
  it.effect("is the picture itself where that is small enough", () =>
    Effect.gen(function* () {
      const small = yield* noise(16, 16, "png")
      expect(yield* Preview.of(small, 8000)).toBe(small)
    })
  )

  it.effect("is as large as there is room for, in the shape of the picture", () =>
    Effect.gen(function* () {
      const large = yield* noise(900, 300, "png")
      const lengths = yield* Effect.forEach([64_000, 8000, 2000], (most) =>
        Effect.map(Preview.of(large, most), (preview) => {
          const { height = 0, width = 0 } = preview?.dimensions ?? {}
          expect([preview?.mediaType, width / height]).toEqual(["image/webp", expect.closeTo(3, 0)])
          expect(Buffer.from(preview?.bytes ?? []).toString("base64").length).toBeLessThanOrEqual(most)
          return width
        })
      )
      expect(lengths).toEqual([...lengths].sort((one, other) => other - one))
      expect(lengths[0]).toBeGreaterThan(lengths[2] ?? 0)
    })
  )

  it.effect("is in a format that agents can look at", () =>
    Effect.gen(function* () {
      const preview = yield* Preview.of(yield* noise(16, 16, "avif"), 64_000)
      expect(preview?.mediaType).toBe("image/webp")
    })
  )

  it.effect("is none where the picture cannot be read, or nothing is small enough", () =>
    Effect.gen(function* () {
      const broken = GeneratedImage.make(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]))
      expect(yield* Preview.of(broken, 4)).toBe(undefined)
      expect(yield* Preview.of(yield* noise(900, 300, "png"), 10)).toBe(undefined)
    })
  )
})

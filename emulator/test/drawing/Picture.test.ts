import { createHash } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import sharp from "sharp"
import { caption } from "../../src/drawing/Caption.js"
import { draw, type PictureOptions, svg } from "../../src/drawing/Picture.js"

const options = (more: Partial<PictureOptions> = {}): PictureOptions => ({
  prompt: "A lighthouse at dusk, watercolour",
  width: 256,
  height: 256,
  seed: 7,
  format: "png",
  background: "opaque",
  label: "openai/gpt-image-1",
  ...more
})

const metadata = (bytes: Uint8Array) => Effect.promise(() => sharp(bytes).metadata())

const pixels = (bytes: Uint8Array) =>
  Effect.promise(() => sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true }))

/** The alpha of the four corners. */
const corners = (bytes: Uint8Array) =>
  Effect.map(pixels(bytes), ({ data, info: { height, width } }) =>
    [0, width - 1, (height - 1) * width, height * width - 1].map((pixel) => data[pixel * 4 + 3])
  )

/** The same art and colours whatever the prompt: only the words can differ. */
const captioned = (prompt: string) => {
  const colours = { ink: "#000000", paper: "#ffffff", accent: "#ff0000" }
  const words = caption({ prompt, width: 512, height: 512, card: false, ...colours })
  const document = `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512">${words.svg}</svg>`
  return Effect.map(pixels(new TextEncoder().encode(document)), ({ data }) => data)
}

const sizes: ReadonlyArray<readonly [width: number, height: number]> = [
  [16, 16],
  [64, 64],
  [97, 131],
  [512, 64],
  [64, 512],
  [128, 1024],
  [1536, 1024]
]

/** Enough for what is looked at pixel by pixel. */
const small = sizes.filter(([width, height]) => width * height <= 512 * 64)

const prompts: Readonly<Record<string, string>> = {
  nothing: "",
  "only spaces": "  \n\t ",
  emoji: "a fox 🦊 under 👩‍🚀 ❤️ 日本語 العربية",
  "a lone high surrogate": "before \ud83e after",
  "a lone low surrogate at the end": "end \udd8a",
  "control characters": "a\u0000b\u0007c\u001bd\u007fe\ufffff\r\ng",
  "5000 characters in words": "a quiet fox ".repeat(417),
  "5000 characters in one word": "W".repeat(5000),
  "nothing but subjects": "99 red cats, blue dogs and a city ".repeat(200),
  "XML metacharacters": `<script>&amp;"'</title>]]><!-- -->`
}

describe("draw", () => {
  for (const format of ["png", "jpeg", "webp"] as const) {
    it.effect(`draws a ${format} of exactly the asked size, long strips too`, () =>
      Effect.gen(function* () {
        for (const [width, height] of sizes) {
          const read = yield* Effect.flatMap(draw(options({ format, width, height })), metadata)
          expect(read).toMatchObject({ format, width, height, hasAlpha: false })
        }
      })
    )
  }

  it.effect("gives an svg its size as attributes and its text as outlines", () =>
    Effect.gen(function* () {
      const text = new TextDecoder().decode(yield* draw(options({ format: "svg", width: 640, height: 80 })))
      expect(text).toMatch(/^<svg xmlns="[^"]+" width="640" height="80" viewBox="0 0 640 80"/)
      expect(text).toContain("<title>A lighthouse at dusk, watercolour</title>")
      expect(text).not.toContain("<text")
    })
  )

  it.effect("gives the same bytes for the same options and others for another seed", () =>
    Effect.gen(function* () {
      for (const format of ["png", "jpeg", "webp", "svg"] as const) {
        const first = yield* draw(options({ format }))
        expect(Buffer.compare(yield* draw(options({ format })), first)).toBe(0)
        expect(Buffer.compare(yield* draw(options({ format, seed: 8 })), first)).not.toBe(0)
      }
    })
  )

  it.each([
    ["hills at dusk", "fd5974b4f40be044"],
    ["a calm lake", "37977321b61c45c2"],
    ["a galaxy", "a44849e75d2458b1"],
    ["an abstract pattern", "1dbadbbe71d4a32e"],
    ["a lighthouse in a storm", "687bc9bb40ac1614"],
    ["a quiet afternoon", "d1df7eee8b1240c8"]
  ])("draws %s, where no subject is named, as it always has", (prompt, digest) => {
    const markup = svg({ prompt, width: 256, height: 256, seed: 7, format: "svg", background: "opaque" })
    expect(createHash("sha256").update(markup).digest("hex").slice(0, 16)).toBe(digest)
  })

  it.effect("leaves the corners of a transparent picture clear and draws in its middle", () =>
    Effect.gen(function* () {
      for (const prompt of ["hills", "waves", "tiles", "space"]) {
        for (const [width, height] of small) {
          for (const format of ["png", "webp", "svg"] as const) {
            const bytes = yield* draw(options({ prompt, format, width, height, background: "transparent" }))
            expect(yield* corners(bytes)).toEqual([0, 0, 0, 0])
            expect((yield* pixels(bytes)).data.some((value, i) => i % 4 === 3 && value === 255)).toBe(true)
          }
        }
      }
    })
  )

  it.effect("covers every pixel of an opaque picture", () =>
    Effect.gen(function* () {
      for (const prompt of ["hills", "waves", "tiles", "space"]) {
        for (const [width, height] of small) {
          const { data } = yield* Effect.flatMap(draw(options({ prompt, width, height, format: "svg" })), pixels)
          expect(data.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true)
        }
      }
    })
  )

  it.effect("draws a jpeg opaque, whatever background is asked", () =>
    Effect.gen(function* () {
      const clear = yield* draw(options({ format: "jpeg", background: "transparent" }))
      expect(Buffer.compare(clear, yield* draw(options({ format: "jpeg" })))).toBe(0)
    })
  )

  it.effect("takes compression as quality for jpeg and webp, and as effort for png", () =>
    Effect.gen(function* () {
      for (const format of ["jpeg", "webp"] as const) {
        const [low, high] = [
          yield* draw(options({ format, compression: 0 })),
          yield* draw(options({ format, compression: 100 }))
        ]
        expect(low.length).toBeLessThan(high.length)
      }
      const [loose, tight] = [yield* draw(options({ compression: 0 })), yield* draw(options({ compression: 100 }))]
      expect(tight.length).toBeLessThan(loose.length)
      expect(Buffer.compare((yield* pixels(tight)).data, (yield* pixels(loose)).data)).toBe(0)
    })
  )

  for (const [what, prompt] of Object.entries(prompts)) {
    it.effect(`draws a prompt of ${what}`, () =>
      Effect.gen(function* () {
        for (const [width, height] of [...sizes, [1024, 1024]] as const) {
          const bytes = yield* draw(options({ prompt, width, height, format: "svg", label: prompt }))
          expect(yield* metadata(bytes)).toMatchObject({ format: "svg", width, height })
          expect(new TextDecoder().decode(bytes)).not.toMatch(/NaN|undefined|Infinity/)
        }
      })
    )
  }
})

describe("caption", () => {
  it.effect("shows another prompt as other pixels", () =>
    Effect.gen(function* () {
      const fox = yield* captioned("a red fox")
      expect(Buffer.compare(fox, yield* captioned("a red fox"))).toBe(0)
      expect(Buffer.compare(fox, yield* captioned("a red cat"))).not.toBe(0)
    })
  )

  it.effect("keeps a long prompt inside a third of the picture and clear of its edges", () =>
    Effect.gen(function* () {
      for (const prompt of ["a quiet fox ".repeat(417), "W".repeat(5000)]) {
        const data = yield* captioned(prompt)
        const lit = Array.from({ length: 512 * 512 }, (_, pixel) => pixel).filter(
          (pixel) => (data[pixel * 4] ?? 0) > 40
        )
        const columns = lit.map((pixel) => pixel % 512).sort((a, b) => a - b)
        const [left, right] = [columns.at(0), columns.at(-1)]
        const [top, bottom] = [lit.at(0), lit.at(-1)].map((pixel = 0) => Math.floor(pixel / 512))
        expect(left).toBeGreaterThan(12)
        expect(right).toBeLessThan(500)
        expect(top).toBeGreaterThan(512 * 0.6)
        expect(bottom).toBeLessThan(506)
      }
    })
  )

  it("takes about a third of a small picture at most", () => {
    const colours = { ink: "#000000", paper: "#ffffff", accent: "#ff0000" }
    for (const side of [96, 112, 128, 160, 256, 512]) {
      for (const prompt of ["a fox", "a quiet fox in a forest of tall pines under a sky full of stars ".repeat(4)]) {
        const { height } = caption({ prompt, label: "a/model", width: side, height: side, card: false, ...colours })
        expect(height).toBeGreaterThan(10)
        expect(height).toBeLessThanOrEqual(side * 0.36)
      }
    }
  })

  // A renderer stops where a path has NaN in it.
  it("writes only numbers into outlines", () => {
    for (let seed = 0; seed < 100; seed++) {
      const [width, height] = [200 + seed * 17, 300 + seed * 7]
      expect(
        svg(options({ prompt: "hills, a sticker of it", background: "transparent", width, height }))
      ).not.toContain("NaN")
    }
  })
})

import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { GeneratedImage, ImageStream, Images, type ImagesSchema } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import sharp, { type Sharp } from "sharp"
import { emulated, withFault } from "../../support/emulated.js"
import { prop } from "../../support/properties.js"

const svgOf = (width: number, height: number): GeneratedImage.GeneratedImage =>
  GeneratedImage.make(
    new TextEncoder().encode(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"/>`)
  )

/** A PNG's signature and header alone: they tell the size. */
const pngOf = (width: number, height: number): GeneratedImage.GeneratedImage => {
  const bytes = new Uint8Array(33)
  bytes.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
  const view = new DataView(bytes.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  return GeneratedImage.make(bytes)
}

const deviationOf = (width: number, height: number, asked: GeneratedImage.AskedPicture) =>
  GeneratedImage.deviation(pngOf(width, height), asked)

const encoded = async (encode: (picture: Sharp) => Sharp, channels: 3 | 4): Promise<GeneratedImage.GeneratedImage> => {
  const background = { r: 200, g: 90, b: 40, alpha: 0.5 }
  return GeneratedImage.make(
    new Uint8Array(await encode(sharp({ create: { width: 32, height: 16, channels, background } })).toBuffer())
  )
}

describe("the deviation of a picture", () => {
  it("in pixels is exact", () => {
    expect(deviationOf(1024, 1024, { size: "1024x1024" })).toBeUndefined()
    expect(deviationOf(1024, 768, { size: "1024x1024" })).toEqual({
      size: { asked: "1024x1024", delivered: "1024x768" }
    })
    expect(deviationOf(1008, 1008, { size: "1000x1000" })).toHaveProperty("size")
  })

  for (const [tier, width, height] of [
    // Google's pictures of 1K and 2K, ByteDance's of 2K, and 4K as screens have it
    ["1K", 1376, 768],
    ["2K", 2752, 1536],
    ["2K", 2560, 1440],
    ["2K", 1920, 1080],
    ["4K", 3840, 2160],
    // A tier read as the shortest side
    ["1K", 1820, 1024],
    ["512", 512, 512]
  ] as const) {
    it(`is none for ${tier} as ${width}x${height}`, () => {
      expect(deviationOf(width, height, { resolution: tier })).toBeUndefined()
      expect(deviationOf(width, height, { size: tier })).toBeUndefined()
    })
  }

  it("names the field that asked for another tier", () => {
    const small = { asked: "2K", delivered: "1024x1024" }
    expect(deviationOf(1024, 1024, { resolution: "2K" })).toEqual({ resolution: small })
    expect(deviationOf(1024, 1024, { size: "2K" })).toEqual({ size: small })
    expect(deviationOf(1024, 1024, { size: "auto", resolution: "2K" })).toEqual({ resolution: small })
    expect(deviationOf(2048, 2048, { resolution: "1K" })).toHaveProperty("resolution")
    expect(deviationOf(768, 768, { resolution: "1K" })).toHaveProperty("resolution")
  })

  for (const [ratio, width, height] of [
    // What models are known to make of these
    ["16:9", 1344, 768],
    ["4:3", 1184, 864],
    ["4:5", 896, 1152],
    ["5:4", 1152, 896],
    ["21:9", 1536, 640],
    ["4:5", 1792, 2304],
    ["16:9", 672, 384]
  ] as const) {
    it(`is none for ${ratio} as ${width}x${height}`, () => {
      expect(deviationOf(width, height, { aspectRatio: ratio })).toBeUndefined()
    })
  }

  for (const [ratio, width, height] of [
    ["16:9", 1024, 1024],
    ["16:9", 768, 1344],
    ["16:9", 1536, 1024],
    ["3:2", 1184, 864],
    ["1:1", 1152, 896]
  ] as const) {
    it(`is the size of ${width}x${height} for ${ratio}`, () => {
      const aspectRatio = { asked: ratio, delivered: `${width}x${height}` }
      expect(deviationOf(width, height, { aspectRatio: ratio })).toEqual({ aspectRatio })
    })
  }

  it("of an SVG is one of its proportions alone", () => {
    expect(GeneratedImage.deviation(svgOf(24, 24), { size: "1024x1024", resolution: "1K" })).toBeUndefined()
    expect(GeneratedImage.deviation(svgOf(1000, 1000), { aspectRatio: "16:9", outputFormat: "svg" })).toEqual({
      aspectRatio: { asked: "16:9", delivered: "1000x1000" }
    })
  })

  it("in the format is by the bytes, whatever was declared", () => {
    const gif = GeneratedImage.make(new TextEncoder().encode("GIF89a"), "image/png")
    expect(GeneratedImage.deviation(gif, { outputFormat: "png" })).toEqual({
      outputFormat: { asked: "png", delivered: "gif" }
    })
    expect(GeneratedImage.deviation(svgOf(8, 8), { outputFormat: "webp" })).toEqual({
      outputFormat: { asked: "webp", delivered: "svg" }
    })
  })

  it("is none where nothing can be told", () => {
    const unknown = GeneratedImage.make(new Uint8Array([1, 2, 3]), "image/jpeg")
    const everything = { size: "1024x1024", aspectRatio: "1:1", outputFormat: "png", background: "transparent" }
    expect(GeneratedImage.deviation(unknown, everything)).toBeUndefined()
    const auto = { size: "auto", resolution: "auto", aspectRatio: "auto", background: "auto" }
    expect(deviationOf(7, 900, auto)).toBeUndefined()
    expect(deviationOf(7, 900, { size: "huge", aspectRatio: "wide", outputFormat: "jxl" })).toBeUndefined()
    expect(deviationOf(7, 900, {})).toBeUndefined()
  })

  for (const [name, isOpaque, encode, channels] of [
    ["a PNG", true, (picture: Sharp) => picture.png(), 3],
    ["a PNG with an alpha channel", false, (picture: Sharp) => picture.png(), 4],
    ["a palette PNG", true, (picture: Sharp) => picture.png({ palette: true }), 3],
    ["a palette PNG with transparent colours", false, (picture: Sharp) => picture.png({ palette: true }), 4],
    ["a JPEG", true, (picture: Sharp) => picture.jpeg(), 3],
    ["a lossy WebP", true, (picture: Sharp) => picture.webp(), 3],
    ["a lossy WebP with alpha", false, (picture: Sharp) => picture.webp(), 4],
    ["a lossless WebP", true, (picture: Sharp) => picture.webp({ lossless: true }), 3],
    ["a lossless WebP with alpha", false, (picture: Sharp) => picture.webp({ lossless: true }), 4],
    ["a WebP with EXIF", true, (picture: Sharp) => picture.withMetadata({ orientation: 1 }).webp(), 3],
    // Their headers are not read for it
    ["a GIF", false, (picture: Sharp) => picture.gif(), 3],
    ["an AVIF", false, (picture: Sharp) => picture.avif({ effort: 0 }), 3]
  ] as const) {
    it(`is ${isOpaque ? "the background" : "no background"} of ${name} that was to be transparent`, async () => {
      const image = await encoded(encode, channels)
      expect(GeneratedImage.deviation(image, { background: "transparent" })).toEqual(
        isOpaque ? { background: { asked: "transparent", delivered: "opaque" } } : undefined
      )
      expect(GeneratedImage.deviation(image, { background: "opaque" })).toBeUndefined()
    })
  }

  it("is told in a line that says each word once", () => {
    const found = deviationOf(1024, 1024, { resolution: "2K", aspectRatio: "16:9", outputFormat: "webp" })
    expect(GeneratedImage.formatDeviation(found ?? {})).toBe("asked 2K 16:9 webp, got 1024x1024 png")
  })

  prop("is found for any bytes, and any words", [FastCheck.uint8Array(), FastCheck.string()], ([bytes, word]) => {
    for (const head of ["", "\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "RIFF\0\0\0\0WEBPVP8L", "RIFF\0\0\0\0WEBPVP8X"]) {
      const image = GeneratedImage.make(new Uint8Array([...Uint8Array.from(head, (c) => c.charCodeAt(0)), ...bytes]))
      const asked = { size: word, resolution: word, aspectRatio: word, outputFormat: word, background: "transparent" }
      expect([undefined, "object"]).toContain(GeneratedImage.deviation(image, asked) && "object")
    }
  })

  layer(emulated(), { excludeTestServices: true })((it) => {
    const model = "bytedance-seed/seedream-5-lite"
    const prompt = "a boat"
    const deviationsOf = (request: ImagesSchema.ImageGenerationRequest, options?: Images.RequestOptions) =>
      Effect.map(Images.generate(request, options), ({ data }) =>
        data.map((image) => GeneratedImage.deviation(image, request))
      )

    it.effect("is none of what the emulator draws as it was asked to", () =>
      Effect.forEach(["1:1", "2:3", "4:5", "16:9", "21:9"], (aspectRatio) =>
        Effect.gen(function* () {
          const model = "black-forest-labs/flux.2-flex"
          const request = { model, prompt, resolution: "512", aspectRatio, outputFormat: "webp" }
          expect([aspectRatio, yield* deviationsOf(request)]).toEqual([aspectRatio, [undefined]])
        })
      )
    )

    it.effect("is what a model has made otherwise, at once or as a stream; it is billed as it was asked for", () =>
      Effect.gen(function* () {
        const request = { model, prompt, size: "64x64", outputFormat: "png" } as const
        const other = withFault({ _tag: "Deviate", height: 48, format: "jpeg" })
        const emulator = yield* Emulator.Emulator
        yield* emulator.reset
        const found = {
          size: { asked: "64x64", delivered: "64x48" },
          outputFormat: { asked: "png", delivered: "jpeg" }
        }
        expect(yield* deviationsOf(request, other)).toEqual([found])
        const streamed = yield* ImageStream.runFinal(Images.generateStream(request, other))
        expect(streamed.data.map((image) => GeneratedImage.deviation(image, request))).toEqual([found])
        expect((yield* emulator.ledger).map(({ costUsd }) => costUsd)).toEqual([0.04, 0.04])
      })
    )

    it.effect("is a background that a model has filled", () =>
      Effect.gen(function* () {
        const request = { model: "openai/gpt-image-1-mini", prompt, size: "64x64", background: "transparent" } as const
        expect(yield* deviationsOf(request)).toEqual([undefined])
        expect(yield* deviationsOf(request, withFault({ _tag: "Deviate", background: "opaque" }))).toEqual([
          { background: { asked: "transparent", delivered: "opaque" } }
        ])
      })
    )
  })
})

import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import sharp, { type Sharp } from "sharp"
import { readDimensions } from "../../../src/internal/image/dimensions.js"

const raw = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

// A view that starts at an odd offset of a bigger buffer, with other bytes around it
const view = (bytes: Uint8Array): Uint8Array => {
  const buffer = new Uint8Array(bytes.length + 96).fill(0x11)
  buffer.set(bytes, 13)
  return buffer.subarray(13, 13 + bytes.length)
}

const u32 = (value: number): string => String.fromCharCode(...[24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff))

const FORMATS: ReadonlyArray<readonly [name: string, encode: (picture: Sharp) => Sharp]> = [
  ["PNG", (picture) => picture.png()],
  ["palette PNG", (picture) => picture.png({ palette: true })],
  ["baseline JPEG", (picture) => picture.jpeg()],
  ["progressive JPEG", (picture) => picture.jpeg({ progressive: true })],
  ["JPEG with a profile and EXIF", (picture) => picture.withMetadata({ icc: "p3", orientation: 6 }).jpeg()],
  ["lossy WebP", (picture) => picture.webp()],
  ["lossless WebP", (picture) => picture.webp({ lossless: true })],
  ["lossy WebP with alpha", (picture) => picture.ensureAlpha(0.5).webp()],
  ["GIF", (picture) => picture.gif()],
  ["AVIF", (picture) => picture.avif({ effort: 0 })],
  ["AVIF with alpha", (picture) => picture.ensureAlpha(0.5).avif({ effort: 0 })]
]

const encoded = async (encode: (picture: Sharp) => Sharp, width: number, height: number): Promise<Uint8Array> => {
  const picture = sharp({ create: { width, height, channels: 3, background: "#c63" } })
  return new Uint8Array(await encode(picture).toBuffer())
}

// Both bytes of both numbers count, so that a cut number cannot pass for a whole one
const SIZE = { width: 515, height: 300 }
const SVG = utf8(`<?xml version="1.0"?><!-- a --><svg xmlns="http://www.w3.org/2000/svg" width='515' height="300px"/>`)

const samples = async (): Promise<ReadonlyArray<readonly [name: string, bytes: Uint8Array]>> => [
  ["SVG", SVG],
  ["HEIC", heic()],
  ...(await Promise.all(
    FORMATS.map(async ([name, encode]) => [name, await encoded(encode, SIZE.width, SIZE.height)] as const)
  ))
]

const box = (type: string, content: string): string => u32(8 + content.length) + type + content
const wideBox = (type: string, content: string): string => u32(1) + type + u32(0) + u32(16 + content.length) + content
const openBox = (type: string, content: string): string => u32(0) + type + content
const ispe = (width: number, height: number): string => box("ispe", u32(0) + u32(width) + u32(height))

// sharp's libheif has no HEVC, but a header is all that is read
const heic = (options: { readonly properties?: string; readonly make?: typeof box } = {}): Uint8Array => {
  const make = options.make ?? box
  const properties = options.properties ?? ispe(8, 8) + box("hvcC", "\0\0") + ispe(515, 300) + ispe(4, 7)
  const meta = make("meta", u32(0) + box("hdlr", "\0\0\0\0") + make("iprp", make("ipco", properties)))
  return raw(box("ftyp", `heic${u32(0)}mif1heic`) + meta)
}

describe("readDimensions of real files", () => {
  describe.each(FORMATS)("%s", (_, encode) => {
    it.each([
      [1, 1],
      [17, 31],
      [640, 480],
      [3000, 7]
    ])("has the size it was made with, %d x %d, also within a bigger buffer", async (width, height) => {
      const bytes = await encoded(encode, width, height)
      expect(readDimensions(bytes)).toEqual({ width, height })
      expect(readDimensions(view(bytes))).toEqual({ width, height })
    })
  })

  it("gives the canvas of an animation", async () => {
    const make = (encode: (picture: Sharp) => Sharp) => encoded(encode, SIZE.width, SIZE.height)
    const frames = [await make((picture) => picture.png()), await make((picture) => picture.negate().png())]
    const animation = sharp(frames, { join: { animated: true } })
    for (const bytes of [await animation.clone().webp().toBuffer(), await animation.clone().gif().toBuffer()]) {
      expect((await sharp(bytes).metadata()).pages).toBe(2)
      expect(readDimensions(bytes)).toEqual(SIZE)
    }
  })

  it("leaves out the scaling hint of a lossy WebP", () => {
    const webp = "RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9D\x01\x2A\x03\x42\x2C\xC1"
    expect(readDimensions(raw(webp))).toEqual(SIZE)
  })

  it("gives nothing for a media type whose header it does not read", async () => {
    expect(readDimensions(await encoded((picture) => picture.tiff(), 17, 31))).toBeUndefined()
  })
})

describe("readDimensions of damaged files", () => {
  it("gives the right size or none for every truncation", async () => {
    for (const [name, bytes] of await samples()) {
      for (let length = 0; length <= bytes.length; length++) {
        const size = readDimensions(view(bytes.subarray(0, length)))
        if (size !== undefined) expect(size, `${name} cut to ${length}`).toEqual(SIZE)
      }
      expect(readDimensions(bytes), name).toEqual(SIZE)
    }
  })

  it("gives positive whole numbers or nothing for any single changed byte", async () => {
    for (const [name, bytes] of await samples()) {
      const at = FastCheck.nat({ max: Math.min(bytes.length, 1000) - 1 })
      FastCheck.assert(
        FastCheck.property(at, FastCheck.nat({ max: 255 }), (index, value) => {
          const changed = Uint8Array.from(bytes)
          changed[index] = value
          const size = readDimensions(changed)
          const whole = size === undefined || [size.width, size.height].every((n) => Number.isSafeInteger(n) && n > 0)
          expect(whole, name).toBe(true)
          expect(readDimensions(view(changed))).toEqual(size)
        }),
        { numRuns: 1000 }
      )
    }
  })

  it("never throws on random bytes behind any signature", () => {
    const signature = FastCheck.constantFrom(
      "",
      "\x89PNG\r\n\x1A\n\0\0\0\rIHDR",
      "GIF89a",
      "\xFF\xD8\xFF",
      "RIFF\0\0\0\0WEBPVP8 ",
      "RIFF\0\0\0\0WEBPVP8L",
      "RIFF\0\0\0\0WEBPVP8X",
      box("ftyp", "avif"),
      `${box("ftyp", "heic")}\0\0\0\x40meta\0\0\0\0`,
      "<svg "
    )
    FastCheck.assert(
      FastCheck.property(signature, FastCheck.uint8Array({ maxLength: 80 }), (head, tail) => {
        const bytes = Uint8Array.from([...raw(head), ...tail])
        expect(readDimensions(view(bytes))).toEqual(readDimensions(bytes))
      }),
      { numRuns: 5000 }
    )
  })

  it.each([
    ["a PNG without width", `\x89PNG\r\n\x1A\n\0\0\0\rIHDR${u32(0)}${u32(5)}`],
    ["a PNG of more than 2^31 - 1 lines", `\x89PNG\r\n\x1A\n\0\0\0\rIHDR${u32(5)}${u32(2 ** 31)}`],
    ["a PNG whose first chunk is another", `\x89PNG\r\n\x1A\n\0\0\0\rIDAT${u32(5)}${u32(5)}`],
    ["a GIF without height", "GIF89a\x05\0\0\0"],
    ["a JPEG whose height is told later", "\xFF\xD8\xFF\xC0\0\x0B\x08\0\0\0\x05\x01\x01\x11\0"],
    ["a JPEG whose scan comes first", "\xFF\xD8\xFF\xDA\0\x02\xFF\xC0\0\x0B\x08\0\x05\0\x05\x01\x01\x11\0"],
    ["a JPEG with a segment shorter than its length field", "\xFF\xD8\xFF\xE0\0\0\xFF\xC0\0\x0B\x08\0\x05\0\x05\x01"],
    ["a JPEG with a frame header shorter than its fields", "\xFF\xD8\xFF\xC0\0\x07\x08\0\x05\0\x05\x01\x01\x11\0"],
    ["a WebP with another start code", "RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9D\x01\x2B\x05\0\x05\0"],
    ["a lossless WebP of another version", "RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2F\x05\0\0\x20"],
    ["a WebP canvas beyond the limit", "RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF"]
  ])("gives nothing for %s", (_, text) => {
    expect(readDimensions(raw(text))).toBeUndefined()
  })
})

describe("readDimensions of a JPEG", () => {
  const sof = (marker: string) => `\xFF${marker}\0\x0B\x08\x01\x2C\x02\x03\x01\x01\x11\0`

  it.each([..."\xC0\xC1\xC2\xC3\xC5\xC6\xC7\xC9\xCA\xCB\xCD\xCE\xCF"])("reads the frame header %j", (marker) => {
    expect(readDimensions(raw(`\xFF\xD8${sof(marker)}`))).toEqual(SIZE)
  })

  it("passes over tables, fill bytes and markers without a segment", () => {
    const tables = "\xFF\xC4\0\x04\xFF\xC0\xFF\xC8\0\x02\xFF\xCC\0\x03\0\xFF\x01\xFF\xD0"
    expect(readDimensions(raw(`\xFF\xD8${tables}\xFF\xFF\xFF${sof("\xC2")}`))).toEqual(SIZE)
  })

  it("does not take the thumbnail within a segment for the picture", () => {
    const thumbnail = "\xFF\xD8\xFF\xC0\0\x0B\x08\0\x01\0\x01\x01\x01\x11\0"
    expect(readDimensions(raw(`\xFF\xD8\xFF\xE1\0\x11${thumbnail}${sof("\xC0")}`))).toEqual(SIZE)
  })

  it("gives up on endless fill bytes", () => {
    expect(readDimensions(raw(`\xFF\xD8${"\xFF".repeat(100_000)}${sof("\xC0")}`))).toBeUndefined()
  })
})

describe("readDimensions of an AVIF or HEIC", () => {
  it("takes the largest of the sizes, whatever their order", () => {
    expect(readDimensions(heic())).toEqual(SIZE)
    expect(readDimensions(heic({ properties: ispe(515, 300) + ispe(8, 8) + ispe(0, 900) }))).toEqual(SIZE)
  })

  it("follows boxes with a 64-bit size, and those that reach to the end", () => {
    expect(readDimensions(heic({ make: wideBox }))).toEqual(SIZE)
    expect(readDimensions(heic({ make: openBox }))).toEqual(SIZE)
  })

  it.each([
    ["no size at all", box("hvcC", "\0\0")],
    ["a size box that is too short", box("ispe", u32(0) + u32(5)) + box("free", "")],
    ["a box smaller than its own header", u32(7) + ispe(5, 5)],
    ["a box longer than what holds it", `${u32(999)}ispe${u32(0)}${u32(5)}${u32(5)}`]
  ])("gives nothing for %s", (_, properties) => {
    expect(readDimensions(heic({ properties }))).toBeUndefined()
  })

  it("gives up on endless boxes", () => {
    expect(readDimensions(heic({ properties: box("free", "").repeat(5000) + ispe(5, 5) }))).toBeUndefined()
  })
})

describe("readDimensions of an SVG", () => {
  const size = (attributes: string) => readDimensions(utf8(`<svg ${attributes}><rect width="9" height="9"/></svg>`))

  it.each([
    ["px", "17px", 17],
    ["PX", "17PX", 17],
    ["no unit", "17", 17],
    ["a sign and a fraction", " +16.6 ", 17],
    ["an exponent", "1.7e1", 17],
    ["in", "2in", 192],
    ["pt", "72pt", 96],
    ["pc", "6pc", 96],
    ["cm", "2.54cm", 96],
    ["mm", "25.4mm", 96],
    ["Q", "101.6Q", 96]
  ])("converts lengths with %s as CSS does", (_, length, pixels) => {
    expect(size(`width="${length}" height='${length}'`)).toEqual({ width: pixels, height: pixels })
  })

  it.each([
    ["sizes are missing", "", 24, 12],
    ["sizes are percentages", 'width="100%" height="100%"', 24, 12],
    ["sizes are relative to a font", 'width="2em" height="3rem"', 24, 12],
    ["sizes are no lengths", 'width="auto" height="-5"', 24, 12],
    ["only the width is there", 'width="100"', 100, 50],
    ["only the height is there", 'height="100" width="50%"', 200, 100]
  ])("takes what the viewBox tells when %s", (_, attributes, width, height) => {
    expect(size(`${attributes} viewBox="-5 0 24 12"`)).toEqual({ width, height })
    expect(size(`viewBox=' 0,0 , 24\n12 ' ${attributes}`)).toEqual({ width, height })
  })

  it("prefers its sizes to the viewBox", () => {
    expect(size('viewBox="0 0 24 12" width="515" height="300"')).toEqual(SIZE)
  })

  it("reads only its own attributes, whatever others are called or contain", () => {
    const others = `stroke-width="1" data-width="2" x:height="3" Width="4" title=' width="5" > height="6" '`
    expect(size(`${others} width = "515"\n height\t=\n'300' line-height="7"`)).toEqual(SIZE)
    expect(size(others)).toBeUndefined()
  })

  it("reads the root and not what comes before or within it", () => {
    const before = '<!-- <svg width="1" height="1"> --><!DOCTYPE svg [<!ENTITY a "<svg width=\'2\' height=\'2\'>">]>'
    expect(readDimensions(utf8(`\uFEFF${before}<s:svg width="515" height="300"/>`))).toEqual(SIZE)
    expect(readDimensions(utf8('<svg><svg width="1" height="1"/></svg>'))).toBeUndefined()
  })

  it.each([
    ["no size at all", "x='1'"],
    ["one size without a viewBox", "width='5'"],
    ["zero sizes", "width='0' height='5' viewBox='0 0 5 5'"],
    ["a size that rounds to zero", "width='0.4' height='5'"],
    ["an endless size", "width='1e999' height='5'"],
    ["a viewBox without area", "viewBox='0 0 0 5'"],
    ["a viewBox with negative sizes", "width='5' viewBox='0 0 -5 -5'"],
    ["a viewBox of three numbers", "viewBox='0 0 5'"],
    ["a viewBox of five numbers", "viewBox='0 0 5 5 5'"],
    ["attributes without quotes", "width=5 height=5"],
    ["attributes without space between", "width='5'height='5'"],
    ["a tag that does not end within 16 KiB", `width='5' height='5' id='${"a".repeat(20_000)}'`]
  ])("gives nothing for %s", (_, attributes) => {
    expect(size(attributes)).toBeUndefined()
  })

  it("gives an answer at once for tags made to be slow", () => {
    const long = (text: string) => text.repeat(Math.floor(16_000 / text.length))
    const hostile = [
      `width="${long("1")}x" height="${long("1")}"`,
      `width="${long("1")}`,
      `viewBox="${long(" ")}x`,
      `viewBox="0${long(" ")}x${long(",")}"`,
      long(" "),
      long("a "),
      long("a"),
      `a${long(" ")}b`,
      `a=${long(" ")}b`,
      long("a='' ")
    ]
    const start = performance.now()
    for (const attributes of hostile) size(attributes)
    expect(performance.now() - start).toBeLessThan(500)
  })
})

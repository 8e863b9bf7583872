import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import sharp from "sharp"
import { extensionOf, sniffMediaType } from "../../../src/internal/image/sniff.js"

// One byte per character, so that "\x89" is the byte 89
const raw = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

// A view that starts at an odd offset of a bigger buffer, with other bytes around it
const view = (bytes: Uint8Array): Uint8Array => {
  const buffer = new Uint8Array(bytes.length + 96).fill(0x3c)
  buffer.set(bytes, 7)
  return buffer.subarray(7, 7 + bytes.length)
}

const ftyp = (...brands: ReadonlyArray<string>): string =>
  `\x00\x00\x00${String.fromCharCode(8 + brands.length * 4)}ftyp${brands.join("")}`

const picture = sharp({ create: { width: 17, height: 31, channels: 3, background: "#c63" } })

describe("sniffMediaType", () => {
  it.each([
    ["image/png", () => picture.clone().png()],
    ["image/jpeg", () => picture.clone().jpeg()],
    ["image/webp", () => picture.clone().webp()],
    ["image/webp", () => picture.clone().webp({ lossless: true })],
    ["image/webp", () => picture.clone().ensureAlpha(0.5).webp()],
    ["image/gif", () => picture.clone().gif()],
    ["image/avif", () => picture.clone().avif({ effort: 0 })],
    ["image/tiff", () => picture.clone().tiff()],
    ["image/tiff", () => picture.clone().tiff({ compression: "lzw" })]
  ])("tells %s from a real file, also within a bigger buffer", async (mediaType, make) => {
    const bytes = new Uint8Array(await make().toBuffer())
    expect(sniffMediaType(bytes)).toBe(mediaType)
    expect(sniffMediaType(view(bytes))).toBe(mediaType)
  })

  it.each([
    ["image/gif", "GIF87a"],
    ["image/bmp", "BM\x46\x00\x00\x00"],
    ["image/tiff", "II*\x00"],
    ["image/tiff", "MM\x00*"],
    ["image/x-icon", "\x00\x00\x01\x00\x01\x00"],
    ["image/x-icon", "\x00\x00\x02\x00\x01\x00"],
    ["image/avif", ftyp("avif", "\0\0\0\0")],
    ["image/avif", ftyp("avis", "\0\0\0\0")],
    ["image/avif", ftyp("mif1", "\0\0\0\0", "miaf", "avif")],
    ["image/heic", ftyp("heic", "\0\0\0\0", "mif1")],
    ["image/heic", ftyp("mif1", "\0\0\0\0", "MiHE", "heic")],
    ["image/heic", ftyp("heix", "\0\0\0\0", "avif")],
    ["image/avif", `\x00\x00\x00\x00ftypmif1\0\0\0\0avif`],
    ["image/avif", `\x00\x00\x00\x01ftyp\0\0\0\0\0\0\0\x1Cmif1\0\0\0\0avif`]
  ])("tells %s from the signature %j", (mediaType, head) => {
    expect(sniffMediaType(raw(head))).toBe(mediaType)
  })

  it.each([
    ["nothing", ""],
    ["half a PNG signature", "\x89PNG"],
    ["a PNG with its line ends converted", "\x89PNG\n\x1A\n"],
    ["a RIFF file that is a sound", "RIFF\x24\x00\x00\x00WAVEfmt "],
    ["an MP4 video", ftyp("isom", "\0\0\0\0", "mp41")],
    ["a HEIF container of an unknown codec", ftyp("mif1", "\0\0\0\0", "miaf")],
    ["the minor version that looks like a brand", ftyp("isom", "avif")],
    ["a brand behind the end of the box", `${ftyp("isom", "\0\0\0\0")}avif`],
    ["JSON", '{"error":{"message":"no"}}'],
    ["base64 of a PNG", "iVBORw0KGgo="]
  ])("knows no media type for %s", (_, head) => {
    expect(sniffMediaType(raw(head))).toBeUndefined()
  })

  it.each([
    ["a bare root tag", "<svg>"],
    ["an empty root tag", "<svg/>"],
    ["attributes on the next line", '<svg\n  xmlns="http://www.w3.org/2000/svg">'],
    ["a byte order mark and white space", "\uFEFF \r\n\t<svg >"],
    ["an XML declaration", '<?xml version="1.0" encoding="UTF-8"?>\n<svg >'],
    ["comments, also with tags and quotes in them", "<!-- don't <html> --><!----><svg >"],
    ["a style sheet", '<?xml version="1.0"?><?xml-stylesheet href="a.css"?><svg >'],
    [
      "a document type",
      '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg >'
    ],
    [
      "a document type with entities",
      `<!DOCTYPE svg [ <!-- don't ]> --> <!ENTITY a "]>"> <!ENTITY b '<html>'> ]>\n<svg xmlns="&a;">`
    ],
    ["a namespace prefix", '<svg:svg xmlns:svg="http://www.w3.org/2000/svg">'],
    ["text beyond ASCII in a comment", "<!-- größer 图 --><svg >"]
  ])("tells an SVG that begins with %s", (_, text) => {
    expect(sniffMediaType(utf8(text))).toBe("image/svg+xml")
    expect(sniffMediaType(view(utf8(text)))).toBe("image/svg+xml")
  })

  it.each([
    ["HTML with an inline SVG", "<!DOCTYPE html><html><body><svg ></svg></body></html>"],
    ["HTML without a document type", "<div><svg ></svg></div>"],
    ["HTML with a comment first", "<!-- <svg > --><html><svg >"],
    ["XHTML", '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><svg >'],
    ["a document type that only begins like that of SVG", "<!DOCTYPE svgx><svg >"],
    ["an element that only begins like the root", "<svgfoo>"],
    ["text before the tag", "Here it is: <svg >"],
    ["a comment that does not end", "<!-- <svg >"],
    ["a document type that does not end", "<!DOCTYPE svg [ > <svg >"],
    ["a cut root tag", "<svg"],
    ["a prolog of more than 4 KiB", `<!--${" ".repeat(4096)}--><svg >`]
  ])("does not take %s for an SVG", (_, text) => {
    expect(sniffMediaType(utf8(text))).toBeUndefined()
  })

  it("answers random bytes without throwing, and the same within a bigger buffer", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(sniffMediaType(view(bytes))).toBe(sniffMediaType(bytes))
      })
    )
  })

  it("answers any mixture of markup without throwing", () => {
    const part = FastCheck.constantFrom(
      ..."<svg |<svg|<!--|-->|<?xml|?>|<!DOCTYPE svg|<!DOCTYPE html|[|]|>|\"|'| |\uFEFF|a".split("|")
    )
    FastCheck.assert(
      FastCheck.property(FastCheck.array(part, { maxLength: 30 }), (parts) => {
        const bytes = utf8(parts.join(""))
        expect([undefined, "image/svg+xml"]).toContain(sniffMediaType(bytes))
        expect(sniffMediaType(view(bytes))).toBe(sniffMediaType(bytes))
      }),
      { numRuns: 2000 }
    )
  })
})

describe("extensionOf", () => {
  it.each([
    ["image/png", "png"],
    ["image/jpeg", "jpg"],
    ["image/jpg", "jpg"],
    ["image/webp", "webp"],
    ["image/svg+xml", "svg"],
    ["image/gif", "gif"],
    ["image/avif", "avif"],
    ["image/heic", "heic"],
    ["image/bmp", "bmp"],
    ["image/tiff", "tiff"],
    ["image/x-icon", "ico"],
    ["image/vnd.microsoft.icon", "ico"]
  ])("names files of %s with .%s", (mediaType, extension) => {
    expect(extensionOf(mediaType)).toBe(extension)
  })

  it("ignores case, parameters and white space", () => {
    expect(extensionOf(" IMAGE/Svg+XML ; charset=utf-8;x=y")).toBe("svg")
  })

  it("uses a short plain subtype it does not know as it is", () => {
    expect(extensionOf("image/jxl")).toBe("jxl")
  })

  it.each([
    "",
    "png",
    "image/",
    "image/../../x",
    "image/a.b",
    "image/ninechars",
    "image/x-foo",
    "image/png/x",
    "image/png\n",
    "video/mp4",
    "constructor",
    "__proto__"
  ])("falls back to bin for %j or drops what is unsafe", (mediaType) => {
    expect(extensionOf(mediaType)).toBe(mediaType === "image/png\n" ? "png" : "bin")
  })

  it("always gives one to eight lower-case letters and digits", () => {
    const subtype = FastCheck.oneof(FastCheck.string({ unit: "binary" }), FastCheck.string({ maxLength: 9 }))
    const mediaType = FastCheck.oneof(
      subtype,
      subtype.map((text) => `image/${text}`)
    )
    FastCheck.assert(
      FastCheck.property(mediaType, (text) => {
        expect(extensionOf(text)).toMatch(/^[a-z0-9]{1,8}$/)
      }),
      { numRuns: 1000 }
    )
  })
})

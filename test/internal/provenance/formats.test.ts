import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { embed, jsonOf } from "../../../src/internal/provenance/embed.js"
import { decoded, inserted, kinds, pngChunk, svg, withCompressedXmp, withXmp, xmpOf } from "../../support/pictures.js"

const statement = { prompt: "a red panda", model: "author/slug", json: '{"a":"<&>"}' }
const write = (bytes: Uint8Array, breakSignature = false) => embed(bytes, statement, breakSignature)
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"))
const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? new Uint8Array()).toString("latin1")

const pictures = await Promise.all(Object.entries(kinds).map(async ([name, make]) => [name, await make()] as const))
const png = new Uint8Array(await kinds["PNG of 8 bits"]())
const jpeg = new Uint8Array(await kinds["baseline JPEG"]())
const webp = new Uint8Array(await kinds["lossy WebP with alpha"]())

/** Whether all bytes are still there, in their order. */
const hasAll = (written: Uint8Array, bytes: Uint8Array) => {
  let at = 0
  for (const byte of written) if (byte === bytes[at]) at++
  return at === bytes.length
}

/** But for the size and the flags of a WebP, which are to change. */
const lasting = (bytes: Uint8Array) =>
  textOf(bytes).startsWith("RIFF") ? bytes.subarray(textOf(bytes).startsWith("VP8X", 12) ? 21 : 8) : bytes

describe("pictures that are not as they should be", () => {
  it("never make it throw, and lose no byte, wherever bytes are changed, put in or cut", () => {
    const change = FastCheck.record({
      picture: FastCheck.constantFrom(...pictures.map(([, bytes]) => bytes)),
      at: FastCheck.oneof(FastCheck.nat(80), FastCheck.nat(2000)),
      removed: FastCheck.nat(4),
      put: FastCheck.uint8Array({ maxLength: 4 }),
      length: FastCheck.option(FastCheck.nat(2000))
    })
    FastCheck.assert(
      FastCheck.property(change, ({ at, length, picture, put, removed }) => {
        const bytes = Uint8Array.of(...picture.subarray(0, at), ...put, ...picture.subarray(at + removed)).subarray(
          0,
          length ?? picture.length + 4
        )
        expect(jsonOf(bytes)).toBeUndefined()
        const before = bytes.slice()
        const written = write(bytes, true)
        expect(bytes).toEqual(before)
        if (written === undefined) return
        expect(jsonOf(written)).toBe(statement.json.replace(/[<&>]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`))
        expect(hasAll(written, lasting(bytes))).toBe(true)
      }),
      { numRuns: 2000 }
    )
  })

  it("never make it throw when they were written before", () => {
    const written = pictures.flatMap(([, bytes]) => write(bytes) ?? [])
    const change = FastCheck.record({
      picture: FastCheck.constantFrom(...written),
      at: FastCheck.nat(1500),
      put: FastCheck.uint8Array({ minLength: 1, maxLength: 3 })
    })
    FastCheck.assert(
      FastCheck.property(change, ({ at, picture, put }) => {
        const bytes = picture.slice()
        bytes.set(put.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length))
        jsonOf(bytes)
        const again = write(bytes, true)
        if (again !== undefined) expect(jsonOf(again)).toBeDefined()
      }),
      { numRuns: 2000 }
    )
  })

  it("never make it throw as random bytes behind the head of a picture", () => {
    const heads = ["", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "\xff\xd8\xff", "RIFF\xff\0\0\0WEBPVP8X\n\0\0\0", "<svg "].map(
      bytesOf
    )
    FastCheck.assert(
      FastCheck.property(FastCheck.constantFrom(...heads), FastCheck.uint8Array({ maxLength: 300 }), (head, rest) => {
        const bytes = Uint8Array.of(...head, ...rest)
        jsonOf(bytes)
        const written = write(bytes, true)
        if (written !== undefined) expect(hasAll(written, lasting(bytes))).toBe(true)
      }),
      { numRuns: 2000 }
    )
  })

  it.each([
    ["a PNG without its end", png.subarray(0, -4)],
    ["a PNG without pixels", Uint8Array.of(...png.subarray(0, 33), ...pngChunk("IEND", ""))],
    ["a PNG cut in its pixels", png.subarray(0, 200)],
    ["a JPEG cut before its scan", jpeg.subarray(0, 100)],
    ["a WebP that is shorter than it says", webp.subarray(0, -2)],
    ["an SVG in another encoding", bytesOf('<?xml version="1.0" encoding="ISO-8859-1"?><svg width="1">\xfc</svg>')],
    ["an SVG whose tag does not end", bytesOf('<svg width="1"')]
  ])("are left as they are: %s", (_, bytes) => {
    expect(write(bytes)).toBeUndefined()
  })

  // With work that grows by the square of the size these would not end within the time that a test has.
  it("come to an end, however often a hostile file repeats something", () => {
    const megabytes = 2 * 1024 * 1024
    const hostile = [
      `<svg>${"<metadata>".repeat(megabytes / 10)}`,
      `<svg ${'a="<'.repeat(megabytes / 4)}`,
      `<svg>${"urn:effect-openrouter-images:provenance:1".repeat(megabytes / 40)}`,
      `<svg><metadata>${' xmlns:a="urn:effect-openrouter-images:provenance:1"><a:json>'.repeat(megabytes / 60)}</metadata>`,
      `\xff\xd8${"\xff".repeat(megabytes)}`,
      `\xff\xd8${"\xff\xe0\0\x02".repeat(megabytes / 4)}`,
      `\x89PNG\r\n\x1a\n\0\0\0\0IHDRcrc_${"\0\0\0\0iTXtcrc_".repeat(megabytes / 12)}`,
      `RIFF\0\0\x80\0WEBPVP8X\n\0\0\0${"\0".repeat(megabytes)}`
    ].map(bytesOf)
    for (const bytes of hostile) {
      expect(jsonOf(bytes)).toBeUndefined()
      write(bytes, true)
    }
  })
})

describe("a JPEG", () => {
  it("takes a packet of 65502 bytes, and none that is longer", async () => {
    const written = (length: number) => embed(jpeg, { ...statement, json: "1".repeat(length) }, false)
    const longest = 65_502 - Buffer.byteLength((await xmpOf(written(0) ?? jpeg)) ?? "")
    expect(Buffer.byteLength((await xmpOf(written(longest) ?? jpeg)) ?? "")).toBe(65_502)
    expect(written(longest + 1)).toBeUndefined()
  })
})

describe("an SVG", () => {
  it.each([
    ["a prefix", '<x:svg xmlns:x="urn:x" width="1"><x:g/></x:svg>', '<x:svg xmlns:x="urn:x" width="1"><x:metadata>'],
    ["an empty root", "<svg\n/>", "<svg\n><metadata>"],
    ["a > in an attribute", `<svg a="/>" b='>'><g/></svg>`, `<svg a="/>" b='>'><metadata>`],
    ["a prolog", svg, "height='17'\n  ><metadata>"]
  ])("with %s gets its metadata as the first child of the root", (_, text, begin) => {
    const written = Buffer.from(write(Buffer.from(text)) ?? []).toString()
    expect(written).toContain(begin)
    expect(written.match(/metadata>/g)).toHaveLength(2)
    expect(written.trimEnd().endsWith("svg>")).toBe(true)
  })

  it("is told of its own metadata where an editor has set it in from the margin", () => {
    const moved = textOf(write(bytesOf("<svg><g/></svg>"))).replace("<metadata>", '\n  <metadata id="m">\n')
    expect(jsonOf(bytesOf(moved))).toBeDefined()
  })

  it("keeps metadata of others beside ours", () => {
    const text = "<svg><metadata><rdf:RDF>theirs</rdf:RDF></metadata></svg>"
    const written = textOf(write(bytesOf(text)))
    expect(written.endsWith(text.slice("<svg>".length))).toBe(true)
    expect(textOf(write(bytesOf(written)))).toBe(written)
  })
})

describe("XMP of others", () => {
  const theirs = [
    `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">`,
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="uuid:1" `,
    `xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" photoshop:Credit="Somebody" `,
    `xmp:CreatorTool="their tool"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
  ].join("")

  for (const format of ["png", "jpeg", "webp"] as const) {
    it(`stays in a ${format}, and ours says nothing that it says already`, async () => {
      const bytes = await withXmp(format, theirs)
      const written = write(bytes) ?? bytes
      const xmp = await xmpOf(written)
      expect(xmp).toContain('photoshop:Credit="Somebody"')
      expect(xmp?.match(/CreatorTool/g)).toHaveLength(1)
      expect(xmp?.match(/rdf:about="uuid:1"/g)).toHaveLength(2)
      expect(xmp).toContain(">a red panda</rdf:li>")
      expect(jsonOf(written)).toBeDefined()
      expect(jsonOf(bytes)).toBeUndefined()
      expect(await decoded(written)).toEqual(await decoded(bytes))
      expect(write(written)).toEqual(written)
    })

    it(`stays in a ${format} as it is where nothing can be added to it`, async () => {
      expect(write(await withXmp(format, "<x:xmpmeta>broken"))).toBeUndefined()
    })
  }
})

describe("a PNG with compressed XMP", () => {
  it("stays as it is, since nothing can be added to that", async () => {
    expect(write(await withCompressedXmp())).toBeUndefined()
  })
})

describe("a signed picture", () => {
  const signed = [
    ["PNG", inserted(png, 33, pngChunk("caBX", ".."))],
    ["JPEG", inserted(jpeg, 2, bytesOf("\xff\xeb\0\x08JP\0\x01.."))],
    ["SVG", bytesOf("<svg><metadata><c2pa:manifest>AAAA</c2pa:manifest></metadata></svg>")]
  ] as const
  it.each(signed)("stays as it is unless told otherwise: %s", (_, bytes) => {
    expect(write(bytes)).toBeUndefined()
    expect(jsonOf(write(bytes, true) ?? bytes)).toBeDefined()
  })

  it("stays as it is unless told otherwise: WebP", () => {
    const bytes = Uint8Array.of(...webp, ...bytesOf("C2PA\x02\0\0\0.."))
    new DataView(bytes.buffer).setUint32(4, bytes.length - 8, true)
    expect(write(bytes)).toBeUndefined()
    expect(jsonOf(write(bytes, true) ?? bytes)).toBeDefined()
  })
})

import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { Base64Decoder } from "../../../src/internal/decoding/base64.js"
import { PictureScanner, type Skips } from "../../../src/internal/decoding/pictureScanner.js"
import { prop } from "../../support/properties.js"

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")
const random = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 2654435761) >>> 24)

/** A document in pieces: what stands for itself, and pictures as they are written. */
interface Picture {
  readonly bytes: Uint8Array
  readonly written: string
}
type Document = ReadonlyArray<string | Picture>

const isPicture = (part: string | Picture): part is Picture => typeof part !== "string"
const raw = (document: Document): string => document.map((part) => (isPicture(part) ? part.written : part)).join("")
const bytesOf = (document: Document): ReadonlyArray<Uint8Array> => document.filter(isPicture).map(({ bytes }) => bytes)

/** The text that stays: each picture's index in its place. */
const skeleton = (document: Document): string => {
  let index = 0
  return document.map((part) => (isPicture(part) ? String(index++) : part)).join("")
}

const scan = (
  source: Uint8Array,
  cuts: ReadonlyArray<number> = [],
  capacity?: number,
  skips?: Skips
): PictureScanner => {
  const scanner = new PictureScanner(new Base64Decoder(capacity), skips)
  const ends = [...cuts.filter((cut) => cut < source.length), source.length].sort((a, b) => a - b)
  ends.forEach((end, i) => {
    const chunk = source.slice(ends[i - 1] ?? 0, end)
    scanner.push(chunk)
    // The chunk is the runtime's: it may be written over as soon as it was pushed.
    chunk.fill(0x7b)
  })
  return scanner
}

const everyByte = (source: Uint8Array): ReadonlyArray<number> => Array.from(source, (_, i) => i)

const hex4 = (char: string): string => char.charCodeAt(0).toString(16).padStart(4, "0")
const escaped = (text: string): string => text.replace(/[^\0-~]/g, (char) => `\\u${hex4(char)}`)

const space = FastCheck.constantFrom("", "", " ", "\n  ", "\r\n\t ")

/** Text that is hard to tell from what the scanner looks for. */
const text = FastCheck.array(
  FastCheck.oneof(
    FastCheck.string({ maxLength: 8 }),
    FastCheck.constantFrom(
      ...[
        '"b64_json":"QUJD"',
        'b64_json":"',
        "b64_json",
        '"',
        "\\",
        '\\"',
        "\\\\",
        "{",
        "}",
        ":",
        ",",
        "é",
        "漢字",
        "🐼",
        "\n",
        "\u0000"
      ]
    )
  ),
  { maxLength: 5 }
).map((parts) => parts.join(""))

const otherKey = text.filter((key) => key !== "b64_json" && key !== "__proto__")

const json = FastCheck.tuple(
  FastCheck.object({ key: otherKey, values: [text, FastCheck.integer(), FastCheck.constant(null)], maxDepth: 3 }),
  FastCheck.constantFrom(0, 2),
  FastCheck.boolean()
).map(([value, indent, ascii]) => {
  const written = JSON.stringify(value, null, indent)
  return ascii ? escaped(written) : written
})

const picture = FastCheck.tuple(
  FastCheck.uint8Array({ minLength: 1, maxLength: 300 }),
  FastCheck.constantFrom<Array<(base64: string) => string>>(
    (base64) => base64,
    (base64) => base64.replaceAll("=", ""),
    (base64) => base64.replaceAll("+", "-").replaceAll("/", "_"),
    (base64) => base64.replaceAll("/", "\\/"),
    (base64) => base64.replaceAll("/", "\\u002F").replaceAll("+", "\\u002b").replaceAll("=", "\\u003d"),
    (base64) => base64.replace(/[A-M]/g, (char) => `\\u${hex4(char)}`)
  )
).map(([bytes, write]): Picture => ({ bytes, written: `"${write(toBase64(bytes))}"` }))

const pictureKey = FastCheck.constantFrom(
  '"b64_json"',
  '"b64_json"',
  '"b64\\u005fjson"',
  '"\\u0062\\u0036\\u0034_json"'
)

const pictureMember = FastCheck.tuple(pictureKey, space, space, picture, space).map(
  ([key, before, after, value, end]): Document => [key, before, ":", after, value, end]
)
const otherMember = FastCheck.tuple(otherKey, space, json).map(
  ([key, gap, value]): Document => [`${JSON.stringify(key)}${gap}:${value}`]
)

const joined = (parts: ReadonlyArray<Document>): Document =>
  parts.flatMap((part, i) => (i === 0 ? part : [",", ...part]))

const item = FastCheck.tuple(
  FastCheck.array(otherMember, { maxLength: 2 }),
  pictureMember,
  FastCheck.array(otherMember, { maxLength: 2 })
).map(([before, member, after]): Document => ["{", ...joined([...before, member, ...after]), "}"])

const document = FastCheck.tuple(
  FastCheck.constantFrom("", "", "\uFEFF", "   \n", " \n\uFEFF"),
  FastCheck.array(otherMember, { maxLength: 2 }),
  FastCheck.array(item, { maxLength: 4 }),
  FastCheck.array(otherMember, { maxLength: 2 }),
  space
).map(
  ([start, before, items, after, end]): Document => [
    start,
    "{",
    ...joined([...before, ['"data":[', ...joined(items), "]"], ...after]),
    `}${end}`
  ]
)

const cuts = FastCheck.array(FastCheck.nat({ max: 2000 }), { maxLength: 20 })

/** As the scanner's text begins: without the white space that keeps a connection alive, and without the byte order mark. */
const trimmed = (kept: string): string => kept.replace(/^[ \r\n\t]+/, "").replace(/^\uFEFF/, "")

describe("PictureScanner", () => {
  prop(
    "takes every picture out of a document and keeps the text around them, in any pieces",
    [document, cuts, FastCheck.option(FastCheck.nat({ max: 5000 }), { nil: undefined })],
    ([parts, at, capacity]) => {
      const scanner = scan(utf8(raw(parts)), at, capacity)
      expect(scanner.pictures).toEqual(bytesOf(parts))
      expect(scanner.text()).toBe(trimmed(skeleton(parts)))
      expect(scanner.faults).toEqual([])
      expect(JSON.parse(scanner.text())).toEqual(JSON.parse(trimmed(skeleton(parts))))
    },
    { numRuns: 500 }
  )

  prop("does the same byte by byte", [document], ([parts]) => {
    const source = utf8(raw(parts))
    const scanner = scan(source, everyByte(source))
    expect(scanner.pictures).toEqual(bytesOf(parts))
    expect(scanner.text()).toBe(trimmed(skeleton(parts)))
  })

  it.each([
    ["a value", '{"a":"b64_json","b":"QUJD"}'],
    ["an element", '["b64_json","QUJD"]'],
    ["a longer key", '{"xb64_json":"QUJD","b64_jsonx":"QUJD","b64_json ":"QUJD"}'],
    ["a key in capitals", '{"B64_JSON":"QUJD"}'],
    ["a key with a quote", '{"\\"b64_json":"QUJD","b64_json\\"":"QUJD"}'],
    ["a key with a backslash", '{"b64\\\\u005fjson":"QUJD","\\\\b64_json":"QUJD"}'],
    ["a text that holds a member", '{"a":"{\\"b64_json\\":\\"QUJD\\"}"}'],
    ["a key far too long", `{"${"b64_json".repeat(40)}":"QUJD"}`],
    ["an endless key", `{"${"\\u0062".repeat(500)}b64_json":"QUJD"}`]
  ])("takes no picture from %s", (_, source) => {
    for (const at of [[], everyByte(utf8(source))]) {
      const scanner = scan(utf8(source), at)
      expect([scanner.pictures, scanner.faults, scanner.text()]).toEqual([[], [], source])
    }
  })

  it("finds a picture however deep it lies", () => {
    const scanner = scan(utf8('{"a":[[{"b":{"b64_json":"QUJD"}}]]}'))
    expect(scanner.pictures).toEqual([utf8("ABC")])
    expect(scanner.text()).toBe('{"a":[[{"b":{"b64_json":0}}]]}')
  })

  it("reads a picture of megabytes in pieces of the network", () => {
    const bytes = random(4_000_003)
    const source = utf8(`  {"data":[{"b64_json":"${toBase64(bytes)}"}]}`)
    const packets = Array.from({ length: Math.ceil(source.length / 65_536) }, (_, i) => i * 65_536)
    for (const length of [undefined, 1000, source.length, source.length * 2]) {
      const scanner = scan(source, packets, length)
      expect(scanner.pictures.map((found) => Buffer.compare(found, bytes))).toEqual([0])
      expect(scanner.text()).toBe('{"data":[{"b64_json":0}]}')
    }
  })

  describe("where a body is cut", () => {
    const around = (first: Picture, second: Picture): Document => [
      ' \n{"é":"\\"🐼","data":[{"b64_json":',
      first,
      ',"media_type":"image/png"},{"b64_json" : ',
      second,
      "}]}\n"
    ]
    const plain: Document = around(
      { bytes: utf8("A picture"), written: '"QSBwaWN0dXJl"' },
      { bytes: utf8("Another!"), written: '"QW5vdGhlciE="' }
    )

    /** What is there of a document at a cut: its whole pictures, and the bytes of everything else. */
    const upTo = (cut: number): readonly [pictures: ReadonlyArray<Uint8Array>, kept: Uint8Array] => {
      const pictures: Array<Uint8Array> = []
      const kept: Array<number> = []
      let left = cut
      for (const part of plain) {
        const bytes = utf8(isPicture(part) ? part.written : part)
        if (isPicture(part) && bytes.length <= left) kept.push(...utf8(String(pictures.push(part.bytes) - 1)))
        else kept.push(...bytes.subarray(0, left))
        left = Math.max(0, left - bytes.length)
      }
      return [pictures, Uint8Array.from(kept)]
    }

    it("gives the whole pictures so far and everything else, at every byte", () => {
      const source = utf8(raw(plain))
      for (let cut = 0; cut <= source.length; cut++) {
        const [pictures, kept] = upTo(cut)
        const scanner = scan(source.subarray(0, cut), [cut >> 1])
        expect([scanner.pictures, scanner.faults]).toEqual([pictures, []])
        expect(scanner.text()).toBe(new TextDecoder().decode(kept).trimStart())
      }
    })

    it("keeps all of a picture that is written with escapes, at every byte", () => {
      const source = '{"b64_json":"AA\\/B\\u002bC'
      for (let cut = 0; cut <= source.length; cut++) {
        const part = source.slice(0, cut)
        expect(scan(utf8(part)).text()).toBe(part)
      }
    })

    it("gives the same text however often it is asked", () => {
      const scanner = scan(utf8('{"b64_json":"QUJDRA'))
      expect([scanner.text(), scanner.text()]).toEqual(['{"b64_json":"QUJDRA', '{"b64_json":"QUJDRA'])
    })
  })

  prop(
    "a picture is the same behind the head of a data URL, and wrapped in lines",
    [
      FastCheck.uint8Array({ minLength: 1, maxLength: 400 }),
      FastCheck.constantFrom(
        "",
        "data:image/png;base64,",
        "DATA:image/svg+xml; charset=utf-8;base64,",
        "data:;base64,"
      ),
      FastCheck.constantFrom("", "\n", "\r\n", " ", "\t"),
      FastCheck.boolean(),
      FastCheck.boolean(),
      cuts
    ],
    ([bytes, head, end, isRaw, slashes, at]) => {
      const value = head + (toBase64(bytes).match(/.{1,76}/g) ?? []).join(end) + end
      const written = JSON.stringify({ b64_json: value, n: 1 })
      const spelled = isRaw ? written.replaceAll("\\n", "\n").replaceAll("\\r", "\r").replaceAll("\\t", "\t") : written
      const scanner = scan(utf8(slashes ? spelled.replaceAll("/", "\\/") : spelled), at)
      expect(scanner.pictures).toEqual([bytes])
      expect(scanner.text()).toBe('{"b64_json":0,"n":1}')
      expect(scanner.faults).toEqual([])
    }
  )

  describe("where a value is no picture", () => {
    const bad = FastCheck.oneof(
      FastCheck.constantFrom(
        "",
        "A",
        "QUJDR",
        "QQ==QQ==",
        "=",
        "https://example.com/a.png",
        "QUJD*QUJD",
        "data:image/png,QUJD",
        "data: QUJD",
        "date:image/png;base64,QUJD",
        'a"b\\c',
        "漢字",
        "QUJD🐼"
      ),
      FastCheck.tuple(FastCheck.base64String({ maxLength: 200 }), text).map(
        ([start, end]) => `${start.replace(/=/g, "")}!${end}`
      ),
      FastCheck.constantFrom<unknown>(null, 0, -1.5, true, {}, [], { a: "b64_json" }, ["QUJD"])
    )
    const values = FastCheck.array(
      FastCheck.oneof(
        FastCheck.uint8Array({ minLength: 1, maxLength: 60 }),
        bad.map((value) => ({ bad: value }))
      ),
      { maxLength: 8 }
    )

    prop(
      "the text keeps it as it was, and a fault names its place",
      [values, cuts, FastCheck.boolean()],
      ([all, at, ascii]) => {
        const data = all.map((value) => ({ b64_json: value instanceof Uint8Array ? toBase64(value) : value.bad, n: 1 }))
        const written = JSON.stringify({ data }, null, 1)
        const scanner = scan(utf8(ascii ? escaped(written) : written), at)
        let index = 0
        const kept = data.map((each, i) => (all[i] instanceof Uint8Array ? { ...each, b64_json: index++ } : each))
        expect(scanner.pictures).toEqual(all.filter((value) => value instanceof Uint8Array))
        expect(JSON.parse(scanner.text())).toEqual({ data: kept })
        expect(scanner.faults.map((fault) => fault.index)).toEqual(
          all.flatMap((value, i) => (value instanceof Uint8Array ? [] : [i]))
        )
      }
    )

    it.each([
      "my-file_name.png",
      "____ ~",
      " ",
      "data:;base64,",
      "data:image/png;base64,QUJD*",
      "QR==QQ==",
      "QUJDQR=R"
    ])("the text keeps %j as it was, to the letter", (value) => {
      const scanner = scan(utf8(JSON.stringify({ b64_json: value })))
      expect(scanner.faults).toHaveLength(1)
      expect(JSON.parse(scanner.text())).toEqual({ b64_json: value })
    })

    it.each([
      ['{"b64_json":"QU!D"}', 'character "!" is not base64'],
      ['{"b64_json":"QU\\bD"}', 'escape "\\\\b" is not base64'],
      ['{"b64_json":"data:image/png,QUJD"}', "the data URL is not base64"],
      ['{"b64_json":"QU\\u00e9"}', 'escape "\\\\u00e9" is not base64'],
      ['{"b64_json":"QUJDR"}', "the base64 ends within a character group"],
      ['{"b64_json":""}', "the picture is empty"],
      ['{"b64_json":null}', "expected a base64 string"]
    ])("the fault of %s says what is wrong", (source, message) => {
      expect(scan(utf8(source)).faults).toEqual([{ index: 0, message }])
    })
  })

  describe("that nobody wants", () => {
    const skips = (opening: string): boolean => opening.includes('"preview"')
    const value = FastCheck.oneof(
      FastCheck.uint8Array({ maxLength: 60 }).map(toBase64),
      FastCheck.string({ unit: FastCheck.constantFrom("A", '"', "\\", "\n", "é", "u", "/", "*") })
    )

    prop(
      "is passed over to its end, whatever it holds, and leaves null",
      [value, value, cuts],
      ([unwanted, after, at]) => {
        const written = JSON.stringify({ type: "preview", b64_json: unwanted, n: after })
        const scanner = scan(utf8(written), at, 0, skips)
        expect([scanner.pictures, scanner.faults]).toEqual([[], []])
        expect(JSON.parse(scanner.text())).toEqual({ type: "preview", b64_json: null, n: after })
      }
    )

    it("is a picture where the text before it does not say so, or says so too late", () => {
      const late = JSON.stringify({ b64_json: "QUJD", type: "preview" })
      const long = JSON.stringify({ prompt: "x".repeat(300), type: "preview", b64_json: "QUJD" })
      for (const written of [JSON.stringify({ b64_json: "QUJD" }), late, long]) {
        expect(scan(utf8(written), [], 0, skips).pictures).toHaveLength(1)
      }
    })
  })
})

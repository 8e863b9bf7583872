import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { SseParser } from "../../../src/internal/decoding/sse.js"

interface Seen {
  readonly event: string
  readonly text: string
  readonly pictures: ReadonlyArray<ReadonlyArray<number>>
}

const encode = (text: string) => new TextEncoder().encode(text)

/** Everything that a parser makes of the pieces, the unfinished event at the end included. */
const parse = (pieces: ReadonlyArray<Uint8Array>, limit = Number.POSITIVE_INFINITY): ReadonlyArray<Seen> => {
  const parser = new SseParser(limit)
  const events = pieces.flatMap((piece) => [...parser.push(piece)])
  return [...events, ...parser.finish()].map(({ data, event }) => ({
    event,
    text: data.text(),
    pictures: data.pictures.map((bytes) => [...bytes])
  }))
}

const texts = (stream: string) => parse([encode(stream)]).map(({ text }) => text)

const cut = (bytes: Uint8Array, places: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...ends].map((from, i) => bytes.slice(from, ends[i] ?? bytes.length))
}

describe("SseParser", () => {
  for (const [name, end] of [
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"]
  ] as const) {
    it(`ends lines at ${name}`, () => {
      expect(texts(["data: a", "", "data: b", "data: c", "", ""].join(end))).toEqual(["a", "b\nc"])
    })
  }

  it("takes CRLF for one line end and LF CR for two", () => {
    expect(texts("data: a\r\ndata: b\r\n\r\n")).toEqual(["a\nb"])
    expect(texts("data: a\n\rdata: b\n\r")).toEqual(["a", "b"])
  })

  it("joins the data lines of an event with line feeds, empty ones too", () => {
    expect(texts("data: w\ndata\ndata: \ndata:x\n\n")).toEqual(["w\n\n\nx"])
  })

  it("takes one space off a value and leaves the others", () => {
    expect(parse([encode("event:  two\ndata: x y \n\n")])).toEqual([{ event: " two", text: "x y ", pictures: [] }])
  })

  it("passes over comments, ids, retry times and fields that no standard knows", () => {
    expect(texts(": hello\nid: 7\nretry: 10\nnovelty: x\ndatabase: y\ndata: z\n:\n\n")).toEqual(["z"])
  })

  it("gives no event for a blank line without data, and forgets its type", () => {
    expect(parse([encode("event: ghost\n\n\n\ndata: x\n\n")])).toEqual([{ event: "message", text: "x", pictures: [] }])
  })

  it("drops a byte order mark at the start only", () => {
    expect(texts("\uFEFFdata: a\n\n")).toEqual(["a"])
    expect(texts("data: a\n\n\uFEFFdata: b\n\n")).toEqual(["a"])
  })

  it("hands over an event that the end of the stream leaves open", () => {
    expect(texts("data: a\n\ndata: b")).toEqual(["a", "b"])
  })

  it("reads a picture over the line ends that it has in its middle, wherever it is cut", () => {
    const base64 = Buffer.from(Uint8Array.from({ length: 600 }, (_, i) => i)).toString("base64")
    const broken = `data: {"b64_json":"${base64.slice(0, 300)}\r\ndata: ${base64.slice(300)}"}\n\ndata: next\n\n`
    const whole = parse([encode(broken)])
    expect(whole.map(({ pictures, text }) => [pictures.length, text.length])).toEqual([
      [1, 14],
      [0, 4]
    ])
    for (let at = 0; at < broken.length; at += 7) expect(parse(cut(encode(broken), [at]))).toEqual(whole)
  })

  it("takes lines of bare JSON for an event, which the next field or the next JSON ends", () => {
    const stream = [
      '{"a":1}',
      "data: b",
      '{"c":',
      '  "long enough to be no field": 2,',
      "x: y",
      "}",
      '{"d":4}',
      ": life"
    ]
    const all = ['{"a":1}', "b", '{"c":\n  "long enough to be no field": 2,\nx: y\n}', '{"d":4}']
    expect(texts(stream.join("\n"))).toEqual(all)
    expect(texts(`${stream.join("\r\n")}\r\n`)).toEqual(all)
    for (let at = 0; at < stream.join("\n").length; at++) {
      expect(parse(cut(encode(stream.join("\n")), [at])).map(({ text }) => text)).toEqual(all)
    }
  })

  it("takes bare JSON behind white space, unindented, and with blank lines, for one event", () => {
    const json = { data: [{ a: 1 }, { b: [{ c: "{" }] }], d: { e: {} } }
    const lines = JSON.stringify(json, null, 2)
    const spaced = lines.replace("{\n", "{\n\n").replace(",\n", ",\r\n\r\n")
    for (const text of [lines, lines.replace(/\n +/g, "\n"), `  ${lines}`, `\t\n${" ".repeat(40)}${lines}`, spaced]) {
      const stream = encode(`: life\n\n${text}\n`)
      const all = [json]
      expect(parse([stream]).map((event) => JSON.parse(event.text))).toEqual(all)
      for (let at = 0; at < stream.length; at++) {
        expect(parse(cut(stream, [at])).map((event) => JSON.parse(event.text))).toEqual(all)
      }
    }
  })

  it("decodes pictures on the way and leaves their number in the text", () => {
    expect(parse([encode('data: {"b64_json":"AAEC","n":1}\n\n')])).toEqual([
      { event: "message", text: '{"b64_json":0,"n":1}', pictures: [[0, 1, 2]] }
    ])
  })

  it("says when an event grows beyond its limit, and reads no further", () => {
    const parser = new SseParser(10)
    expect(parser.push(encode("data: 0123456789\n\n"))).toHaveLength(1)
    expect(parser.exceeded).toBe(false)
    expect(parser.push(encode("data: 0123456789"))).toEqual([])
    expect(parser.push(encode("!\n\ndata: x\n\n"))).toEqual([])
    expect(parser.exceeded).toBe(true)
  })

  it("makes the same events of a stream however it is cut", () => {
    const line = FastCheck.oneof(
      FastCheck.constantFrom("", "", ":", ": wait", "data", "data:", "data: x", "event: é", "id: 1", "data: [DONE]"),
      FastCheck.string({ unit: "binary" }).map((text) => `data: ${JSON.stringify(text)}`),
      FastCheck.uint8Array({ maxLength: 40 }).map(
        (bytes) => `data: {"type":"x","b64_json":"${Buffer.from(bytes).toString("base64")}"}`
      )
    )
    const stream = FastCheck.array(FastCheck.tuple(line, FastCheck.constantFrom("\n", "\r\n", "\r")), { maxLength: 30 })
    FastCheck.assert(
      FastCheck.property(stream, FastCheck.array(FastCheck.nat()), (lines, places) => {
        const bytes = encode(lines.flat().join(""))
        const whole = parse([bytes])
        expect(parse(cut(bytes, places))).toEqual(whole)
        expect(parse([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
      }),
      { numRuns: 300 }
    )
  })

  it("makes something of any bytes at all", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(FastCheck.uint8Array({ maxLength: 60 })), (pieces) => {
        expect(Array.isArray(parse(pieces))).toBe(true)
      })
    )
  })
})

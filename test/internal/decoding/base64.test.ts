import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as base64 from "../../../src/internal/decoding/base64.js"
import { prop } from "../../support/properties.js"

type Module = typeof base64

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))
const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")
const urlSafe = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_")
const unpadded = (text: string): string => text.replaceAll("=", "")

const random = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 2654435761) >>> 24)

/** Bytes of up to some hundred: both sides of the length from which a run is handed over to the runtime. */
const someBytes = FastCheck.uint8Array({ maxLength: 400 })
const cuts = FastCheck.array(FastCheck.nat({ max: 600 }), { maxLength: 12 })
const writing = FastCheck.constantFrom(
  (text: string) => text,
  urlSafe,
  unpadded,
  (text: string) => unpadded(urlSafe(text))
)

const pieces = (length: number, at: ReadonlyArray<number>): ReadonlyArray<readonly [number, number]> => {
  const ends = [...at.filter((cut) => cut < length), length].sort((a, b) => a - b)
  return ends.map((end, i) => [ends[i - 1] ?? 0, end] as const)
}

/** Pushes the pieces of `text` and stops at the first character that is refused; gives the number of characters taken. */
const push = (decoder: base64.Base64Decoder, text: string, at: ReadonlyArray<number>): number => {
  const source = ascii(text)
  for (const [from, to] of pieces(text.length, at)) {
    const reached = decoder.push(source, from, to)
    if (reached < to) return reached
  }
  return text.length
}

const decode = (module: Module, text: string, at: ReadonlyArray<number> = []): Uint8Array | undefined => {
  const decoder = new module.Base64Decoder(0)
  return push(decoder, text, at) === text.length ? decoder.finish() : undefined
}

/** RFC 4648, either alphabet, the padding complete, in part or missing. */
const isBase64 = (text: string): boolean => {
  const [, digits = "", padding = ""] = /^([A-Za-z0-9+/_-]*)(=*)$/.exec(text) ?? [text, "A"]
  return digits.length % 4 !== 1 && padding.length <= (4 - (digits.length % 4)) % 4
}

/** What the standard says, written down once more: browsers have it, Node 20 has not. */
function setFromBase64(this: Uint8Array, text: string): { read: number; written: number } {
  if (!/^[A-Za-z0-9+/\s]*={0,2}$/.test(text)) throw new SyntaxError("invalid base64")
  const bytes = Buffer.from(text, "base64").subarray(0, this.length)
  this.set(bytes)
  return { read: text.length, written: bytes.length }
}

const inline = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`

/**
 * The built module as a runtime without `Buffer` loads it; each `name` gets a module of its own. `Buffer` is away while the module is
 * evaluated and no longer, since the test runner needs it: imports are evaluated in their order, with nothing in between.
 */
const loadWithoutBuffer = (name: string): Promise<Module> =>
  import(
    inline(`
      import ${JSON.stringify(inline(`globalThis.hidden = Buffer; globalThis.Buffer = undefined; // ${name}`))}
      export * from ${JSON.stringify(new URL(`../../../dist/internal/decoding/base64.js?${name}`, import.meta.url).href)}
      import ${JSON.stringify(inline(`globalThis.Buffer = hidden; delete globalThis.hidden; // ${name}`))}
    `)
  )

const native = Object.getOwnPropertyDescriptor(Uint8Array.prototype, "setFromBase64")

const restore = (): void => {
  Reflect.deleteProperty(Uint8Array.prototype, "setFromBase64")
  if (native !== undefined) Object.defineProperty(Uint8Array.prototype, "setFromBase64", native)
}

const runtimes: ReadonlyArray<readonly [name: string, load: () => Promise<Module>]> = [
  ["a runtime with Buffer", async () => base64],
  [
    "a runtime with setFromBase64",
    () => {
      Object.defineProperty(Uint8Array.prototype, "setFromBase64", { value: setFromBase64, configurable: true })
      return loadWithoutBuffer("standard")
    }
  ],
  [
    "a runtime with neither",
    () => {
      Reflect.deleteProperty(Uint8Array.prototype, "setFromBase64")
      return loadWithoutBuffer("neither")
    }
  ]
]

describe.each(runtimes)("base64 in %s", (name, load) => {
  let module: Module

  beforeAll(async () => {
    module = await load()
  })
  afterAll(restore)

  it("has a decoder of its own where the runtime brings one", () => {
    expect(module.runtimeDecoder === module.portableDecoder).toBe(name === "a runtime with neither")
  })

  prop(
    "a byte is found where it first stands from any place on",
    [FastCheck.uint8Array({ max: 3, maxLength: 40 }), FastCheck.nat({ max: 50 }), FastCheck.nat({ max: 9 })],
    ([bytes, from, start]) => {
      const part = bytes.subarray(Math.min(start, bytes.length))
      expect(module.indexOfByte(part, 2, from)).toBe([...part].indexOf(2, from))
    }
  )

  prop(
    "both decoders write the bytes that Buffer reads, and nothing beside them",
    [FastCheck.uint8Array({ maxLength: 300 }), FastCheck.nat({ max: 9 }), FastCheck.nat({ max: 9 })],
    ([all, offset, from]) => {
      const bytes = all.subarray(0, all.length - (all.length % 3))
      const source = ascii(`${"!".repeat(from)}${toBase64(bytes)}!!!!`)
      const expected = [...Array(offset).fill(7), ...bytes, 7, 7, 7, 7]
      for (const decoder of [module.portableDecoder, module.runtimeDecoder]) {
        const target = new Uint8Array(expected.length).fill(7)
        expect(decoder(target, offset, source, from, source.length - 4)).toBe(bytes.length)
        expect([...target]).toEqual(expected)
      }
    }
  )

  it("both decoders refuse a foreign character at any position", () => {
    const text = toBase64(random(48))
    const foreign = Array.from({ length: 256 }, (_, code) => code).filter(
      (code) => !/[A-Za-z0-9+/_-]/.test(String.fromCharCode(code))
    )
    const accepted = foreign.flatMap((code) =>
      Array.from(text, (_, at) => at).filter((at) => {
        const source = ascii(text)
        source[at] = code
        const written = [module.portableDecoder, module.runtimeDecoder].map((decoder) =>
          decoder(new Uint8Array(48), 0, source, 0, source.length)
        )
        return written.some((count) => count !== -1)
      })
    )
    expect(foreign).toHaveLength(256 - 66)
    expect(accepted).toEqual([])
  })

  prop(
    "reads either alphabet, with or without padding, in any pieces",
    [someBytes, writing, cuts],
    ([bytes, write, at]) => {
      expect(decode(module, write(toBase64(bytes)), at)).toEqual(bytes)
    }
  )

  it("reads single characters", () => {
    const bytes = random(200)
    const each = Array.from({ length: 300 }, (_, i) => i)
    expect(decode(module, toBase64(bytes), each)).toEqual(bytes)
  })

  prop(
    "takes a text exactly when it is base64",
    [
      FastCheck.array(FastCheck.constantFrom(..."AZaz09+/-_==== !".split("")), { maxLength: 14 }).map((all) =>
        all.join("")
      ),
      FastCheck.constantFrom("", toBase64(random(96))),
      cuts
    ],
    ([end, start, at]) => {
      expect(decode(module, start + end, at) !== undefined).toBe(isBase64(start + end))
    },
    { numRuns: 1000 }
  )

  it("names the place of the first foreign character, in any pieces", () => {
    const text = toBase64(random(120))
    for (let at = 0; at < text.length; at++) {
      const broken = `${text.slice(0, at)}!${text.slice(at + 1)}`
      for (const cut of [0, 1, 3, 97, at]) expect(push(new module.Base64Decoder(0), broken, [cut])).toBe(at)
    }
  })

  it.each(["QQ==QQ==", "QUI=Q", "QQ==="])("lets nothing follow the padding in %s", (text) => {
    const end = text.startsWith("QQ") ? 4 : text.indexOf("=") + 1
    for (let cut = 0; cut <= text.length; cut++) expect(push(new module.Base64Decoder(0), text, [cut])).toBe(end)
  })

  prop("gives back as base64 what has arrived, at any moment", [someBytes, cuts, FastCheck.nat()], ([bytes, at, n]) => {
    const text = toBase64(bytes)
    const arrived = text.slice(0, n % (text.length + 1))
    const decoder = new module.Base64Decoder(0)
    push(decoder, arrived, at)
    expect(decoder.encoded()).toBe(arrived)
  })

  it("gives back what had arrived before a foreign character", () => {
    const text = toBase64(random(100))
    for (let at = 0; at < text.length; at++) {
      const decoder = new module.Base64Decoder(0)
      push(decoder, `${text.slice(0, at)}!${text.slice(at + 1)}`, [at >> 1])
      expect(decoder.encoded()).toBe(text.slice(0, at))
    }
  })

  prop(
    "serves one picture after another, and leaves those it has given away alone",
    [FastCheck.array(someBytes, { minLength: 2, maxLength: 6 }), FastCheck.nat({ max: 500 }), cuts],
    ([all, capacity, at]) => {
      const decoder = new module.Base64Decoder(capacity)
      const decoded = all.map((bytes) => {
        push(decoder, toBase64(bytes), at)
        return decoder.finish()
      })
      expect(decoded).toEqual(all)
    }
  )

  prop(
    "takes a run that is clean to its end without a look at each character, and none of one that is not",
    [someBytes, FastCheck.nat(), FastCheck.option(FastCheck.nat(), { nil: undefined })],
    ([bytes, start, place]) => {
      const text = unpadded(toBase64(bytes))
      const foreign = place === undefined ? text.length : place % (text.length + 1)
      const source = ascii(`${text.slice(0, foreign)}${foreign < text.length ? '"' : ""}${text.slice(foreign + 1)}`)
      const decoder = new module.Base64Decoder()
      const from = decoder.push(source, 0, Math.min(start % (text.length + 1), foreign))
      const to = decoder.pushClean(source, from)
      expect(to).toBeGreaterThanOrEqual(from)
      expect(to).toBeLessThanOrEqual(foreign)
      expect(decoder.push(source, to, source.length)).toBe(foreign)
      expect(decoder.encoded()).toBe(text.slice(0, foreign))
    }
  )

  it("uses its stores again, and gives every picture bytes of its own", () => {
    const decoder = new module.Base64Decoder()
    const sizes = [2_500_000, 10, 1_200_000, 3_000_000]
    const decoded = sizes.map((size) => {
      const text = toBase64(random(size))
      const every = Array.from({ length: Math.ceil(text.length / 50_000) }, (_, i) => i * 50_000)
      push(decoder, text, every)
      return decoder.finish() ?? new Uint8Array()
    })
    for (const [i, size] of sizes.entries()) expect(Buffer.compare(decoded[i] ?? ascii(""), random(size))).toBe(0)
  })

  it("is ready for the next picture after one that was broken off", () => {
    const decoder = new module.Base64Decoder(8)
    push(decoder, "QUJDRA==", [])
    decoder.reset()
    expect(decoder.encoded()).toBe("")
    push(decoder, "RUZH", [])
    expect(decoder.finish()).toEqual(ascii("EFG"))
  })

  it("lacks characters when the last group has only one, and keeps them", () => {
    const decoder = new module.Base64Decoder(8)
    push(decoder, "QUJDR", [])
    expect(decoder.finish()).toBeUndefined()
    expect(decoder.encoded()).toBe("QUJDR")
  })

  it("grows from no capacity at all to megabytes", () => {
    const bytes = random(3_000_001)
    const text = toBase64(bytes)
    const every = Array.from({ length: Math.ceil(text.length / 65_521) }, (_, i) => i * 65_521)
    const decoded = decode(module, text, every)
    expect(decoded?.length).toBe(bytes.length)
    expect(decoded !== undefined && Buffer.compare(decoded, bytes)).toBe(0)
  })

  prop(
    "encodes as Buffer does, also a view into a bigger buffer",
    [someBytes, FastCheck.nat({ max: 5 })],
    ([bytes, n]) => {
      const part = bytes.subarray(n)
      expect(module.encodeBase64(part)).toBe(toBase64(part))
      expect(module.decodeBase64(module.encodeBase64(part))).toEqual(new Uint8Array(part))
    }
  )

  it("encodes what is larger than it takes at once", () => {
    for (const size of [24_576, 24_577, 100_000]) {
      const bytes = random(size)
      expect(module.encodeBase64(bytes)).toBe(toBase64(bytes))
    }
  })

  it("decodes a data URL, and base64 that is wrapped in lines", () => {
    for (const text of ["AAEC", "AA\nEC\r\n", " AAEC", "data:image/png;base64,AAEC", "data:;base64,AA\nEC"]) {
      expect(module.decodeBase64(text)).toEqual(Uint8Array.of(0, 1, 2))
    }
  })

  it("decodes no text that is not base64", () => {
    for (const text of ["A", "AAAAA", "AA=A", "=", "AB*CD", "data:image/png,AAAA", "\u0141\u0141\u0141\u0141"]) {
      expect(module.decodeBase64(text)).toBeUndefined()
    }
  })
})

import * as FastCheck from "effect/FastCheck"
import { bytesOf } from "./wire.js"

/** A change to bytes; places are taken by the length. */
export type Mutation =
  | { readonly _tag: "Flip"; readonly at: number; readonly bit: number }
  | { readonly _tag: "Remove"; readonly at: number; readonly length: number }
  | { readonly _tag: "Insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly _tag: "Repeat"; readonly at: number; readonly length: number; readonly times: number }
  | { readonly _tag: "Truncate"; readonly at: number }
  | { readonly _tag: "Splice"; readonly at: number; readonly from: number }
  | { readonly _tag: "Nest"; readonly nth: number; readonly depth: number; readonly open: "[" | '{"a":' }
  | { readonly _tag: "Replace"; readonly what: keyof typeof targets; readonly nth: number; readonly by: string }

/** Places in JSON where a change is likely to be understood. */
const targets = {
  number: /(?<=[:[,]\s*)-?\d+(\.\d+)?(e[+-]?\d+)?/gi,
  text: /(?<=:\s*)"[^"]*"/g,
  inText: /:\s*"[^"]*(?=")/g,
  opening: /\{/g,
  name: /"[a-z_]+"(?=:)/g
}

const numbers = ["1e999", "-1e999", "9".repeat(400), "-0", "1e-400", "0.1e+30", "9007199254740993", "NaN", "01", "null"]
const texts = ['""', "null", "[]", "{}", "true", '"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '"QUJD"', '"data:,x"']
const pieces = ["\\ud800", "\\u0000", "\u0000", "\\", "\n", "\ufeff", "\\u", "\u2028", "🐼", "\\x"]
const members = [
  '"__proto__":{"polluted":true},',
  '"__proto__":null,',
  '"constructor":{"prototype":{"polluted":true}},',
  '"toString":1,"hasOwnProperty":2,"toJSON":3,"valueOf":null,',
  '"data":null,"data":[],',
  '"b64_json":"QUJD",',
  '"b64_json":7,',
  '"error":{"message":"it did not work","code":"server_error"},',
  '"error":{"code":429},',
  '"created":"now",',
  '"then":{},'
]
const replacements = { number: numbers, text: texts, inText: pieces, opening: members, name: texts }

const rude = [[0], [0xff], [0xc0, 0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], [0x0d], [0x0a, 0x0a]]

const at = FastCheck.nat()
const tag = <const T extends string>(name: T) => FastCheck.constant(name)
const few = FastCheck.integer({ min: 1, max: 3 })

const replace = FastCheck.constantFrom(
  "number" as const,
  "text" as const,
  "inText" as const,
  "opening" as const,
  "name" as const
).chain((what) =>
  FastCheck.record({
    _tag: tag("Replace"),
    what: tag(what),
    nth: FastCheck.nat({ max: 40 }),
    by: FastCheck.constantFrom(...replacements[what])
  })
)

const insert = FastCheck.oneof(
  FastCheck.uint8Array({ minLength: 1, maxLength: 8 }),
  FastCheck.constantFrom(...rude.map((bytes) => Uint8Array.from(bytes)))
).chain((bytes) => FastCheck.record({ _tag: tag("Insert"), at, bytes: FastCheck.constant(bytes) }))

export const mutation: FastCheck.Arbitrary<Mutation> = FastCheck.oneof(
  { weight: 4, arbitrary: replace },
  { weight: 1, arbitrary: insert },
  { weight: 1, arbitrary: FastCheck.record({ _tag: tag("Flip"), at, bit: FastCheck.nat({ max: 7 }) }) },
  {
    weight: 1,
    arbitrary: FastCheck.record({ _tag: tag("Remove"), at, length: FastCheck.integer({ min: 1, max: 20 }) })
  },
  {
    weight: 1,
    arbitrary: FastCheck.record({
      _tag: tag("Repeat"),
      at,
      length: FastCheck.integer({ min: 1, max: 60 }),
      times: few
    })
  },
  { weight: 1, arbitrary: FastCheck.record({ _tag: tag("Truncate"), at }) },
  { weight: 1, arbitrary: FastCheck.record({ _tag: tag("Splice"), at, from: at }) },
  {
    weight: 1,
    arbitrary: FastCheck.record({
      _tag: tag("Nest"),
      nth: FastCheck.nat({ max: 10 }),
      depth: FastCheck.constantFrom(1, 50, 300, 2000, 20_000),
      open: FastCheck.constantFrom("[" as const, '{"a":' as const)
    })
  }
)

const concat = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => Uint8Array.from(Buffer.concat(parts))

const place = (at: number, bytes: Uint8Array): number => at % (bytes.length + 1)

/** Replaces the nth of all matches, where there are any. The bytes that are no UTF-8 stay: each byte is a character. */
const replaceNth = (bytes: Uint8Array, pattern: RegExp, nth: number, by: (found: string) => string): Uint8Array => {
  const text = Buffer.from(bytes).toString("latin1")
  const found = [...text.matchAll(pattern)]
  const one = found.length === 0 ? undefined : found[nth % found.length]
  if (one === undefined) return bytes
  const after = one.index + one[0].length
  return concat(bytes.slice(0, one.index), bytesOf(by(one[0])), bytes.slice(after))
}

const closing = { "[": "]", '{"a":': "}" }

/** The bytes after the change; `other` is what is spliced in. */
export const apply = (bytes: Uint8Array, mutation: Mutation, other: Uint8Array): Uint8Array => {
  const from = "at" in mutation ? place(mutation.at, bytes) : 0
  const head = bytes.slice(0, from)
  switch (mutation._tag) {
    case "Flip":
      return bytes.map((byte, i) => (i === from ? byte ^ (1 << mutation.bit) : byte))
    case "Remove":
      return concat(head, bytes.slice(from + mutation.length))
    case "Insert":
      return concat(head, mutation.bytes, bytes.slice(from))
    case "Repeat": {
      const part = bytes.slice(from, from + mutation.length)
      return concat(head, ...Array.from({ length: mutation.times }, () => part), bytes.slice(from))
    }
    case "Truncate":
      return head
    case "Splice":
      return concat(head, other.slice(place(mutation.from, other)))
    case "Nest": {
      const { depth, nth, open } = mutation
      const nested = `${open.repeat(depth)}1${closing[open].repeat(depth)}`
      return replaceNth(bytes, targets.opening, nth, () => `{"nested":${nested},`)
    }
    case "Replace":
      return replaceNth(bytes, targets[mutation.what], mutation.nth, (found) =>
        mutation.what === "opening" || mutation.what === "inText" ? found + mutation.by : mutation.by
      )
  }
}

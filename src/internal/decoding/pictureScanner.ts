/**
 * The body of a generation, read as it arrives. Pictures are decoded on the way, and the rest is kept as text.
 *
 * A generation is one small JSON document around megabytes of base64. The scanner walks its tokens (RFC 8259). It
 * decodes the value of each `"b64_json"` key straight to bytes; the text that is kept has the picture's index in its
 * place. So neither the body, nor its text, nor a base64 string is ever held whole. A body that breaks off or is
 * malformed still gives every whole picture, and everything else that arrived. The scanner skips a data URL's head
 * before the base64, and line breaks within it. It passes over a picture that nobody wants, in whose place it writes
 * `null`.
 */
import { Base64Decoder, endOfRun } from "./base64.js"
import { StringSkipper } from "./stringSkipper.js"
import { TextCollector } from "./textCollector.js"

/** What is wrong with a value that should be a picture, and how many of them came before it. */
export interface PictureFault {
  readonly index: number
  readonly message: string
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const comma = 0x2c
const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** The scanner's state between two bytes. */
type State =
  | "start"
  | "text"
  | "string"
  | "escape"
  | "afterKey"
  | "afterColon"
  | "picture"
  | "pictureEscape"
  /** Within the head of a data URL. */
  | "pictureHead"

/** Whether nobody wants the picture that follows this text, which is the document's so far. */
export type Skips = (opening: string) => boolean

/** What comes after more bytes than this is wanted. */
const longestOpening = 256

/** `"b64_json"` with each character escaped is 48 bytes. A longer string is not that key. */
const longestKey = 48

const isPictureKey = (key: string): boolean => {
  if (!key.includes("\\")) return key === "b64_json"
  return (
    key.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) ===
    "b64_json"
  )
}

/**
 * A value up to this many characters that is no picture returns to the text exactly as it was. A longer one keeps only
 * its meaning.
 */
const mostLetters = 1024

/** A longer head does not belong to a base64 data URL. */
const longestHead = 200

/** What comes before the colon of a data URL. White space may precede it, escaped or not. */
const dataUrlStart = /^(?:\s|\\[nrt])*data$/i

/** JSON's escapes of white space. */
const spaces = new Set(["n", "r", "t"])

/** Decodes ASCII bytes, one character each. */
const letterDecoder = new TextDecoder()

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

export class PictureScanner {
  readonly pictures: Array<Uint8Array> = []
  /** What is wrong with a value that should be a picture, with the index it would have had. */
  readonly faults: Array<PictureFault> = []

  readonly #decoder: Base64Decoder
  readonly #skips: Skips | undefined
  #state: State = "start"
  /** Set within a picture that nobody wants. */
  #skipper: StringSkipper | undefined
  readonly #kept = new TextCollector()
  #key = ""
  #escape = ""
  /**
   * The value's first characters as they came. Decoding and encoding them again would change them to the standard
   * alphabet.
   */
  readonly #letters = new Uint8Array(mostLetters)
  #letterCount = 0
  /** The part of the value before its base64: the head of a data URL. */
  #head = ""
  /** The base64 has had white space, so more of it is likely. */
  #wrapped = false
  #values = 0

  constructor(decoder = new Base64Decoder(), skips?: Skips) {
    this.#decoder = decoder
    this.#skips = skips
  }

  push(chunk: Uint8Array): void {
    let at = 0
    let keptFrom = 0
    const keep = (to: number) => {
      if (to > keptFrom) this.#kept.push(chunk.slice(keptFrom, to))
    }
    while (at < chunk.length) {
      if (this.#state === "picture" || this.#state === "pictureEscape" || this.#state === "pictureHead") {
        at = this.#takeValue(chunk, at)
        keptFrom = at
      } else if (this.#skipper !== undefined) {
        at = this.#skip(this.#skipper, chunk, at)
        keptFrom = at
      } else if (this.#state === "start" && isSpace(chunk[at] as number)) {
        keptFrom = ++at
      } else {
        const opened = this.#step(chunk[at] as number)
        at++
        if (opened) {
          // The opening quote is left out: the index that stands for the picture is a bare number.
          keep(at - 1)
          this.#begin()
          keptFrom = at
        }
      }
    }
    keep(chunk.length)
  }

  /**
   * Takes the part of a chunk that certainly belongs to the current picture, and returns where that part ends. A reader
   * that must split the chunk into lines need not look for line ends within it.
   */
  pushPicture(chunk: Uint8Array, from: number): number {
    return this.#state === "picture" && !this.#wrapped ? this.#takeClean(chunk, from) : from
  }

  /** The text around the pictures. It contains an unfinished picture as far as it arrived. */
  text(): string {
    const escaping = this.#state === "pictureEscape"
    if (escaping || this.#state === "picture" || this.#state === "pictureHead") this.#abandon("")
    if (escaping) this.#keepText(`\\${this.#escape}`)
    return this.#kept.text()
  }

  /** Takes one byte outside pictures. Returns `true` when it opens one. */
  #step(code: number): boolean {
    switch (this.#state) {
      case "string":
        if (code === quote) this.#state = isPictureKey(this.#key) ? "afterKey" : "text"
        else {
          if (this.#key.length <= longestKey) this.#key += String.fromCharCode(code)
          if (code === backslash) this.#state = "escape"
        }
        return false
      case "escape":
        if (this.#key.length <= longestKey) this.#key += String.fromCharCode(code)
        this.#state = "string"
        return false
      case "afterKey":
        if (code === colon) this.#state = "afterColon"
        else if (!isSpace(code)) this.#enter(code)
        return false
      case "afterColon":
        if (code === quote) return true
        if (!isSpace(code)) {
          this.#fault(this.#values++, "expected a base64 string")
          this.#enter(code)
        }
        return false
      default:
        this.#enter(code)
        return false
    }
  }

  #enter(code: number): void {
    this.#key = ""
    this.#state = code === quote ? "string" : "text"
  }

  #begin(): void {
    if (this.#skips !== undefined && this.#kept.size <= longestOpening && this.#skips(this.#kept.text())) {
      this.#state = "text"
      this.#skipper = new StringSkipper()
      return
    }
    this.#state = "picture"
    this.#letterCount = 0
    this.#head = ""
    this.#wrapped = false
  }

  #skip(skipper: StringSkipper, chunk: Uint8Array, from: number): number {
    const at = skipper.push(chunk, from)
    if (skipper.isEnded) {
      this.#keepText("null")
      this.#skipper = undefined
    }
    return at
  }

  #takeValue(chunk: Uint8Array, at: number): number {
    if (this.#state === "picture") return this.#takePicture(chunk, at)
    return this.#state === "pictureHead" ? this.#takeHead(chunk, at) : this.#takeEscape(chunk, at)
  }

  #takeClean(chunk: Uint8Array, from: number): number {
    const to = this.#decoder.pushClean(chunk, from)
    this.#keepLetters(chunk.subarray(from, to))
    return to
  }

  #takePicture(chunk: Uint8Array, at: number): number {
    const from = this.#wrapped ? at : this.#takeClean(chunk, at)
    const to = endOfRun(chunk, from)
    const reached = this.#decoder.push(chunk, from, to)
    this.#keepLetters(chunk.subarray(from, reached))
    if (reached < to) return this.#refuse(chunk, reached)
    return to === chunk.length ? to : this.#takeForeign(chunk, to)
  }

  /** Takes a character that is not base64. It ends the value, or may appear within it all the same. */
  #takeForeign(chunk: Uint8Array, at: number): number {
    const code = chunk[at] as number
    if (code === quote) this.#complete()
    else if (code === backslash) {
      this.#state = "pictureEscape"
      this.#escape = ""
    } else if (isSpace(code)) {
      this.#wrapped = true
      this.#keepLetters(chunk.subarray(at, at + 1))
    } else if (code === colon && this.#head === "" && dataUrlStart.test(this.#lettersSoFar())) {
      this.#decoder.reset()
      this.#letterCount = 0
      this.#state = "pictureHead"
      this.#head = "data:"
    } else return this.#refuse(chunk, at)
    return at + 1
  }

  #refuse(chunk: Uint8Array, at: number): number {
    this.#abandon(`character ${JSON.stringify(String.fromCharCode(chunk[at] as number))} is not base64`)
    return at
  }

  /** Takes one character of a data URL's head. */
  #takeHead(chunk: Uint8Array, at: number): number {
    const code = chunk[at] as number
    // JSON may write the slash of a media type as `\/`.
    const ends = code === quote && !this.#head.endsWith("\\")
    if (ends || this.#head.length > longestHead) {
      this.#abandon("the data URL has no base64")
      return at
    }
    this.#head += String.fromCharCode(code)
    if (code !== comma) return at + 1
    if (/;\s*base64\s*,$/i.test(this.#head)) this.#state = "picture"
    else this.#abandon("the data URL is not base64")
    return at + 1
  }

  #complete(): void {
    const bytes = this.#decoder.finish()
    if (bytes === undefined) {
      this.#abandon("the base64 ends within a character group")
      this.#kept.push(new Uint8Array([quote]))
    } else if (bytes.length === 0) {
      this.#fault(this.#values++, "the picture is empty")
      this.#keepText(`"${this.#head}${this.#lettersSoFar()}"`)
    } else {
      this.#keepText(String(this.pictures.length))
      this.pictures.push(bytes)
      this.#values++
    }
    this.#state = "text"
  }

  /** JSON may write `/` as `\/` and any character as `\uXXXX`. Both are still base64. */
  #takeEscape(chunk: Uint8Array, from: number): number {
    this.#escape += String.fromCharCode(chunk[from] as number)
    if (this.#escape.startsWith("u") && this.#escape.length < 5) return from + 1
    const code = this.#escape === "/" ? 0x2f : Number.parseInt(this.#escape.slice(1), 16)
    const isBlank = spaces.has(this.#escape) || isSpace(code)
    if (isBlank) this.#wrapped = true
    const accepted = isBlank || (code < 128 && this.#decoder.push(new Uint8Array([code]), 0, 1) === 1)
    if (accepted) {
      this.#state = "picture"
      this.#keepLetters(bytesOf(`\\${this.#escape}`))
    } else {
      this.#abandon(`escape ${JSON.stringify(`\\${this.#escape}`)} is not base64`)
      this.#keepText(`\\${this.#escape}`)
    }
    return from + 1
  }

  /** The value is not a picture after all. It returns to the text as the string that it was. */
  #abandon(message: string): void {
    const value = this.#letterCount < mostLetters ? this.#lettersSoFar() : this.#decoder.encoded()
    this.#keepText(`"${this.#head}${value}`)
    this.#decoder.reset()
    if (message !== "") this.#fault(this.#values++, message)
    this.#key = "-".repeat(longestKey + 1)
    this.#state = "string"
  }

  #lettersSoFar(): string {
    return letterDecoder.decode(this.#letters.subarray(0, this.#letterCount))
  }

  #keepLetters(bytes: Uint8Array): void {
    const room = mostLetters - this.#letterCount
    if (room === 0) return
    const kept = bytes.length <= room ? bytes : bytes.subarray(0, room)
    this.#letters.set(kept, this.#letterCount)
    this.#letterCount += kept.length
  }

  #fault(index: number, message: string): void {
    this.faults.push({ index, message })
  }

  #keepText(text: string): void {
    this.#kept.push(bytesOf(text))
  }
}

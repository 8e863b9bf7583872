/**
 * Server-sent events by the WHATWG's rules (HTML standard, section 9.2.6), read from bytes in pieces of any length.
 *
 * An event of this API may hold megabytes of base64. Its data goes through a PictureScanner as it arrives, so that time
 * and memory are linear in the event's size however it is split. White space before the data is dropped there; JSON
 * does not need it.
 *
 * The standard drops a line that begins with a brace. But servers that fail within a stream write their JSON like that,
 * without `data:`, and it may contain what was paid for. Such lines are an event of their own.
 */
import { Base64Decoder, indexOfByte } from "./base64.js"
import { PictureScanner, type Skips } from "./pictureScanner.js"
import { TextCollector } from "./textCollector.js"

const lf = 0x0a
const cr = 0x0d
const colon = 0x3a
const space = 0x20
const tab = 0x09
const openingBrace = 0x7b
/** What JSON cannot end with, and what comes before an object within it: a bracket, a comma or a colon. */
const goesOn = new Set([0x5b, 0x2c, colon])
const mark = [0xef, 0xbb, 0xbf]
const newline = new Uint8Array([lf])

const isBlank = (code: number): boolean => code === space || code === tab

/** One event: its type and its data. */
export interface ServerSentEvent {
  /** The field `event`, or `message` if there was none. */
  readonly event: string
  readonly data: PictureScanner
}

/** The meaning of the rest of the line. */
type Field = "name" | "data" | "event" | "ignored"

/** The standard's fields. A comment has an empty name. */
const names = new Set(["", "data", "event", "id", "retry"])

/** No field of the standard has a longer name, and no event type in use is longer than this. */
const longestName = 16
const longestType = 1024

export class SseParser {
  readonly #limit: number
  readonly #skips: Skips | undefined
  readonly #decoder = new Base64Decoder()
  #field: Field = "name"
  #name = ""
  #atValue = false
  #type: TextCollector | undefined
  #data: PictureScanner | undefined
  #size = 0
  #afterCr = false
  #marked = 0
  /** Whether the current data is JSON that came without `data:`. */
  #bare = false
  /** Its last byte that is not white space. */
  #lastBare = 0
  /** Events that ended with a line that is not blank. */
  readonly #ended: Array<ServerSentEvent> = []

  /** Whether any data came in a field. All other data is JSON that came without one, perhaps behind comments. */
  isStream = false
  /** How many comments there were. They are keep-alives between the events. */
  comments = 0

  /** `limit`: the most bytes that the data of one event may have. `skips`: the pictures that nobody wants. */
  constructor(limit: number, skips?: Skips) {
    this.#limit = limit
    this.#skips = skips
  }

  /** Whether the current event has exceeded the limit. Read nothing more then. */
  get exceeded(): boolean {
    return this.#size > this.#limit
  }

  /** The events that end within these bytes. */
  push(chunk: Uint8Array): ReadonlyArray<ServerSentEvent> {
    const events: Array<ServerSentEvent> = []
    let at = this.#skipMark(chunk)
    let nextLf = -2
    let nextCr = -2
    while (at < chunk.length && !this.exceeded) {
      if (this.#afterCr) {
        this.#afterCr = false
        if (chunk[at] === lf) {
          at++
          continue
        }
      }
      at = this.#takePicture(chunk, at)
      // Searches for each kind of line end once, not once a line.
      if (nextLf !== -1 && nextLf < at) nextLf = indexOfByte(chunk, lf, at)
      if (nextCr !== -1 && nextCr < at) nextCr = indexOfByte(chunk, cr, at)
      const end = nextLf < 0 ? nextCr : nextCr < 0 ? nextLf : Math.min(nextLf, nextCr)
      this.#take(chunk, at, end < 0 ? chunk.length : end)
      if (end < 0) break
      this.#afterCr = chunk[end] === cr
      const event = this.#endLine()
      events.push(...this.#ended.splice(0))
      if (event !== undefined) events.push(event)
      at = end + 1
    }
    events.push(...this.#ended.splice(0))
    return events
  }

  /** What the stream left unfinished. The standard drops it, but it may contain what was paid for. */
  finish(): ReadonlyArray<ServerSentEvent> {
    const last = this.#endLine() ?? this.#dispatch()
    return last === undefined ? this.#ended.splice(0) : [...this.#ended.splice(0), last]
  }

  /** Skips a byte order mark at the very start. */
  #skipMark(chunk: Uint8Array): number {
    let at = 0
    while (this.#marked < mark.length && at < chunk.length) {
      if (chunk[at] !== mark[this.#marked]) {
        this.#marked = mark.length
        break
      }
      this.#marked++
      at++
    }
    return at
  }

  /** Takes the rest of a picture, without searching it for line ends. */
  #takePicture(chunk: Uint8Array, from: number): number {
    if (this.#field !== "data" || this.#atValue || this.#data === undefined) return from
    const to = this.#data.pushPicture(chunk, from)
    this.#size += to - from
    return to
  }

  /** Takes a part of a line. */
  #take(chunk: Uint8Array, from: number, to: number): void {
    let at = from
    while (this.#field === "name" && at < to) {
      if (this.#startsBare(chunk[at] as number)) this.#startBare()
      else this.#takeName(chunk[at++] as number)
    }
    if (at === to || this.#field === "ignored") return
    if (this.#atValue && chunk[at] === space) at++
    this.#atValue = false
    if (this.#field === "data") {
      this.#size += to - at
      this.#data?.push(chunk.subarray(at, to))
      if (this.#bare) this.#keepLast(chunk, at, to)
    } else if (this.#type !== undefined && this.#type.size < longestType) this.#type.push(chunk.slice(at, to))
  }

  #takeName(code: number): void {
    if (code === colon) {
      if (this.#bare && !names.has(this.#name)) this.#goOnBare(code)
      else this.#startValue()
    } else if (isBlank(code) && this.#name.trim() === "" && !this.#bare) {
      // White space before JSON, of any length.
      this.#name = " "
    } else if (this.#name.length === longestName) {
      if (this.#bare) this.#goOnBare(code)
      else this.#field = "ignored"
    } else this.#name += String.fromCharCode(code)
  }

  /** A brace at the start of a line begins new JSON, unless the JSON before it continues with it. */
  #startsBare(code: number): boolean {
    return code === openingBrace && this.#name.trim() === "" && !(this.#bare && goesOn.has(this.#lastBare))
  }

  /** JSON that came without `data:` may contain blank lines. */
  #isOpen(): boolean {
    return this.#bare && (this.#lastBare === openingBrace || goesOn.has(this.#lastBare))
  }

  #keepLast(bytes: Uint8Array, from: number, to: number): void {
    let at = to - 1
    while (at >= from && isBlank(bytes[at] as number)) at--
    if (at >= from) this.#lastBare = bytes[at] as number
  }

  #startBare(): void {
    this.#endEvent()
    this.#name = ""
    this.#bare = true
    this.#field = "data"
    this.#data = new PictureScanner(this.#decoder, this.#skips)
  }

  /** A line that is no field of the standard continues the JSON before it. */
  #goOnBare(code?: number): void {
    const text = new TextEncoder().encode(this.#name)
    const line = code === undefined ? text : new Uint8Array([...text, code])
    this.#field = "data"
    this.#data?.push(newline)
    this.#data?.push(line)
    this.#keepLast(line, 0, line.length)
    this.#size += line.length + 1
  }

  /** Ends the current event without a blank line. */
  #endEvent(): void {
    const event = this.#dispatch()
    if (event !== undefined) this.#ended.push(event)
  }

  /**
   * The name is complete. A line that starts with a colon is a comment. `id` and `retry` are for reconnecting, which
   * this client does not do.
   */
  #startValue(): void {
    if (this.#bare) this.#endEvent()
    this.#atValue = true
    this.#field = this.#name === "data" || this.#name === "event" ? this.#name : "ignored"
    if (this.#name === "") this.comments++
    if (this.#field === "event") this.#type = new TextCollector()
    if (this.#field !== "data") return
    this.isStream = true
    if (this.#data !== undefined) {
      this.#data.push(newline)
      this.#size++
    }
    this.#data ??= new PictureScanner(this.#decoder, this.#skips)
  }

  #endLine(): ServerSentEvent | undefined {
    const blank = this.#field === "name" && this.#name === ""
    if (this.#field === "name" && !blank) {
      if (this.#bare) this.#goOnBare()
      else this.#startValue()
    }
    this.#field = "name"
    this.#name = ""
    this.#atValue = false
    return blank && !this.#isOpen() ? this.#dispatch() : undefined
  }

  #dispatch(): ServerSentEvent | undefined {
    const event = this.#data && { event: this.#type?.text() || "message", data: this.#data }
    this.#type = undefined
    this.#data = undefined
    this.#bare = false
    this.#size = 0
    return event
  }
}

/**
 * Server-sent events by the WHATWG's rules (HTML standard, section 9.2.6), read from bytes in pieces of any length.
 *
 * An event of this API may hold megabytes of base64. Its data goes, as it arrives, through a PictureScanner, so that time and memory
 * are linear in the event's size however it is cut. White space before the data, which JSON does not need, is dropped there.
 *
 * The standard drops a line that begins with a brace. Servers that fail within a stream write their JSON so, without `data:`, and what was
 * paid for may be in it: such lines are an event of their own.
 */
import { Base64Decoder } from "./base64.js"
import { PictureScanner } from "./pictureScanner.js"
import { TextCollector } from "./textCollector.js"

const lf = 0x0a
const cr = 0x0d
const colon = 0x3a
const space = 0x20
const tab = 0x09
const openingBrace = 0x7b
/** What JSON cannot end with, and what stands before an object within it: a bracket, a comma or a colon. */
const goesOn = new Set([0x5b, 0x2c, colon])
const mark = [0xef, 0xbb, 0xbf]
const newline = new Uint8Array([lf])

const isBlank = (code: number): boolean => code === space || code === tab

/** One event: its type and its data. */
export interface ServerSentEvent {
  /** The field `event`, or `message` where there was none. */
  readonly event: string
  readonly data: PictureScanner
}

/** What the rest of the line is for. */
type Field = "name" | "data" | "event" | "ignored"

/** The fields of the standard; a comment has no name. */
const names = new Set(["", "data", "event", "id", "retry"])

/** No field that the standard knows has a longer name, and no event type that anybody uses is longer than a line. */
const longestName = 16
const longestType = 1024

export class SseParser {
  readonly #limit: number
  readonly #decoder = new Base64Decoder()
  #field: Field = "name"
  #name = ""
  #atValue = false
  #type: TextCollector | undefined
  #data: PictureScanner | undefined
  #size = 0
  #afterCr = false
  #marked = 0
  /** The data at hand is JSON that came without `data:`. */
  #bare = false
  /** The last byte of it that is no white space. */
  #lastBare = 0
  /** Events that a line has ended which is no blank one. */
  readonly #ended: Array<ServerSentEvent> = []

  /** How many comments there were: signs of life between the events. */
  comments = 0

  /** `limit`: the most bytes that the data of one event may have. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether the event at hand has grown beyond the limit: nothing more should be read then. */
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
      // Each kind of line end is looked for once, not once a line.
      if (nextLf !== -1 && nextLf < at) nextLf = chunk.indexOf(lf, at)
      if (nextCr !== -1 && nextCr < at) nextCr = chunk.indexOf(cr, at)
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

  /** What the stream left unfinished. The standard drops it; what was paid for may be in it. */
  finish(): ReadonlyArray<ServerSentEvent> {
    const last = this.#endLine() ?? this.#dispatch()
    return last === undefined ? this.#ended.splice(0) : [...this.#ended.splice(0), last]
  }

  /** A byte order mark at the very start is no part of the first line. */
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

  /** Within a picture there is no line end to look for. */
  #takePicture(chunk: Uint8Array, from: number): number {
    if (this.#field !== "data" || this.#atValue || this.#data === undefined) return from
    const to = this.#data.pushPicture(chunk, from)
    this.#size += to - from
    return to
  }

  /** A part of a line. */
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

  /** A brace at the beginning of a line begins JSON of its own, unless the JSON before it goes on with it. */
  #startsBare(code: number): boolean {
    return code === openingBrace && this.#name.trim() === "" && !(this.#bare && goesOn.has(this.#lastBare))
  }

  /** JSON that came without `data:` may have blank lines within it. */
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
    this.#data = new PictureScanner(this.#decoder)
  }

  /** A line of JSON that is no field of the standard: it goes on with the JSON before it. */
  #goOnBare(code?: number): void {
    const text = new TextEncoder().encode(this.#name)
    const line = code === undefined ? text : new Uint8Array([...text, code])
    this.#field = "data"
    this.#data?.push(newline)
    this.#data?.push(line)
    this.#keepLast(line, 0, line.length)
    this.#size += line.length + 1
  }

  /** An event that is at hand ends here, without a blank line. */
  #endEvent(): void {
    const event = this.#dispatch()
    if (event !== undefined) this.#ended.push(event)
  }

  /** The name is whole. A line that starts with a colon is a comment; `id` and `retry` are for reconnecting, which nobody does here. */
  #startValue(): void {
    if (this.#bare) this.#endEvent()
    this.#atValue = true
    this.#field = this.#name === "data" || this.#name === "event" ? this.#name : "ignored"
    if (this.#name === "") this.comments++
    if (this.#field === "event") this.#type = new TextCollector()
    if (this.#field !== "data") return
    if (this.#data !== undefined) {
      this.#data.push(newline)
      this.#size++
    }
    this.#data ??= new PictureScanner(this.#decoder)
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

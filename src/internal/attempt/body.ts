/** The body of an answer. It receives bytes as they arrive, and can give its content at any time. */
import type { Base64Decoder } from "../decoding/base64.js"
import { PictureScanner } from "../decoding/pictureScanner.js"
import { SseParser } from "../decoding/sse.js"
import { TextCollector } from "../decoding/textCollector.js"
import { parseJson } from "../errors/serverWords.js"
import { opensPreview, type ReadEvent, readEvent } from "../response/eventKind.js"
import { fromSignificant, isBlank, join, type Kind, kindOf } from "./bodyKind.js"
import type { Content } from "./content.js"
import { joinEvents } from "./joinEvents.js"

export interface Body {
  /** How many keep-alives have arrived. */
  readonly keepAlives: number
  /** Whether the server has said that nothing follows. */
  readonly isDone: boolean
  readonly push: (bytes: Uint8Array) => void
  /** What has arrived by now. Push nothing after this call. */
  readonly content: () => Content
}

/**
 * The text without its leading comment lines. It removes them one by one: millions of lines are too many for one match.
 */
const withoutComments = (text: string): string => {
  const comment = /\s*:[^\r\n]*(?:\r\n|\r|\n)/y
  let at = 0
  while (comment.test(text)) at = comment.lastIndex
  return text.slice(at)
}

/** A body without pictures. */
export class TextBody implements Body {
  /** Anything that arrives is text. */
  readonly keepAlives = 0
  readonly isDone = false
  readonly #text = new TextCollector()

  push(bytes: Uint8Array): void {
    this.#text.push(bytes)
  }

  content(): Content {
    const text = this.#text.text()
    return { text, json: parseJson(withoutComments(text)), pictures: [], faults: [] }
  }
}

/** The body of a generation: JSON whose pictures are decoded as they arrive, or events that mean the same. */
export class GenerationBody implements Body {
  isDone = false
  readonly #scanner: PictureScanner
  #kind: Kind | undefined
  /** The first bytes, until they show the kind of the body. */
  #opening: Uint8Array = new Uint8Array()
  #events: SseParser | undefined
  /** Pieces of white space before the body. */
  #blanks = 0
  readonly #received: Array<ReadEvent> = []

  constructor(decoder: Base64Decoder) {
    this.#scanner = new PictureScanner(decoder)
  }

  get keepAlives(): number {
    return this.#blanks + (this.#events?.comments ?? 0)
  }

  push(bytes: Uint8Array): void {
    if (this.#kind !== undefined) {
      this.#take(bytes)
      return
    }
    const opening = this.#opening.length === 0 ? bytes : join(this.#opening, bytes)
    this.#kind = kindOf(opening)
    if (this.#kind !== undefined) this.#take(fromSignificant(opening))
    else if (isBlank(opening)) {
      // White space is dropped. Otherwise thousands of keep-alives would be copied again and again.
      this.#opening = new Uint8Array()
      this.#blanks += 1
    } else this.#opening = opening
  }

  content(): Content {
    if (this.#kind === undefined) this.#take(this.#opening)
    if (this.#events !== undefined) return this.#joined(this.#events)
    const text = this.#scanner.text()
    return { text, json: parseJson(text), pictures: this.#scanner.pictures, faults: this.#scanner.faults }
  }

  #joined(events: SseParser): Content {
    const all = [...this.#received, ...events.finish().map(readEvent)]
    const [only] = all
    // JSON behind comments is no stream.
    if (only !== undefined && all.length === 1 && !events.isStream) return only
    return { ...joinEvents(all), isStream: events.isStream }
  }

  #take(bytes: Uint8Array): void {
    if (this.#kind === "events") {
      this.#events ??= new SseParser(Number.POSITIVE_INFINITY, opensPreview)
      for (const event of this.#events.push(bytes).map(readEvent)) {
        if (isResult(event)) this.#received.push(event)
        if (event.kind === "done") this.isDone = true
      }
    } else this.#scanner.push(bytes)
  }
}

/** A preview is no result, and may be megabytes. */
const isResult = ({ kind }: ReadEvent): boolean => kind !== "partial"

/** Reads the events of a streamed answer from its bytes: a state machine without effects. */
import * as Option from "effect/Option"
import * as Errors from "../../Errors.js"
import type * as GeneratedImage from "../../GeneratedImage.js"
import { Completed, type ImageStreamEvent } from "../../Schema/ImageStreamEvent.js"
import { type Ending, imagesOf, interruptedError, type Origin, validationError } from "../attempt/outcome.js"
import { SseParser } from "../decoding/sse.js"
import { present } from "../schema/present.js"
import { type ReadEvent, readEvent } from "./eventKind.js"
import { interpret } from "./streamEvent.js"

/** How a stream can fail once its answer has begun. */
export type EventFailure =
  | Errors.ImageStreamError
  | Errors.IncompleteStreamError
  | Errors.ResponseValidationError
  | Errors.ConnectionError
  | Errors.RequestTimeoutError

const isCompleted = (event: ImageStreamEvent): event is Completed => event._tag === "Completed"

/** Whether an event is whole although nothing ended it. */
const isReadable = ({ json, kind }: ReadEvent): boolean => json !== undefined || kind === "done"

export class EventReader {
  /** Set when no more will come: with the failure, or with none when the stream ends well. */
  closed: Option.Option<EventFailure> | undefined

  readonly #origin: Origin
  readonly #maxEventBytes: number
  readonly #parser: SseParser
  /** The latest finished picture. */
  #completed: Completed | undefined

  constructor(origin: Origin, maxEventBytes: number) {
    this.#origin = origin
    this.#maxEventBytes = maxEventBytes
    this.#parser = new SseParser(maxEventBytes)
  }

  /** How many keep-alives there were. */
  get keepAlives(): number {
    return this.#parser.comments
  }

  /** The events that end within these bytes. */
  read(bytes: Uint8Array): ReadonlyArray<ImageStreamEvent> {
    const events = this.#interpret(this.#parser.push(bytes).map(readEvent))
    if (this.#parser.exceeded) this.closed ??= Option.some(this.#tooLarge())
    return events
  }

  /**
   * The answer has ended. A whole event counts, even without the blank line after it. A whole finished picture is kept,
   * even if its event is not whole.
   */
  end(ending: Ending): ReadonlyArray<ImageStreamEvent> {
    const rest = this.#parser.finish().map(readEvent)
    const last = rest.at(-1)
    const isWhole = last === undefined || isReadable(last)
    const events = this.#interpret(isWhole ? rest : rest.slice(0, -1))
    const images = !isWhole && last.kind === "completed" ? imagesOf(last) : []
    const completed = this.#completed
    this.closed ??= completed === undefined ? Option.some(this.#cut(ending, images)) : Option.none()
    if (completed === undefined) return events
    const { created } = completed
    return [...events, ...images.map((image) => new Completed({ image, created, ...this.#origin.facts }))]
  }

  /** The failure of a stream that has given no picture. */
  #incomplete(images: ReadonlyArray<GeneratedImage.GeneratedImage> = []): Errors.IncompleteStreamError {
    return new Errors.IncompleteStreamError({
      operation: "generateStream",
      images,
      ...present({ generationId: this.#origin.facts.generationId })
    })
  }

  #interpret(all: ReadonlyArray<ReadEvent>): ReadonlyArray<ImageStreamEvent> {
    const events: Array<ImageStreamEvent> = []
    for (const one of all) {
      if (this.closed !== undefined) break
      const meaning = interpret(one, this.#origin, this.#completed !== undefined)
      if (meaning._tag === "Events") {
        events.push(...meaning.events)
        this.#completed = meaning.events.filter(isCompleted).at(-1) ?? this.#completed
      } else if (meaning._tag === "Failed") this.closed = Option.some(meaning.error)
      else this.closed = this.#completed ? Option.none() : Option.some(this.#incomplete())
    }
    return events
  }

  #cut(ending: Ending, images: ReadonlyArray<GeneratedImage.GeneratedImage>): EventFailure {
    return ending._tag === "Whole" ? this.#incomplete(images) : interruptedError(this.#origin, images, ending)
  }

  #tooLarge(): Errors.ResponseValidationError {
    const issue = { path: [], message: `an event is larger than ${this.#maxEventBytes} bytes (maxEventBytes)` }
    return validationError(this.#origin, [issue], { text: "", json: undefined, pictures: [] })
  }
}

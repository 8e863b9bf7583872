/** Joins the events of several streams into those of one: a state machine without effects. */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { GenerateStreamError } from "../../Errors.js"
import type { GenerationCall } from "../../Schema/GenerationCall.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import type { ImageGenerationUsage } from "../../Schema/ImageGenerationUsage.js"
import { Completed, type ImageStreamEvent, PartialImage } from "../../Schema/ImageStreamEvent.js"
import { recordedRequest } from "../request/record.js"
import { makeUnchecked } from "../schema/makeUnchecked.js"
import { present } from "../schema/present.js"
import { failedCall } from "./calls.js"
import { failureOf, imagesIn } from "./failure.js"
import type { Parts } from "./parts.js"
import { usageOf } from "./usage.js"

/** What has come of one of the streams. */
class Part {
  readonly pictures: Array<number> = []
  cause: Cause.Cause<GenerateStreamError> | undefined
  private usage: ImageGenerationUsage | undefined
  private last: Completed | undefined

  constructor(private readonly request: ImageGenerationRequest) {}

  /** The event of a picture, with the request that made it. What the part has cost is in the last event of the whole. */
  complete(event: Completed, picture: number): Completed {
    this.pictures.push(picture)
    this.last = event
    this.usage = event.usage ?? this.usage
    const { calls: _, request = recordedRequest(this.request), usage: __, ...rest } = event
    return makeUnchecked(Completed, { ...rest, request })
  }

  get call(): GenerationCall {
    const { cause, last, pictures, request, usage } = this
    const { generationId, providerName } = last ?? {}
    if (cause !== undefined) {
      return { ...failedCall(request, cause, pictures), ...present({ usage, generationId, providerName }) }
    }
    const made = last?.request ?? recordedRequest(request)
    return { request: made, pictures, ...present({ usage, generationId, providerName }) }
  }
}

export class JoinedEvents {
  private readonly parts: ReadonlyArray<Part>
  private previews = 0
  private pictures = 0
  /** The latest finished picture. It waits, because the last one carries what all calls together have cost. */
  private latest: Completed | undefined

  constructor(parts: Parts) {
    this.parts = parts.map((part) => new Part(part))
  }

  /** The events of the whole that follow from one of a part. */
  add(index: number, event: ImageStreamEvent): ReadonlyArray<ImageStreamEvent> {
    switch (event._tag) {
      case "PartialImage":
        return [makeUnchecked(PartialImage, { ...event, partialImageIndex: this.previews++ })]
      case "Completed":
        return this.complete(index, event)
      default:
        return [event]
    }
  }

  fail(index: number, cause: Cause.Cause<GenerateStreamError>): ReadonlyArray<never> {
    const part = this.parts[index]
    if (part !== undefined) part.cause = cause
    return []
  }

  /** The last events, once all parts have ended; or why there is no picture. */
  end(): Either.Either<ReadonlyArray<ImageStreamEvent>, Cause.Cause<GenerateStreamError>> {
    const causes = this.parts.flatMap(({ cause }) => cause ?? [])
    if (this.latest === undefined) {
      return Arr.isNonEmptyReadonlyArray(causes) ? Either.left(failureOf(causes)) : Either.right([])
    }
    const events = this.parts.flatMap((part, index) => this.salvage(part, index))
    const calls = this.parts.map(({ call }) => call)
    const last = makeUnchecked(Completed, { ...this.latest, calls, ...present({ usage: usageOf(calls) }) })
    return Either.right([...events, last])
  }

  private complete(index: number, event: Completed): ReadonlyArray<ImageStreamEvent> {
    const before = this.latest
    this.latest = this.parts[index]?.complete(event, this.pictures++)
    return before === undefined ? [] : [before]
  }

  /** The pictures that a failure holds: other pictures came, so that nobody will see the failure itself. */
  private salvage({ cause }: Part, index: number): ReadonlyArray<ImageStreamEvent> {
    const error = cause && Option.getOrUndefined(Cause.failureOption(cause))
    const created = this.latest?.created
    if (error === undefined || created === undefined) return []
    return imagesIn(error).flatMap((image) => this.complete(index, makeUnchecked(Completed, { image, created })))
  }
}

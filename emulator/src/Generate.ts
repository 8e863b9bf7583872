/** Makes the pictures of a generation, bills it, and answers with them: as JSON or as a stream. */
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { GeneratedImage } from "effect-openrouter-images"
import * as Answer from "./answers/Answer.js"
import * as Frames from "./answers/Frames.js"
import { orRefuse, type Refusal } from "./answers/Refusal.js"
import * as Wire from "./answers/Wire.js"
import * as Manifest from "./drawing/Manifest.js"
import * as Picture from "./drawing/Picture.js"
import * as Preview from "./drawing/Preview.js"
import { type Ending, endingOf } from "./faults/Ending.js"
import type { Fault } from "./faults/Fault.js"
import type { RecordedError } from "./faults/RecordedErrors.js"
import { answerWith, type Routed } from "./faults/Spoil.js"
import { refusalOf } from "./records/Account.js"
import { askedOf } from "./records/Generation.js"
import type { Running } from "./records/Generations.js"
import type { Accepted } from "./requests/Accepted.js"
import { check } from "./requests/Checks.js"
import { keyOf } from "./requests/Key.js"
import { costOf } from "./requests/Price.js"
import { textOf } from "./requests/RequestText.js"
import type { State } from "./State.js"

/** What is drawn: what was asked for, unless the fault says otherwise. */
interface Drawn extends Pick<Accepted, "format" | "request" | "size"> {
  readonly background: "opaque" | "transparent"
}

const drawnOf = ({ format, request, size }: Accepted, fault: Fault | null): Drawn => {
  const other = fault?._tag === "Deviate" ? fault : undefined
  const asked = request.background === "transparent" ? "transparent" : "opaque"
  return {
    request,
    size: { width: other?.width ?? size.width, height: other?.height ?? size.height },
    format: other?.format ?? format,
    background: other?.background ?? asked
  }
}

const draw = ({ background, format, request, size }: Drawn, seed: number): Effect.Effect<Uint8Array> =>
  Picture.draw({
    prompt: request.prompt,
    ...size,
    seed,
    format,
    background,
    label: request.model,
    ...(request.outputCompression === undefined ? {} : { compression: request.outputCompression })
  })

/** What a viewer sees before the first picture is done. */
const progressOf = ({ format }: Drawn, first: Uint8Array | undefined): Effect.Effect<ReadonlyArray<Uint8Array>> =>
  format === "svg" || first === undefined
    ? Effect.succeed([])
    : Effect.forEach(Array.from({ length: Preview.steps }), (_, i) => Preview.draw(first, i))

const chunksOf = ({ format }: Drawn, first: Uint8Array | undefined): ReadonlyArray<string> =>
  format === "svg" ? (new TextDecoder().decode(first).match(/.{1,400}/gsu) ?? []) : []

/** Whether the pictures come signed: as the model does it, unless the fault says otherwise. */
const isSigned = ({ answers }: Accepted, fault: Fault | null): boolean => {
  const how = fault?._tag === "Edit" ? fault.how : undefined
  return how === "signed" || (answers.signed && how !== "unsigned")
}

/** Whether the provider charges a key of the user's own. */
const isByok = (fault: Fault | null): boolean => fault?._tag === "Edit" && fault.how === "byok"

/** Why the account has no money for it, if it has none. */
const lackOf = (state: State, fault: Fault | null, accepted: Accepted): Effect.Effect<RecordedError | undefined> =>
  Effect.map(Effect.all([state.limits, state.ledger]), ([limits, ledger]) =>
    refusalOf(limits, ledger, isByok(fault) ? 0 : costOf(accepted, accepted.request.n ?? 1))
  )

const wirePicture = (bytes: Uint8Array): Wire.Picture => {
  const { b64Json, mediaType } = GeneratedImage.make(bytes)
  return { b64_json: b64Json, media_type: mediaType }
}

const events = { headers: { "cache-control": "no-cache" }, contentType: "text/event-stream" }

/** The parts of a stream with a pause before each but the first. */
const answerSlowly = (parts: ReadonlyArray<string>, pause: Duration.Duration): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.stream(
    Stream.fromIterable(parts).pipe(
      Stream.rechunk(1),
      Stream.zipWithIndex,
      Stream.tap(([, index]) => (index === 0 ? Effect.void : Effect.sleep(pause))),
      Stream.map(([part]) => part),
      Stream.encodeText
    ),
    events
  )

/** Draws what was asked for. The generation completes, unless its fault lets it end otherwise. */
const complete = (
  generation: Running,
  ending: Ending,
  fault: Fault | null,
  accepted: Accepted,
  pause: Duration.Duration
) =>
  Effect.gen(function* () {
    const { answers, request } = accepted
    const pictures = request.n ?? 1
    const seed = request.seed ?? (yield* Random.nextIntBetween(0, 2 ** 31))
    const seal = isSigned(accepted, fault) ? Manifest.sign : (bytes: Uint8Array) => bytes
    const what = drawnOf(accepted, fault)
    const drawn = yield* Effect.forEach(Array.from({ length: pictures }), (_, i) => draw(what, seed + i))
    const data = drawn.map((bytes) => wirePicture(seal(bytes)))
    const usage = Wire.usage(accepted, pictures)
    if (ending._tag === "Completed") {
      yield* generation.end({ _tag: "Completed", pictures, usage, isByok: isByok(fault) })
    }
    const created = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    if (!accepted.stream) return Answer.json(Wire.answer(answers.dated ? created : 0, data, usage))
    const previews = (yield* progressOf(what, drawn[0])).map((bytes) => wirePicture(seal(bytes)).b64_json)
    const progress = { previews, chunks: chunksOf(what, drawn[0]) }
    const final = { pictures: data, created, usage }
    // A fault has a pace of its own.
    if (fault === null && Duration.greaterThan(pause, Duration.zero))
      return answerSlowly(Frames.parts(progress, final), pause)
    return HttpServerResponse.text(Frames.body(progress, final, fault?._tag === "Stream" ? fault : undefined), events)
  })

/** A generation that is accepted: from here on each answer says which one it is, and who serves it. */
export const generate =
  (state: State, pause: Duration.Duration) =>
  (fault: Fault | null): Effect.Effect<Routed, Refusal, HttpServerRequest.HttpServerRequest | Scope.Scope> =>
    Effect.gen(function* () {
      const http = yield* HttpServerRequest.HttpServerRequest
      yield* keyOf(http)
      const accepted = yield* orRefuse(check(yield* textOf(http)))
      const lack = yield* lackOf(state, fault, accepted)
      if (lack !== undefined) return answerWith(Answer.json(lack.body, { status: lack.status }))
      const ending = endingOf(fault, accepted.stream)
      // The fault puts its refusal in place of this.
      if (ending._tag === "Refused") return answerWith(Answer.json({}))
      const generation = yield* state.generations.begin(askedOf(accepted, http.headers["http-referer"]))
      if (ending._tag === "Failed") yield* generation.end(ending)
      const head = { "x-generation-id": generation.id, "x-provider-name": accepted.endpoint.providerName }
      return {
        head,
        respond: Effect.map(complete(generation, ending, fault, accepted, pause), HttpServerResponse.setHeaders(head))
      }
    })

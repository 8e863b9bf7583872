/** `Images` that answers as a test says. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Stream from "effect/Stream"
import type { RequestOptions } from "../../Client.js"
import * as Errors from "../../Errors.js"
import type { ModelId, Service } from "../../Images.js"
import type { ImageModelEndpointsResponse } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import type { ImageModelsListResponse } from "../../Schema/ImageModel.js"
import type { ImageStreamEvent } from "../../Schema/ImageStreamEvent.js"
import { withHooks } from "../layer/attemptHooks.js"
import { onCompletion } from "../layer/onCompletion.js"
import { tellingAttempts } from "../layer/over.js"
import { encodeRequest } from "../request/generation.js"
import { endpointsPath } from "../request/modelPath.js"
import { orInvalidRequest } from "../request/orInvalidRequest.js"
import { present } from "../schema/present.js"
import type { Recorder, Unended } from "./recorder.js"
import * as Samples from "./samples.js"

export type Answer<A, E> = A | E | Effect.Effect<A, E>

export type StreamAnswer =
  | ReadonlyArray<ImageStreamEvent>
  | readonly [...events: ReadonlyArray<ImageStreamEvent>, error: Errors.GenerateStreamError]
  | Errors.GenerateStreamError
  | Stream.Stream<ImageStreamEvent, Errors.GenerateStreamError>

export type Script<Asked extends ReadonlyArray<unknown>, A> = A | ReadonlyArray<A> | ((...asked: Asked) => A)

export interface Answers {
  readonly generate?:
    | Script<[request: ImageGenerationRequest, index: number], Answer<ImageGenerationResponse, Errors.GenerateError>>
    | undefined
  readonly generateStream?:
    | Exclude<StreamAnswer, ReadonlyArray<unknown>>
    | ReadonlyArray<StreamAnswer>
    | ((request: ImageGenerationRequest, index: number) => StreamAnswer)
    | undefined
  readonly listModels?: Script<[index: number], Answer<ImageModelsListResponse, Errors.ListModelsError>> | undefined
  readonly listModelEndpoints?:
    | Script<
        [model: ModelId | string, index: number],
        Answer<ImageModelEndpointsResponse, Errors.ListModelEndpointsError>
      >
    | undefined
}

const ordinal = (n: number): string => {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? undefined : ["th", "st", "nd", "rd"][n % 10]
  return `${n}${ending ?? "th"}`
}

/** An unexpected call is a bug in the test or the program, not an error that a program may handle. */
const dieUnscripted = (operation: Errors.Operation, index: number, answers: number): Effect.Effect<never> =>
  Effect.dieMessage(
    `Images.${operation} was called for the ${ordinal(index + 1)} time, and Testing.layer has ${answers} ` +
      `answer${answers === 1 ? "" : "s"} for it: add one to the list \`${operation}\`, or give one answer, or a function, for all calls`
  )

const isFunction = <Asked extends ReadonlyArray<unknown>, A>(
  script: Script<Asked, A>
): script is (...asked: Asked) => A => typeof script === "function"

const isList = <A>(script: A | ReadonlyArray<A>): script is ReadonlyArray<A> => Array.isArray(script)

/** The script's answer for this call. */
const choose = <Asked extends ReadonlyArray<unknown>, A>(
  operation: Errors.Operation,
  script: Script<Asked, A>,
  asked: Asked,
  index: number
): Effect.Effect<A> =>
  Effect.suspend(() => {
    if (isFunction(script)) return Effect.succeed(script(...asked))
    if (!isList(script)) return Effect.succeed(script)
    return index < script.length ? Effect.succeed(script[index] as A) : dieUnscripted(operation, index, script.length)
  })

/** An error is also an effect: one that fails with itself. */
const give = <A, E>(answer: Answer<A, E>): Effect.Effect<A, E> =>
  Effect.isEffect(answer) ? (answer as Effect.Effect<A, E>) : Effect.succeed(answer as A)

type Events = Stream.Stream<ImageStreamEvent, Errors.GenerateStreamError>

type Scripted = ReadonlyArray<ImageStreamEvent | Errors.GenerateStreamError>

/** Each event arrives by itself, as previews do. */
const streamOf = (answer: StreamAnswer): Events => {
  if (isList<unknown>(answer)) {
    return Stream.mapEffect(Stream.fromIterable(answer as Scripted), (one) =>
      give<ImageStreamEvent, Errors.GenerateStreamError>(one)
    )
  }
  return Effect.isEffect(answer)
    ? Stream.fromEffect(answer as Effect.Effect<ImageStreamEvent, Errors.GenerateStreamError>)
    : (answer as Events)
}

/** As with the client, a stream that ends well has given a picture. */
const takeUntilCompleted = (events: Events): Events =>
  Stream.suspend(() => {
    let completed = false
    return Stream.concat(
      Stream.map(events, (event) => {
        completed ||= event._tag === "Completed"
        return event
      }),
      Stream.suspend(() =>
        completed ? Stream.empty : Stream.fail(new Errors.IncompleteStreamError({ operation: "generateStream" }))
      )
    )
  })

/** An attempt at a stream lasts until its first event. */
const withStreamHooks = (events: Events, options: RequestOptions): Events =>
  Stream.suspend(() => {
    let ended = false
    const end = (answer: object, exit: Exit.Exit<void, Errors.OpenRouterError>): Effect.Effect<void> =>
      Effect.suspend(() => {
        if (ended) return Effect.void
        ended = true
        return Effect.zipRight(announce(answer, options), options.onAttemptEnd?.(exit) ?? Effect.void)
      })
    return events.pipe(
      Stream.tap((event) => end(event, Exit.void)),
      Stream.tapError((error) => end(error, Exit.fail(error)))
    )
  })

/** Tells the id that the head of the answer would have had. */
const announce = (answer: object, { onGenerationId }: RequestOptions): Effect.Effect<void> =>
  "generationId" in answer && typeof answer.generationId === "string"
    ? (onGenerationId?.(answer.generationId) ?? Effect.void)
    : Effect.void

/** One call is one attempt. It is recorded when the client would send it. */
const once = <A extends object, E extends Errors.OpenRouterError>(
  recorder: Recorder,
  sent: Unended,
  answer: (index: number) => Effect.Effect<A, E>
): Effect.Effect<A, E> => {
  const attempt = Effect.acquireUseRelease(
    Effect.sync(() => recorder.begin(sent)),
    ({ index }) =>
      answer(index).pipe(
        Effect.tapError((error) => announce(error, sent.options)),
        Effect.tap((value) => announce(value, sent.options))
      ),
    (entry, exit) => Effect.sync(() => entry.end(exit))
  )
  return withHooks(sent.options)(attempt)
}

/** A stream that is closed before its end counts as interrupted. */
const streamedOnce = (
  recorder: Recorder,
  sent: Unended,
  answer: (index: number) => Effect.Effect<StreamAnswer>
): Events =>
  Stream.unwrapScoped(
    Effect.gen(function* () {
      yield* sent.options.onAttempt ?? Effect.void
      const entry = yield* Effect.acquireRelease(
        Effect.sync(() => recorder.begin(sent)),
        (entry) => Effect.sync(() => entry.end(Exit.interrupt(FiberId.none)))
      )
      const events = takeUntilCompleted(Stream.unwrap(Effect.map(answer(entry.index), streamOf)))
      return withStreamHooks(
        onCompletion(events, { onCompleted: () => {}, onEnd: (exit) => entry.end(exit) }),
        sent.options
      )
    })
  )

const idOf = (model: ModelId | string): string => (typeof model === "string" ? model : `${model.author}/${model.slug}`)

/** The answers where the test says nothing. */
const usual = {
  generate: ({ n = 1 }) => Samples.response({ data: Samples.pictures(n) }),
  generateStream: ({ n = 1 }) => Samples.events(n),
  listModels: (): ImageModelsListResponse => ({ data: [Samples.model()] }),
  listModelEndpoints: (model): ImageModelEndpointsResponse => ({ id: idOf(model), endpoints: [Samples.endpoint()] })
} satisfies Answers

export const make = (answers: Answers, recorder: Recorder): Service => {
  const { generate, generateStream, listModelEndpoints, listModels } = { ...usual, ...present(answers) }
  return tellingAttempts({
    generate: (request, options = {}) =>
      Effect.zipRight(
        orInvalidRequest("generate", encodeRequest(request)),
        once(recorder, { operation: "generate", request, options }, (index) =>
          Effect.flatMap(choose("generate", generate, [request, index], index), give)
        )
      ),
    generateStream: (request, options = {}) =>
      Stream.unwrap(
        Effect.as(
          orInvalidRequest("generateStream", encodeRequest(request)),
          streamedOnce(recorder, { operation: "generateStream", request, options }, (index) =>
            choose("generateStream", generateStream, [request, index], index)
          )
        )
      ),
    listModels: (options = {}) =>
      once(recorder, { operation: "listModels", options }, (index) =>
        Effect.flatMap(choose("listModels", listModels, [index], index), give)
      ),
    listModelEndpoints: (model, options = {}) =>
      Effect.zipRight(
        orInvalidRequest("listModelEndpoints", endpointsPath(model)),
        once(recorder, { operation: "listModelEndpoints", model, options }, (index) =>
          Effect.flatMap(choose("listModelEndpoints", listModelEndpoints, [model, index], index), give)
        )
      )
  })
}

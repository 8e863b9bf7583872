/**
 * One attempt at a streamed call. It succeeds with the first events in hand: only until then may it be retried. After
 * that the consumer pulls the bytes. Back-pressure reaches the socket: a slow consumer slows it down, and one that
 * stops closes it.
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Errors from "../../Errors.js"
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import type { ImageStreamEvent } from "../../Schema/ImageStreamEvent.js"
import { type Pull, toStream } from "../concurrency/streams.js"
import { orFail } from "../errors/orFail.js"
import { isSuccess } from "../errors/status.js"
import { completedEvents } from "../response/completedEvents.js"
import { type EventFailure, EventReader } from "../response/eventReader.js"
import type { Kind } from "./bodyKind.js"
import { type Attempt, announce } from "./buffered.js"
import { type Bytes, drain, interruptionOf, peek, pull, recoverStatusError } from "./bytes.js"
import { answerOf } from "./clientFailure.js"
import { type IdleTimeout, makeIdleTimeout } from "./idleTimeout.js"
import { type Ending, type Interruption, interruptedError, outcomeOf, type Received, receive } from "./outcome.js"

/** What a streamed attempt needs besides its request. */
export interface Streaming<E> extends Attempt<ImageGenerationResponse, E> {
  /** The largest event, in bytes. */
  readonly maxEventBytes: number
}

type Failure<E> = E | Errors.OpenRouterDefaultError | Errors.ClientSideError
type StreamFailure<E> = Failure<E> | Errors.ImageStreamError | Errors.IncompleteStreamError

type Events = ReadonlyArray<ImageStreamEvent>

/** Pulls bytes until there are events, or until no more will come. */
const pullEvents = (
  reader: EventReader,
  bytes: Bytes,
  keepAlive: Effect.Effect<void>
): Effect.Effect<Events, Ending> => {
  let told = reader.keepAlives
  const more: Effect.Effect<Events, Ending> = Effect.flatMap(bytes, (chunk) => {
    const events = chunk.flatMap((part) => reader.read(part))
    const next = events.length > 0 || reader.closed !== undefined ? Effect.succeed(events) : more
    if (reader.keepAlives === told) return next
    told = reader.keepAlives
    return Effect.zipRight(keepAlive, next)
  })
  return more
}

/** The next events. It fails as the reader says. */
const nextEvents = (reader: EventReader, more: Effect.Effect<Events, Ending>): Pull<ImageStreamEvent, EventFailure> =>
  Effect.suspend(() =>
    reader.closed !== undefined
      ? Effect.fail(reader.closed)
      : Effect.catchAll(more, (ending) => Effect.sync(() => reader.end(ending))).pipe(
          Effect.flatMap((events) => (events.length > 0 ? Effect.succeed(events) : nextEvents(reader, more)))
        )
  )

const isEventStream = ({ headers }: Received): boolean => /^text\/event-stream\b/i.test(headers["content-type"] ?? "")

/** The first bytes decide whether it is a stream. Where they do not, the label does. */
const isStream = (received: Received, kind: Kind | undefined): boolean =>
  isSuccess(received.status) && (kind === "events" || (kind !== "json" && isEventStream(received)))

/** Reads from the head of the answer to its first events. Returns the stream of all events. */
const begin = <E>(
  streaming: Streaming<E>,
  idle: IdleTimeout<Interruption>,
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Stream.Stream<ImageStreamEvent, StreamFailure<E>>, StreamFailure<E>, Scope.Scope> =>
  Effect.gen(function* () {
    const { keepAlive, redact, maxEventBytes, maxResponseBytes, spec } = streaming
    const pulled = Effect.map(yield* pull(response), (chunk) => {
      idle.reset()
      return chunk
    })
    const received = receive(spec, response, redact, yield* Clock.currentTimeMillis)
    yield* announce(received, streaming)
    const { bytes, kind } = isSuccess(received.status)
      ? yield* peek(pulled, keepAlive, idle.guard)
      : { bytes: pulled, kind: undefined }
    if (!isStream(received, kind)) {
      // An error, or the JSON of a provider that cannot stream.
      const guarded = idle.guard(drain(bytes, received, maxResponseBytes, keepAlive))
      const ending = yield* Effect.match(guarded, { onFailure: identity, onSuccess: identity })
      return Stream.fromIterable(completedEvents(yield* orFail(outcomeOf(spec, received, ending))))
    }
    const reader = new EventReader(received, maxEventBytes)
    const next = nextEvents(reader, idle.guard(pullEvents(reader, bytes, keepAlive)))
    // A stream that ends well has had an event: the reader returns none only together with a failure.
    const first = yield* Effect.catchAll(
      next,
      Option.match({ onNone: () => Effect.succeed<Events>([]), onSome: Effect.fail })
    )
    return Stream.concat(Stream.fromIterable(first), toStream(next))
  })

/** Keeps what an attempt opened for as long as its stream lasts. Closes it at once when the attempt fails. */
const inScopeOfItsOwn = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Effect.Effect<A, E, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const own = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
      return yield* restore(Scope.extend(effect, own)).pipe(
        Effect.onError((cause) => Scope.close(own, Exit.failCause(cause)))
      )
    })
  )

/** Sends the request once and waits for the first events. */
export const sendStreamed = <E>(
  client: HttpClient.HttpClient.With<HttpClientError, Scope.Scope>,
  request: HttpClientRequest.HttpClientRequest,
  streaming: Streaming<E>
): Effect.Effect<Stream.Stream<ImageStreamEvent, StreamFailure<E>>, StreamFailure<E>, Scope.Scope> =>
  Effect.gen(function* () {
    const { redact, spec, timeout } = streaming
    const idle = yield* makeIdleTimeout(timeout, () => ({ _tag: "TimedOut" as const, timeout }))
    const head = client.execute(request).pipe(
      Effect.catchAll(recoverStatusError),
      Effect.mapError((error) => ({ _tag: "Failed" as const, error }))
    )
    return yield* Effect.matchEffect(idle.guard(head), {
      onSuccess: (response) => begin(streaming, idle, response),
      onFailure: (failure) => {
        const cut = failure._tag === "Failed" ? interruptionOf(failure.error) : failure
        const answer = failure._tag === "Failed" ? answerOf(failure.error) : undefined
        if (answer === undefined) return Effect.fail(interruptedError({ operation: spec.operation, redact }, [], cut))
        // The head is known, whatever the client did with the body.
        return Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const received = receive(spec, answer, redact, now)
          return Effect.zipRight(
            announce(received, streaming),
            Effect.as(orFail(outcomeOf(spec, received, cut)), Stream.empty)
          )
        })
      }
    })
  }).pipe(inScopeOfItsOwn)

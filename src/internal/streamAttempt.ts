/**
 * One attempt at a streamed call. It succeeds with the first events in hand: only until then may it be tried again. From
 * there on whoever takes the events pulls the bytes, so a slow consumer slows the socket, and one who stops closes it.
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Errors from "../Errors.js"
import type { ImageGenerationResponse } from "../Schema/ImageGenerationResponse.js"
import { Completed, type ImageStreamEvent } from "../Schema/ImageStreamEvent.js"
import type { Attempt } from "./attempt.js"
import { answered, type Bytes, broken, drain, pull } from "./bytes.js"
import { type Arrived, arrive, conclude, type Ending } from "./conclude.js"
import { type EventFailure, EventReader } from "./eventReader.js"
import { present } from "./present.js"
import { isSuccess } from "./responseError.js"

/** What a streamed attempt needs to know besides its request. */
export interface Streaming<E> extends Attempt<ImageGenerationResponse, E> {
  /** The most bytes that one event may have. */
  readonly maxEventBytes: number
}

type Failure<E> = E | Errors.OpenRouterDefaultError | Errors.ClientSideError
type StreamFailure<E> = Failure<E> | Errors.ImageStreamError | Errors.IncompleteStreamError

const within = <A, R>(effect: Effect.Effect<A, Ending, R>, timeout: Duration.Duration): Effect.Effect<A, Ending, R> =>
  Effect.timeoutFail(effect, { duration: timeout, onTimeout: (): Ending => ({ _tag: "TimedOut", timeout }) })

/** Each picture is an event; what they cost together comes with the last. */
const eventsOf = ({ created, data, usage }: ImageGenerationResponse): Chunk.Chunk<ImageStreamEvent> =>
  Chunk.fromIterable(
    data.map(
      (image, i) => new Completed({ image, created, ...present({ usage: i === data.length - 1 ? usage : undefined }) })
    )
  )

const concluded = <E>(streaming: Streaming<E>, arrived: Arrived | undefined, ending: Ending) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => conclude(streaming.reading, arrived, ending, streaming.mask, now))

/** An answer that is no stream: an error, or the JSON of a provider that cannot stream. */
const buffered = <E>(
  streaming: Streaming<E>,
  arrived: Arrived,
  bytes: Bytes
): Effect.Effect<Chunk.Chunk<ImageStreamEvent>, Failure<E>> =>
  drain(bytes, arrived.body, Number.POSITIVE_INFINITY, streaming.keepAlive).pipe(
    Effect.flatMap((ending) => concluded(streaming, arrived, ending)),
    Effect.map(eventsOf)
  )

const isEventStream = (headers: Readonly<Record<string, string>>): boolean =>
  /^text\/event-stream\b/i.test(headers["content-type"] ?? "")

type Events = Chunk.Chunk<ImageStreamEvent>

/** Pulls bytes until there are events, and ends as the reader says. */
const nextEvents = (
  reader: EventReader,
  bytes: Bytes,
  keepAlive: Effect.Effect<void>
): Effect.Effect<Events, Option.Option<EventFailure>> =>
  Effect.suspend(() => {
    if (reader.closed !== undefined) return Effect.fail(reader.closed)
    const before = reader.keepAlives
    return Effect.match(bytes, {
      onSuccess: (chunk) => Chunk.toReadonlyArray(chunk).flatMap((part) => reader.read(part)),
      onFailure: (ending) => reader.end(ending)
    }).pipe(
      Effect.tap(() => (reader.keepAlives > before ? keepAlive : Effect.void)),
      Effect.flatMap((events) =>
        events.length > 0 ? Effect.succeed(Chunk.unsafeFromArray(events)) : nextEvents(reader, bytes, keepAlive)
      )
    )
  })

/** From the head of the answer to its first events, and the stream of all of them. */
const begin = <E>(
  streaming: Streaming<E>,
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Stream.Stream<ImageStreamEvent, StreamFailure<E>>, StreamFailure<E>, Scope.Scope> =>
  Effect.gen(function* () {
    const bytes = within(yield* pull(response), streaming.timeout)
    const arrived = arrive(streaming.reading.operation, response)
    const reader = new EventReader({ ...arrived, mask: streaming.mask }, streaming.maxEventBytes)
    if (!isSuccess(response.status) || !isEventStream(arrived.headers)) {
      const events = yield* buffered(streaming, arrived, bytes)
      return Chunk.isEmpty(events) ? yield* reader.incomplete() : Stream.fromChunk(events)
    }
    const next = nextEvents(reader, bytes, streaming.keepAlive)
    // A stream that ends as it should has had an event: the reader gives none only together with a failure.
    const first = yield* Effect.catchAll(
      next,
      Option.match({ onNone: () => Effect.succeed(Chunk.empty<ImageStreamEvent>()), onSome: Effect.fail })
    )
    return Stream.concat(Stream.fromChunk(first), Stream.repeatEffectChunkOption(next))
  })

/** Keeps what an attempt opened for as long as its stream lasts, and closes it at once when the attempt fails. */
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
export const streamAttempt = <E>(
  client: HttpClient.HttpClient.With<HttpClientError, Scope.Scope>,
  request: HttpClientRequest.HttpClientRequest,
  streaming: Streaming<E>
): Effect.Effect<Stream.Stream<ImageStreamEvent, StreamFailure<E>>, StreamFailure<E>, Scope.Scope> =>
  within(client.execute(request).pipe(Effect.catchAll(answered), Effect.mapError(broken)), streaming.timeout).pipe(
    Effect.matchEffect({
      onSuccess: (response) => begin(streaming, response),
      onFailure: (ending) => Effect.as(concluded(streaming, undefined, ending), Stream.empty)
    }),
    inScopeOfItsOwn
  )

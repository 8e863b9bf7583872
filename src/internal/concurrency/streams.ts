/**
 * The elements of a stream, pulled a batch at a time. That is cheaper than the operators of Stream, and reads nothing
 * before it is asked for.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as SubscriptionRef from "effect/SubscriptionRef"

/** The next elements. It fails with the error of the stream, or with none at its end. */
export type Pull<A, E> = Effect.Effect<ReadonlyArray<A>, Option.Option<E>>

/** Closing the scope ends the stream. */
export const fromStream = <A, E>(stream: Stream.Stream<A, E>): Effect.Effect<Pull<A, E>, never, Scope.Scope> =>
  Effect.map(Stream.toPull(stream), Effect.map(Chunk.toReadonlyArray))

/** The value of a reference now, and each one after it. */
export const changesOf = <A>(ref: SubscriptionRef.SubscriptionRef<A>): Stream.Stream<A> => ref.changes

/** Whether a value is a stream, not another collection. */
export const isStream = <A, E, R>(value: Iterable<A> | Stream.Stream<A, E, R>): value is Stream.Stream<A, E, R> =>
  Predicate.hasProperty(value, Stream.StreamTypeId)

/** The stream of all that a pull returns. */
export const toStream = <A, E>(pull: Pull<A, E>): Stream.Stream<A, E> =>
  Stream.repeatEffectChunkOption(Effect.map(pull, Chunk.unsafeFromArray))

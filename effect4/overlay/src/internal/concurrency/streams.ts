// Overlay: a stream of Effect 4 pulls arrays, and ends with Done in the error channel.
/**
 * The elements of a stream, pulled a batch at a time. That is cheaper than the operators of Stream, and reads nothing
 * before it is asked for.
 */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"

/** The next elements. It fails with the error of the stream, or with none at its end. */
export type Pull<A, E> = Effect.Effect<ReadonlyArray<A>, Option.Option<E>>

/** Closing the scope ends the stream. */
export const fromStream = <A, E>(stream: Stream.Stream<A, E>): Effect.Effect<Pull<A, E>, never, Scope.Scope> =>
  Effect.map(
    Stream.toPull(stream),
    Effect.mapError((end) => (Cause.isDone(end) ? Option.none() : Option.some(end)))
  )

/** The value of a reference now, and each one after it. */
export const changesOf = <A>(ref: SubscriptionRef.SubscriptionRef<A>): Stream.Stream<A> => SubscriptionRef.changes(ref)

/** Whether a value is a stream, not another collection. */
export const isStream = <A, E, R>(value: Iterable<A> | Stream.Stream<A, E, R>): value is Stream.Stream<A, E, R> =>
  Stream.isStream(value)

/** The stream of all that a pull returns. */
export const toStream = <A, E>(pull: Pull<A, E>): Stream.Stream<A, E> => {
  const next: Effect.Effect<Arr.NonEmptyReadonlyArray<A>, E | Cause.Done> = pull.pipe(
    Effect.catch(
      (end): Effect.Effect<never, E | Cause.Done> => (Option.isNone(end) ? Cause.done() : Effect.fail(end.value))
    ),
    Effect.flatMap((batch) => (Arr.isReadonlyArrayNonEmpty(batch) ? Effect.succeed(batch) : next))
  )
  return Stream.fromPull(Effect.succeed(next))
}

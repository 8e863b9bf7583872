/** What is done beside a call, so that it can do the call no harm. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { LazyArg } from "effect/Function"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"

/** In a few words, what went wrong. */
export const reasonOf = (cause: Cause.Cause<unknown>): string => {
  if (Cause.isInterruptedOnly(cause)) return "it was interrupted"
  const reason = Cause.squash(cause)
  return reason instanceof Error && reason.message !== "" ? reason.message : "it broke down"
}

/** A logger that throws does no harm either. A line of the log is also an event of the span, so where the span is broken it is told without. */
const warn = (message: string, cause: Cause.Cause<unknown>): Effect.Effect<void> => {
  const logged = Effect.suspend(() => Effect.logWarning(`${message}: ${reasonOf(cause)}`, cause))
  const withoutSpan = Effect.mapInputContext(logged, (context: Context.Context<never>) =>
    Context.omit(Tracer.ParentSpan)(context as Context.Context<Tracer.ParentSpan>)
  )
  return logged.pipe(
    Effect.catchAllCause(() => withoutSpan),
    Effect.catchAllCause(() => Effect.void)
  )
}

/** What an effect comes to. Where it fails, throws or dies there is nothing, and a warning in the log that begins with `otherwise`. */
export const bestEffortOption = <A, R>(
  otherwise: string,
  effect: LazyArg<Effect.Effect<A, unknown, R>>
): Effect.Effect<Option.Option<A>, never, R> =>
  Effect.suspend(effect).pipe(
    Effect.asSome,
    Effect.catchAllCause((cause) => Effect.as(warn(otherwise, cause), Option.none()))
  )

/**
 * The rule of all layers: once a picture has come, or a failure tells what a call cost, nothing that a layer still does may take its place. So
 * whatever is done from then on is done by this, which never fails or dies. In a region that is not interrupted it is not either.
 */
export const bestEffort = <R>(
  otherwise: string,
  effect: LazyArg<Effect.Effect<unknown, unknown, R>>
): Effect.Effect<void, never, R> => Effect.asVoid(bestEffortOption(otherwise, effect))

/**
 * Work that may hang, such as a store's: after this time it fails with a TimeoutException. In a region that is not interrupted the work is not either, but
 * it is not waited for beyond its time. (A child would not do: it is sent its parent's interruption, whatever region the parent is in.)
 */
export const withinTime = <A, E>(
  duration: Duration.DurationInput,
  work: LazyArg<Effect.Effect<A, E>>
): Effect.Effect<A, E | Cause.TimeoutException> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const end = yield* Deferred.make<A, E | Cause.TimeoutException>()
      const fiber = yield* Effect.forkDaemon(Deferred.complete(end, Effect.interruptible(Effect.suspend(work))))
      const timeout = new Cause.TimeoutException(`it took more than ${Duration.format(duration)}`)
      const timer = yield* Effect.forkDaemon(Effect.interruptible(Effect.delay(Deferred.fail(end, timeout), duration)))
      return yield* Effect.ensuring(
        restore(Deferred.await(end)),
        Effect.forEach([fiber, timer], (one) => Fiber.interruptFork(one), { discard: true })
      )
    })
  )

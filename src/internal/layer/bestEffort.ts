/** Work beside a call that cannot harm the call. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { LazyArg } from "effect/Function"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import { effectOf } from "./effectOf.js"

/** What went wrong, in a few words. */
export const reasonOf = (cause: Cause.Cause<unknown>): string => {
  if (Cause.isInterruptedOnly(cause)) return "it was interrupted"
  const reason = Cause.squash(cause)
  return reason instanceof Error && reason.message !== "" ? reason.message : "it broke down"
}

/**
 * A logger that throws does no harm either. A log line is also a span event, so if the span is broken the line is
 * logged without it.
 */
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

/**
 * The result of an effect. If it fails, throws or dies, the result is none, and the log has a warning that begins with
 * `otherwise`.
 */
export const bestEffortOption = <A, R>(
  otherwise: string,
  effect: LazyArg<Effect.Effect<A, unknown, R>>
): Effect.Effect<Option.Option<A>, never, R> =>
  effectOf(effect).pipe(
    Effect.asSome,
    Effect.catchAllCause((cause) => Effect.as(warn(otherwise, cause), Option.none()))
  )

/**
 * The rule of all layers: once a picture has come, or a failure tells what a call cost, no later work of a layer may
 * replace it. So all later work goes through this function, which never fails or dies. In an uninterruptible region the
 * work is uninterruptible too.
 */
export const bestEffort = <R>(
  otherwise: string,
  effect: LazyArg<Effect.Effect<unknown, unknown, R>>
): Effect.Effect<void, never, R> =>
  Effect.catchAllCause(Effect.asVoid(effectOf(effect)), (cause) => warn(otherwise, cause))

/**
 * Limits work that may hang, such as a store's: after this time it fails with a TimeoutException. In an uninterruptible
 * region interruption does not end the work, but nobody waits for it beyond its time. (A child fiber would not do: it
 * receives its parent's interruption, whatever region the parent is in.)
 */
export const withinTime = <A, E>(
  duration: Duration.DurationInput,
  work: LazyArg<Effect.Effect<A, E>>
): Effect.Effect<A, E | Cause.TimeoutException> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const end = yield* Deferred.make<A, E | Cause.TimeoutException>()
      const fiber = yield* Effect.forkDaemon(Deferred.complete(end, Effect.interruptible(effectOf(work))))
      const timeout = new Cause.TimeoutException(`it took more than ${Duration.format(Duration.decode(duration))}`)
      const timer = yield* Effect.forkDaemon(Effect.interruptible(Effect.delay(Deferred.fail(end, timeout), duration)))
      return yield* Effect.ensuring(
        restore(Deferred.await(end)),
        Effect.forEach([fiber, timer], (one) => Effect.forkDaemon(Fiber.interrupt(one)), { discard: true })
      )
    })
  )

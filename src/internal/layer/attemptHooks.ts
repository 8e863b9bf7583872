/** The hooks around each attempt of a call: the caller's own and those of layers. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { RequestOptions } from "../../Client.js"
import type { OpenRouterError } from "../../Errors.js"
import { bestEffort } from "./bestEffort.js"
import { effectOf } from "./effectOf.js"

/** The typed failure of a call or an attempt. None for a success, an interruption and a defect. */
export const failureOf = <E>(exit: Exit.Exit<unknown, E>): Option.Option<E> =>
  Exit.isSuccess(exit) ? Option.none() : Cause.failureOption(exit.cause)

/** What a layer runs around each attempt. */
export interface Listener {
  /** Runs before the attempt is sent, after the caller's own hook. Nothing comes between this and the attempt. */
  readonly onAttempt?: Effect.Effect<void>
  /** Runs when the head of an answer names its generation, before the caller's own hook. */
  readonly onGenerationId?: (generationId: string) => Effect.Effect<void>
  /** Runs after the attempt and before the caller's own hook, which may take its time. */
  readonly onAttemptEnd: (exit: Exit.Exit<void, OpenRouterError>) => Effect.Effect<void>
  /** A listener for one of several calls that a layer below makes at a time. Without it they share this one. */
  readonly fork?: () => Listener
}

export type Hooks = Pick<RequestOptions, "onAttempt" | "onAttemptEnd" | "onGenerationId" | "onKeepAlive">

const forks = new WeakMap<NonNullable<Hooks["onAttemptEnd"]>, () => Hooks>()

/** Hooks that are made anew for each of several calls in place of one. */
export const forkable = <A extends Hooks>(hooks: A, fork: () => Hooks): A => {
  if (hooks.onAttemptEnd !== undefined) forks.set(hooks.onAttemptEnd, fork)
  return hooks
}

/** The options for one of several calls in place of one. The caller's own hooks run for each. */
export const forCall = <A extends Hooks>(options: A): A => {
  const fork = options.onAttemptEnd && forks.get(options.onAttemptEnd)
  return fork === undefined ? options : { ...options, ...fork() }
}

/**
 * Runs the caller's hook for an attempt that has ended. The outcome may hold pictures, so it stands whatever the hook
 * does.
 */
const runEndHook = (hook: Hooks["onAttemptEnd"], exit: Exit.Exit<void, OpenRouterError>): Effect.Effect<void> =>
  hook === undefined ? Effect.void : bestEffort("The hook onAttemptEnd is broken", () => hook(exit))

/** The caller's hook runs although the layer's dies. */
const both =
  (layers: NonNullable<Listener["onGenerationId"]>, callers: NonNullable<RequestOptions["onGenerationId"]>) =>
  (generationId: string): Effect.Effect<void> =>
    Effect.zipRight(
      bestEffort("A layer is not told the id of a generation", () => layers(generationId)),
      effectOf(() => callers(generationId))
    )

const bothAttempts = (callers: Effect.Effect<void>, layers: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.zipRight(
    effectOf(() => callers),
    layers
  )

/** The call's options, with a listener at each attempt. */
export const withListener = (listener: Listener, options: RequestOptions = {}): RequestOptions => {
  const onAttempt =
    options.onAttempt !== undefined && listener.onAttempt !== undefined
      ? bothAttempts(options.onAttempt, listener.onAttempt)
      : (listener.onAttempt ?? options.onAttempt)
  const onGenerationId =
    options.onGenerationId !== undefined && listener.onGenerationId !== undefined
      ? both(listener.onGenerationId, options.onGenerationId)
      : (listener.onGenerationId ?? options.onGenerationId)
  const hooks: RequestOptions = {
    ...options,
    ...(onAttempt === undefined ? {} : { onAttempt }),
    ...(onGenerationId === undefined ? {} : { onGenerationId }),
    onAttemptEnd: (exit) =>
      Effect.zipRight(
        bestEffort("A layer is not told how an attempt ended", () => listener.onAttemptEnd(exit)),
        runEndHook(options.onAttemptEnd, exit)
      )
  }
  return forkable(hooks, () => withListener(listener.fork?.() ?? listener, forCall(options)))
}

/**
 * An attempt with the caller's hooks around it. A failure before it is sent may end the call, because that costs
 * nothing.
 */
export const withHooks =
  ({ onAttempt, onAttemptEnd }: Pick<Hooks, "onAttempt" | "onAttemptEnd">) =>
  <A, E extends OpenRouterError, R>(attempt: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    const ended =
      onAttemptEnd === undefined
        ? attempt
        : attempt.pipe(
            Effect.tapError((error) => runEndHook(onAttemptEnd, Exit.fail(error))),
            Effect.tap(() => runEndHook(onAttemptEnd, Exit.void))
          )
    return onAttempt === undefined
      ? ended
      : Effect.zipRight(
          effectOf(() => onAttempt),
          ended
        )
  }

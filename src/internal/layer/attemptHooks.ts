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

/** An attempt as the layers know it. */
export interface Attempt {
  /** The generation that it is about, once it is known. */
  readonly generationId?: string | undefined
  /** How it ended, once it has. */
  readonly exit?: Exit.Exit<void, OpenRouterError> | undefined
}

/** One of several calls in place of one. */
export interface Part {
  readonly index: number
  /** How many calls there are. */
  readonly calls: number
  /** How many pictures it asks for. */
  readonly pictures: number
}

/** What a layer runs around each attempt. */
export interface Listener {
  /** Runs before the attempt is sent, after the caller's own hook, and may delay it. */
  readonly onAttempt?: Effect.Effect<void>
  /** Runs when nothing delays the attempt any more. */
  readonly onSend?: Effect.Effect<void>
  /** Runs when the head of an answer names its generation, before the caller's own hook. */
  readonly onGenerationId?: (generationId: string) => Effect.Effect<void>
  /** Runs after the attempt and before the caller's own hook, which may take its time. */
  readonly onAttemptEnd: (exit: Exit.Exit<void, OpenRouterError>) => Effect.Effect<void>
  /** A listener for one of several calls that a layer below makes at a time. Without it they share this one. */
  readonly fork?: (part: Part) => Listener
  /**
   * Runs where several callers share the attempts of one call. The latest attempt is this caller's from now on; none
   * where it is another's.
   */
  readonly onTakeOver?: (attempt: Attempt | undefined) => Effect.Effect<void>
}

export type Hooks = Pick<RequestOptions, "onAttempt" | "onAttemptEnd" | "onGenerationId" | "onKeepAlive">

/** What comes before an attempt: first what may delay it, then what is told that it is sent. */
interface Before {
  readonly wait?: Effect.Effect<void> | undefined
  readonly send?: Effect.Effect<void> | undefined
}

const parts = new WeakMap<Effect.Effect<void>, Before>()

/** The parts of a hook. One that no layer has made may delay the attempt as a whole. */
export const partsOf = ({ onAttempt }: Hooks): Before =>
  onAttempt === undefined ? {} : (parts.get(onAttempt) ?? { wait: onAttempt })

const inOrder = (first: Effect.Effect<void> | undefined, second: Effect.Effect<void> | undefined) =>
  first === undefined || second === undefined
    ? (first ?? second)
    : Effect.zipRight(
        effectOf(() => first),
        second
      )

/** One hook of both parts. */
export const hookOf = (before: Before): Effect.Effect<void> | undefined => {
  const hook = inOrder(before.wait, before.send)
  if (hook !== undefined) parts.set(hook, before)
  return hook
}

/** What layers do with hooks besides running them. */
interface Shared {
  readonly fork: (part: Part) => Hooks
  readonly takeOver: (attempt: Attempt | undefined) => Effect.Effect<void>
}

const shared = new WeakMap<NonNullable<Hooks["onAttemptEnd"]>, Shared>()

const sharedOf = ({ onAttemptEnd }: Hooks): Shared | undefined => onAttemptEnd && shared.get(onAttemptEnd)

/** Hooks that are made anew for each of several calls in place of one. */
export const forkable = <A extends Hooks>(
  hooks: A,
  fork: Shared["fork"],
  takeOver: Shared["takeOver"] = () => Effect.void
): A => {
  if (hooks.onAttemptEnd !== undefined) shared.set(hooks.onAttemptEnd, { fork, takeOver })
  return hooks
}

/** The options for one of several calls in place of one. The caller's own hooks run for each. */
export const forCall = <A extends Hooks>(options: A, part: Part): A => ({
  ...options,
  ...sharedOf(options)?.fork(part)
})

/** Tells the layers of these hooks whose the latest attempt is. */
export const takeOver = (hooks: Hooks, attempt: Attempt | undefined): Effect.Effect<void> =>
  sharedOf(hooks)?.takeOver(attempt) ?? Effect.void

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

/** The call's options, with a listener at each attempt. */
export const withListener = (listener: Listener, options: RequestOptions = {}): RequestOptions => {
  const { send, wait } = partsOf(options)
  const onAttempt = hookOf({ wait: inOrder(wait, listener.onAttempt), send: inOrder(send, listener.onSend) })
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
  return forkable(
    hooks,
    (part) => withListener(listener.fork?.(part) ?? listener, forCall(options, part)),
    (attempt) =>
      Effect.zipRight(
        takeOver(options, attempt),
        bestEffort("A layer is not told whose an attempt is", () => listener.onTakeOver?.(attempt) ?? Effect.void)
      )
  )
}

/** How a cause ends an attempt. One that was interrupted has no end. */
const endOf = <E>(cause: Cause.Cause<E>): Exit.Exit<never, E> | undefined =>
  Option.match(Cause.failureOption(cause), {
    onSome: Exit.fail,
    onNone: () => (Cause.isInterrupted(cause) ? undefined : Exit.failCause(cause))
  })

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
            Effect.catchAllCause((cause) => {
              const exit = endOf(cause)
              const told = exit === undefined ? Effect.void : runEndHook(onAttemptEnd, exit)
              return Effect.zipRight(told, Effect.failCause(cause))
            }),
            Effect.tap(() => runEndHook(onAttemptEnd, Exit.void))
          )
    return onAttempt === undefined
      ? ended
      : Effect.zipRight(
          effectOf(() => onAttempt),
          ended
        )
  }

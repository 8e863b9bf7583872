/** The gate of a rate limit. Its state is a value and each change of it is pure. Two queues wait around it. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { OpenRouterError } from "../../Errors.js"
import { cooldownOf } from "../../Retry.js"
import { monotonicMillis } from "../concurrency/monotonic.js"
import { failureOf } from "../layer/attemptHooks.js"
import { bestEffort } from "../layer/bestEffort.js"
import { FifoQueue } from "./fifoQueue.js"

export interface Rules {
  /** How many calls at a time. `Infinity` for any number. */
  readonly concurrency: number
  /** Milliseconds from one attempt to the next. */
  readonly interval: number
}

/** Times are milliseconds of the monotonic clock. */
export interface State {
  /** Calls that were let in and have not ended. */
  readonly calls: number
  readonly nextAt: number
  readonly cooldownUntil: number
  /** How many cooldowns there have been. An attempt that was sent in an earlier epoch says nothing about this one. */
  readonly epoch: number
  /** Attempts that were sent in this epoch and have not ended. */
  readonly inFlight: number
  /** How many of those there may be. `Infinity` when the gate is open. */
  readonly window: number
}

export const initial: State = {
  calls: 0,
  nextAt: Number.NEGATIVE_INFINITY,
  cooldownUntil: Number.NEGATIVE_INFINITY,
  epoch: 0,
  inFlight: 0,
  window: Number.POSITIVE_INFINITY
}

/** In how many milliseconds an attempt may be sent. `Infinity` when that depends on the answers of others. */
export const delay = (state: State, now: number): number => {
  const time = Math.max(state.nextAt, state.cooldownUntil) - now
  if (time > 0) return time
  return state.inFlight < state.window ? 0 : Number.POSITIVE_INFINITY
}

/**
 * Counts from now, not from when the attempt could have been sent. So no second exceeds the limit, however late a timer
 * was.
 */
export const onSent = (rules: Rules, state: State, now: number): State => ({
  ...state,
  nextAt: now + rules.interval,
  inFlight: state.inFlight + 1
})

/** The same for an attempt whose end nobody will report. It takes its turn, but is not counted. */
export const onSentUncounted = (rules: Rules, state: State, now: number): State => ({
  ...state,
  nextAt: now + rules.interval
})

/** A cooldown that ends before the current one changes nothing. */
export const pause = (state: State, until: number): State =>
  until > state.cooldownUntil
    ? { ...state, cooldownUntil: until, epoch: state.epoch + 1, inFlight: 0, window: 1 }
    : state

/**
 * An attempt has ended. Only one of this epoch counts. Each success widens the window by one, so each round doubles it.
 */
export const onSettled = (
  rules: Rules,
  state: State,
  attempt: { readonly epoch: number; readonly succeeded: boolean; readonly waiting: number }
): State => {
  if (attempt.epoch !== state.epoch) return state
  const inFlight = state.inFlight - 1
  const window = state.window + (attempt.succeeded ? 1 : 0)
  // The gate opens when it keeps nobody out.
  const open = attempt.succeeded && window >= Math.min(rules.concurrency, inFlight + attempt.waiting)
  return { ...state, inFlight, window: open ? Number.POSITIVE_INFINITY : window }
}

/** A call that was let in. */
export interface Pass {
  /** Waits for a turn before another attempt. The first attempt had its turn when the call was let in. */
  readonly onAttempt: Effect.Effect<void>
  readonly onAttemptEnd: (exit: Exit.Exit<void, OpenRouterError>) => Effect.Effect<void>
  /** A pass for one of several calls inside, which takes turns of its own. The turn of the entrance goes to the first. */
  readonly fork: () => Pass
  /** For an `Images` that runs no hooks. The end of the call then ends an attempt that is still in flight. */
  readonly onCallEnd: (exit: Exit.Exit<void, OpenRouterError>) => Effect.Effect<void>
}

/** What the gate remembers of a call. */
interface Caller {
  inside: boolean
  /** Whether the scope of the call has ended. */
  left: boolean
  /** Whether the attempt that came with the entrance is still unused. */
  fresh: boolean
  /** The epoch in which the attempt in flight was sent. */
  epoch: number | undefined
  /** The calls that it makes at a time in place of one. */
  readonly calls: Array<Caller>
}

const makeCaller = (fresh: boolean): Caller => ({ inside: false, left: false, fresh, epoch: undefined, calls: [] })

/** Calls that a gate has let in and that have not ended. */
const running = Metric.gauge("openrouter_images_running")

export class Gate {
  private state = initial
  private readonly rules: Rules
  // A retry must not wait behind a call that waits for the retrying call to end, so the two have separate queues.
  private readonly entrance = new FifoQueue()
  private readonly attempts = new FifoQueue()
  /** Calls whose turn came with the entrance and is still unused. */
  private readonly unused = new Set<Caller>()

  constructor(rules: Rules) {
    this.rules = rules
  }

  readonly status = Effect.map(monotonicMillis, (now) => ({
    waiting: this.entrance.size + this.attempts.size,
    running: this.state.calls - this.attempts.size,
    heldFor: Duration.millis(Math.max(0, this.state.cooldownUntil - now)),
    window: this.state.window
  }))

  private readonly letIn = (caller: Caller): Effect.Effect<void> =>
    this.entrance.pass(
      Effect.suspend(() => {
        if (this.state.calls >= this.rules.concurrency) return Effect.succeed(Number.POSITIVE_INFINITY)
        this.state = { ...this.state, calls: this.state.calls + 1 }
        caller.inside = true
        return Effect.as(Metric.increment(running), 0)
      })
    )

  private readonly send = (caller: Caller): Effect.Effect<void> =>
    this.attempts.pass(
      Effect.map(monotonicMillis, (now) => {
        if (delay(this.state, now) === Number.POSITIVE_INFINITY) this.takeBack()
        const millis = delay(this.state, now)
        if (millis > 0) return millis
        if (caller.left) {
          this.state = onSentUncounted(this.rules, this.state, now)
        } else {
          this.state = onSent(this.rules, this.state, now)
          caller.epoch = this.state.epoch
          if (caller.fresh) this.unused.add(caller)
        }
        return 0
      })
    )

  /**
   * Gives the oldest unused turn that came with an entrance to a caller that is ready to send. Its owner may be waiting
   * for another call's attempt (one picture for both), and that attempt for this turn.
   */
  private readonly takeBack = (): void => {
    for (const caller of this.unused) {
      this.unused.delete(caller)
      caller.fresh = false
      if (caller.epoch !== this.state.epoch) continue
      caller.epoch = undefined
      this.state = onSettled(this.rules, this.state, {
        epoch: this.state.epoch,
        succeeded: false,
        waiting: this.attempts.size
      })
      return
    }
  }

  /** Whether the turn that came with the entrance is still valid. One of an earlier epoch is not. */
  private readonly isReady = (caller: Caller): boolean => {
    const ready = caller.fresh && caller.epoch === this.state.epoch
    caller.fresh = false
    this.unused.delete(caller)
    return ready
  }

  /** Whatever attempt of the caller is in flight has ended. */
  private readonly settle = (caller: Caller, succeeded: boolean): Effect.Effect<void> =>
    Effect.suspend(() => {
      const { epoch } = caller
      if (epoch === undefined) return Effect.void
      const narrow = this.state.window < Number.POSITIVE_INFINITY
      this.state = onSettled(this.rules, this.state, { epoch, succeeded, waiting: this.attempts.size })
      caller.epoch = undefined
      const opened = narrow && this.state.window === Number.POSITIVE_INFINITY
      return Effect.zipRight(this.attempts.changed, opened ? Effect.logDebug("rate limit: open again") : Effect.void)
    })

  private readonly coolDown = (error: OpenRouterError): Effect.Effect<void> =>
    Effect.flatMap(monotonicMillis, (now) => {
      const duration = cooldownOf(error)
      if (duration === undefined) return Effect.void
      const { epoch } = this.state
      this.state = pause(this.state, now + Duration.toMillis(duration))
      return this.state.epoch === epoch
        ? Effect.void
        : Effect.zipRight(
            this.attempts.changed,
            Effect.logDebug(`rate limit: cooling down for ${Duration.format(duration)} after ${error._tag}`)
          )
    })

  /** Ends whatever attempts are in flight. */
  private readonly abandon = (caller: Caller): Effect.Effect<void> =>
    Effect.suspend(() => {
      caller.left = true
      this.unused.delete(caller)
      const settled = bestEffort("The rate limit does not see a call end", () => this.settle(caller, false))
      return Effect.zipRight(settled, Effect.forEach(caller.calls, this.abandon, { discard: true }))
    })

  private readonly leave = (caller: Caller): Effect.Effect<void> =>
    this.abandon(caller).pipe(
      Effect.zipRight(
        Effect.suspend(() => {
          if (!caller.inside) return Effect.void
          this.state = { ...this.state, calls: this.state.calls - 1 }
          return Effect.zipRight(this.entrance.changed, Metric.incrementBy(running, -1))
        })
      )
    )

  /** Lets a call in, with its first attempt. The call is inside until the scope ends. */
  readonly enter: Effect.Effect<Pass, never, Scope.Scope> = Effect.acquireRelease(
    Effect.sync(() => makeCaller(true)),
    this.leave
  ).pipe(
    Effect.tap(this.letIn),
    Effect.tap(this.send),
    Effect.map((caller) => this.passOf(caller))
  )

  /** Moves the turn that came with the entrance to the first of several calls that is ready to send. */
  private readonly handOver = (from: Caller, to: Caller): boolean => {
    const { epoch } = from
    if (!this.isReady(from)) return false
    to.epoch = epoch
    from.epoch = undefined
    return true
  }

  private readonly passOf = (caller: Caller, entered?: Caller): Pass => {
    const onAttemptEnd: Pass["onAttemptEnd"] = (exit) =>
      Effect.zipRight(
        this.settle(caller, Exit.isSuccess(exit)),
        Option.match(failureOf(exit), { onNone: () => Effect.void, onSome: this.coolDown })
      )
    return {
      onAttempt: Effect.suspend(() =>
        this.isReady(caller) || (entered !== undefined && this.handOver(entered, caller))
          ? Effect.void
          : Effect.zipRight(this.settle(caller, false), this.send(caller))
      ),
      onAttemptEnd,
      fork: () => {
        const call = makeCaller(false)
        caller.calls.push(call)
        return this.passOf(call, caller)
      },
      onCallEnd: (exit) =>
        Effect.suspend(() =>
          caller.epoch === undefined
            ? Effect.void
            : bestEffort("The rate limit is not told how a call ended", () => onAttemptEnd(exit))
        )
    }
  }
}

/** The gate of a rate limit. What it knows is a value and how that changes is pure; around it two queues wait. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import type { OpenRouterError } from "../../Errors.js"
import { cooldownOf } from "../../Retry.js"
import { afterwards } from "../layer/bestEffort.js"
import { Turnstile } from "./fifoQueue.js"

export interface Rules {
  /** How many calls at a time; `Infinity` for any number. */
  readonly concurrency: number
  /** Milliseconds from one attempt to the next. */
  readonly interval: number
}

/** Times are milliseconds of a clock that never goes back. */
export interface State {
  /** Calls that were let in and have not ended. */
  readonly calls: number
  readonly nextAt: number
  readonly heldUntil: number
  /** The number of the last hold. An attempt that was sent before it tells nothing about the time after it. */
  readonly hold: number
  /** Attempts that were sent since that hold and have not been answered. */
  readonly flying: number
  /** How many of those there may be; `Infinity` when the gate is open. */
  readonly window: number
}

export const initial: State = {
  calls: 0,
  nextAt: Number.NEGATIVE_INFINITY,
  heldUntil: Number.NEGATIVE_INFINITY,
  hold: 0,
  flying: 0,
  window: Number.POSITIVE_INFINITY
}

/** In how many milliseconds an attempt may be sent: `Infinity` when that hangs on the answers of others. */
export const delay = (state: State, now: number): number => {
  const time = Math.max(state.nextAt, state.heldUntil) - now
  if (time > 0) return time
  return state.flying < state.window ? 0 : Number.POSITIVE_INFINITY
}

/** From now, not from when it could have been sent: so no second ever has more than it may have, however late a timer was. */
export const sent = (rules: Rules, state: State, now: number): State => ({
  ...state,
  nextAt: now + rules.interval,
  flying: state.flying + 1
})

/** A hold that ends before the present one changes nothing. */
export const held = (state: State, until: number): State =>
  until > state.heldUntil ? { ...state, heldUntil: until, hold: state.hold + 1, flying: 0, window: 1 } : state

/** The same for an attempt whose end nobody will tell of: it has its turn, and is not counted. */
export const sentUncounted = (rules: Rules, state: State, now: number): State => ({
  ...state,
  nextAt: now + rules.interval
})

/** An attempt that was sent in this hold's time has ended. Each success widens the window by one, so each round doubles it. */
export const landed = (
  rules: Rules,
  state: State,
  attempt: { readonly hold: number; readonly succeeded: boolean; readonly waiting: number }
): State => {
  if (attempt.hold !== state.hold) return state
  const flying = state.flying - 1
  const window = state.window + (attempt.succeeded ? 1 : 0)
  // It is open again when it keeps nobody out.
  const open = attempt.succeeded && window >= Math.min(rules.concurrency, flying + attempt.waiting)
  return { ...state, flying, window: open ? Number.POSITIVE_INFINITY : window }
}

/** A call that is let in. */
export interface Pass {
  /** Waits for its turn before another attempt. The first has had its turn when the call was let in. */
  readonly attempt: Effect.Effect<void>
  readonly failed: (error: OpenRouterError) => Effect.Effect<void>
  readonly succeeded: Effect.Effect<void>
}

/** What the gate remembers of a call. */
interface Caller {
  inside: boolean
  /** The scope of the call has ended. */
  left: boolean
  /** The attempt that came with the entrance has not been used. */
  fresh: boolean
  /** The hold after which the attempt was sent that is under way. */
  hold: number | undefined
  /** The failure that the gate knows already. */
  known: OpenRouterError | undefined
}

/** Calls that a gate has let in and that have not ended. */
const running = Metric.gauge("openrouter_images_running")

/** Not the time of day, which may be set back and would then hold everybody for hours. */
const clock = Effect.map(Effect.clock, (clock) => () => Number(clock.unsafeCurrentTimeNanos()) / 1e6)

export class Gate {
  private state = initial
  private readonly rules: Rules
  // A retry must not stand behind a call that waits for it to end, so the two have a queue each.
  private readonly entrance = new Turnstile()
  private readonly attempts = new Turnstile()
  /** Calls whose turn came with the entrance and is not used yet. */
  private readonly unused = new Set<Caller>()

  constructor(rules: Rules) {
    this.rules = rules
  }

  readonly status = Effect.map(clock, (now) => ({
    waiting: this.entrance.size + this.attempts.size,
    running: this.state.calls - this.attempts.size,
    heldFor: Duration.millis(Math.max(0, this.state.heldUntil - now())),
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
      Effect.map(clock, (clock) => {
        const now = clock()
        if (delay(this.state, now) === Number.POSITIVE_INFINITY) this.takeBack()
        const millis = delay(this.state, now)
        if (millis > 0) return millis
        if (caller.left) {
          this.state = sentUncounted(this.rules, this.state, now)
        } else {
          this.state = sent(this.rules, this.state, now)
          caller.hold = this.state.hold
          if (caller.fresh) this.unused.add(caller)
        }
        return 0
      })
    )

  /**
   * The oldest turn that came with an entrance and is not used yet goes to whoever is ready to send: who has it may be waiting for another call's
   * attempt (one picture for both), and that attempt for this turn.
   */
  private readonly takeBack = (): void => {
    for (const caller of this.unused) {
      this.unused.delete(caller)
      caller.fresh = false
      if (caller.hold !== this.state.hold) continue
      caller.hold = undefined
      this.state = landed(this.rules, this.state, {
        hold: this.state.hold,
        succeeded: false,
        waiting: this.attempts.size
      })
      return
    }
  }

  /** Whether the turn that came with the entrance still holds: none from before a hold does. */
  private readonly isReady = (caller: Caller): boolean => {
    const ready = caller.fresh && caller.hold === this.state.hold
    caller.fresh = false
    this.unused.delete(caller)
    return ready
  }

  /** Whatever attempt of the caller is under way has ended. */
  private readonly land = (caller: Caller, succeeded: boolean): Effect.Effect<void> =>
    Effect.suspend(() => {
      const { hold } = caller
      if (hold === undefined) return Effect.void
      const narrow = this.state.window < Number.POSITIVE_INFINITY
      this.state = landed(this.rules, this.state, { hold, succeeded, waiting: this.attempts.size })
      caller.hold = undefined
      const opened = narrow && this.state.window === Number.POSITIVE_INFINITY
      return Effect.zipRight(this.attempts.changed, opened ? Effect.logDebug("rate limit: open again") : Effect.void)
    })

  private readonly hold = (error: OpenRouterError): Effect.Effect<void> =>
    Effect.flatMap(clock, (clock) => {
      const duration = cooldownOf(error)
      if (duration === undefined) return Effect.void
      const before = this.state.hold
      this.state = held(this.state, clock() + Duration.toMillis(duration))
      return this.state.hold === before
        ? Effect.void
        : Effect.zipRight(
            this.attempts.changed,
            Effect.logDebug(`rate limit: held for ${Duration.format(duration)} after ${error._tag}`)
          )
    })

  private readonly leave = (caller: Caller): Effect.Effect<void> =>
    Effect.suspend(() => {
      caller.left = true
      this.unused.delete(caller)
      return afterwards("The rate limit does not see a call end", () => this.land(caller, false))
    }).pipe(
      Effect.zipRight(
        Effect.suspend(() => {
          if (!caller.inside) return Effect.void
          this.state = { ...this.state, calls: this.state.calls - 1 }
          return Effect.zipRight(this.entrance.changed, Metric.incrementBy(running, -1))
        })
      )
    )

  /** Lets a call in, with its first attempt; it is inside until the scope ends. */
  readonly enter: Effect.Effect<Pass, never, Scope.Scope> = Effect.acquireRelease(
    Effect.sync((): Caller => ({ inside: false, left: false, fresh: true, hold: undefined, known: undefined })),
    this.leave
  ).pipe(
    Effect.tap(this.letIn),
    Effect.tap(this.send),
    Effect.map((caller) => ({
      attempt: Effect.suspend(() =>
        this.isReady(caller) ? Effect.void : Effect.zipRight(this.land(caller, false), this.send(caller))
      ),
      failed: (error) =>
        Effect.suspend(() => {
          if (caller.known === error) return Effect.void
          caller.known = error
          return afterwards("The rate limit is not told of a failure", () =>
            Effect.zipRight(this.land(caller, false), this.hold(error))
          )
        }),
      succeeded: afterwards("The rate limit is not told of a success", () => this.land(caller, true))
    }))
  )
}

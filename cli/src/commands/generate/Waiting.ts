/** What a generation waits for, in words: its answer, its picture, or its next attempt. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as ScheduleDecision from "effect/ScheduleDecision"
import { type Errors, type Images, Retry } from "effect-openrouter-images"
import { Connection } from "../../Connection.js"
import * as Print from "../../output/Print.js"
import { formatEstimate } from "../../output/Text.js"
import { Screen } from "../../terminal/Screen.js"

/** Times are in milliseconds since 1970. */
export type State =
  | { readonly _tag: "Asking"; readonly attempt: number }
  /** The head of the answer has come, or a sign of life; `sign` is when the last sign came. */
  | { readonly _tag: "Drawing"; readonly attempt: number; readonly sign?: number }
  /** `attempt` is the next one. */
  | { readonly _tag: "Retrying"; readonly attempt: number; readonly reason: string; readonly at: number }

type Hooks = { [K in "retry" | "onAttempt" | "onGenerationId" | "onKeepAlive"]: NonNullable<Images.RequestOptions[K]> }

/** What is waited for now. */
export interface Waiting {
  /** For the generation: its retries, and hooks that follow it. */
  readonly options: Hooks
  /** Notes that something of the picture has come. */
  readonly noteSign: Effect.Effect<void>
  readonly words: Effect.Effect<string>
}

/** Why there is another attempt. */
export const reasonOf = (error: Errors.OpenRouterError): string => {
  if (Retry.whenInFlight(error)) return "the credits wait for other calls"
  if (error._tag === "ConnectionError") return "no connection"
  if (!("httpStatus" in error)) return "no answer"
  if (error.status === 429) return "rate limited"
  return error.status === 503 || error.status === 529 ? "overloaded" : `the server failed (${error.status})`
}

const next = (
  { attempt, reason }: { readonly attempt: number; readonly reason: string },
  attempts: number,
  wait: number
) => `${reason}, again in ${formatEstimate(Duration.millis(Math.max(0, wait)))} (attempt ${attempt} of ${attempts})`

/** A server sends a sign of life every few seconds, in milliseconds. */
const longSilence = 10_000

/** The words before the time that has passed. */
export const describe = (state: State, model: string, attempts: number, now: number): string => {
  const again = state.attempt > 1 ? ` (attempt ${state.attempt} of ${attempts})` : ""
  switch (state._tag) {
    case "Asking":
      return `asking ${model}${again}:`
    case "Drawing": {
      const silence = now - (state.sign ?? now)
      if (silence < longSilence) return `${model} is drawing${again}:`
      const seconds = Duration.seconds(Math.floor(silence / 1000))
      return `${model} is drawing, nothing heard for ${formatEstimate(seconds)}${again}:`
    }
    case "Retrying":
      return `${next(state, attempts, state.at - now)}:`
  }
}

/**
 * Follows a generation that begins now. Where no line shows what it waits for, each retry gets a line of its own. Failures
 * that cost nothing are tried again, as often as the connection allows.
 */
export const make = (model: string): Effect.Effect<Waiting, never, Connection | Screen> =>
  Effect.gen(function* () {
    const { attempts } = yield* Connection
    const { isTerminal } = yield* (yield* Screen).stderr
    const state = yield* Ref.make<State>({ _tag: "Asking", attempt: 0 })
    const retrying = (wait: Duration.Duration, error: Errors.OpenRouterError) =>
      Effect.gen(function* () {
        const at = (yield* Clock.currentTimeMillis) + Duration.toMillis(wait)
        const now = yield* Ref.updateAndGet(
          state,
          ({ attempt }) => ({ _tag: "Retrying", attempt: attempt + 1, reason: reasonOf(error), at }) as const
        )
        if (!isTerminal && now._tag === "Retrying") {
          yield* Print.note([["retry", next(now, attempts, Duration.toMillis(wait))]])
        }
      })
    const policy = Retry.make({ maxRetries: attempts - 1 })
    const delays = yield* Retry.toSchedule(policy)
    const schedule = Schedule.intersect(delays, Schedule.identity<Errors.OpenRouterError>()).pipe(
      Schedule.onDecision(([wait, error], decision) =>
        ScheduleDecision.isContinue(decision) ? retrying(wait, error) : Effect.void
      )
    )
    const drawing = (sign: number | undefined) =>
      Ref.update(state, ({ attempt }): State => ({ _tag: "Drawing", attempt, ...(sign === undefined ? {} : { sign }) }))
    const noteSign = Effect.flatMap(Clock.currentTimeMillis, drawing)
    return {
      noteSign,
      options: {
        retry: { ...policy, schedule },
        onAttempt: Ref.update(
          state,
          ({ _tag, attempt }) => ({ _tag: "Asking", attempt: _tag === "Retrying" ? attempt : attempt + 1 }) as const
        ),
        onGenerationId: () => drawing(undefined),
        onKeepAlive: () => noteSign
      },
      words: Effect.zipWith(Ref.get(state), Clock.currentTimeMillis, (now, time) =>
        describe(now, model, attempts, time)
      )
    }
  })

/**
 * How requests are carried out.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Schedule from "effect/Schedule"
import type { OpenRouterError } from "effect-openrouter-images/Errors"
import type * as Retry from "effect-openrouter-images/Retry"

/**
 * What to do when an attempt may have been billed and no picture came of it. That is so after a crash between sending
 * and recording, and where an error says that its `billing` is unknown.
 *
 * Where the answer named its generation, the workers ask what it cost: after 20 seconds, then with growing pauses, for
 * a week. What cost nothing is sent again, three times at most. What was billed fails, and counts as spent.
 *
 * - `fail`: until then the item is `unsettled`, for an hour at most. After that it has failed with that error; where no
 *   answer named the generation, at once. Nothing is sent again.
 * - `retry`: it is sent again at once, by the retry policy's delays and limits. You may pay twice.
 * - `ask`: it waits until somebody decides (`Jobs.decide`) or the record does, for days if need be. It takes up no
 *   worker meanwhile.
 *
 * @since 0.1.0
 * @category models
 */
export type OnUnknown = "fail" | "retry" | "ask"

/**
 * The most `requests` in any stretch of time as long as `window`. Every attempt counts that any worker of the database
 * has begun, by the database's clock. `{ requests: 1, window: "500 millis" }` spaces them evenly.
 *
 * Each worker keeps to its own limit, so give all of them the same one.
 *
 * @since 0.1.0
 * @category models
 */
export interface RateLimit {
  /** A positive integer. */
  readonly requests: number
  /** Longer than zero, and finite. */
  readonly window: Duration.DurationInput
}

/**
 * How requests are carried out.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * When a failed attempt is repeated. A wait outlives the process. Default: `Retry.safe`, which repeats only what cost
   * nothing.
   */
  readonly retry?: Retry.Policy | Schedule.Schedule<unknown, OpenRouterError> | undefined
  /** Default: `fail`. */
  readonly onUnknown?: OnUnknown | undefined
  /** How many requests this process may have under way at once. Default: 8. */
  readonly concurrency?: number | undefined
  /**
   * How long calls under way may take when the process ends. Those that take longer are given up, and their items are
   * told as unknown. Default: as long as they take, which is the client's timeout at most.
   */
  readonly drain?: Duration.DurationInput | undefined
  /** How many requests all workers of the database together may send in a time. Default: no limit. */
  readonly rateLimit?: RateLimit | undefined
}

/**
 * A submission of requests to a job.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type { ImageGenerationRequest } from "effect-openrouter-images/Schema"

/**
 * @since 0.1.0
 * @category models
 */
export interface SubmitOptions {
  /** The job's name. */
  readonly job: string
  /**
   * What the job may cost in US dollars, over all workers. Before a request is sent, the most that it may cost is
   * reserved; where that does not fit, the item fails with BudgetExceededError.
   *
   * A new limit replaces the one before. A call under way that was sent without a limit counts when its answer comes.
   * A limit that is negative, not a number or infinite fails the submission with InvalidRequestError.
   * Default: no limit.
   */
  readonly limitUsd?: number | undefined
  /**
   * The job's share of the workers against those of other jobs: a job of priority 2 gets two places where one of
   * priority 1 gets one, whatever their sizes. A number above 0. Default: 1, or what it was.
   */
  readonly priority?: number | undefined
  /**
   * For how long the items of this submission may wait. One that is not sent by then fails with DeadlineExceededError,
   * at no cost. Default: for ever.
   */
  readonly deadline?: Duration.DurationInput | undefined
  /**
   * The line of your file in which a request stands, from 1. It is kept in `Item.line`, for what you tell people of a
   * failure. Default: unknown.
   *
   * @since 0.2.0
   */
  readonly lineOf?: ((request: ImageGenerationRequest) => number | undefined) | undefined
}

/**
 * What a submission came to.
 *
 * @since 0.1.0
 * @category models
 */
export interface Submitted {
  readonly job: string
  /** How many requests were submitted. */
  readonly requests: number
  /** How many of them the job did not have yet. */
  readonly added: number
}

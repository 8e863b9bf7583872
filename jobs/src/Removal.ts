/**
 * The removal of jobs and of pictures.
 *
 * @since 0.2.0
 */
import type * as Duration from "effect/Duration"

/**
 * What `remove` has removed.
 *
 * @since 0.2.0
 * @category models
 */
export interface Removed {
  readonly job: string
  readonly items: number
  /** How many pictures. 0 unless you ask for them. */
  readonly pictures: number
}

/**
 * Which files `orphans` gives.
 *
 * @since 0.2.0
 * @category models
 */
export interface OrphansOptions {
  /** Only files that were put longer ago. At least an hour. Default: a day. */
  readonly olderThan?: Duration.DurationInput | undefined
}

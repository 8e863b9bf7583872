/**
 * What happens to jobs, for whoever follows them.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"

/**
 * An item ended (`done`, `failed`, `cancelled`), or a job did (`ended`): it is submitted whole, and none of its items is
 * open. What is taken up again ends again, so the same item may have several.
 *
 * @since 0.2.0
 * @category models
 */
export const Event = Schema.Struct({
  /** Its place among all events of the database. To go on after it, give it to `Jobs.events`. */
  cursor: Schema.String,
  kind: Schema.Literal("done", "failed", "cancelled", "ended"),
  job: Schema.String,
  /** The item's id; absent for `ended`. */
  item: Schema.optionalWith(Schema.String, { exact: true }),
  /** Milliseconds since 1970. */
  at: Schema.Number
})
export type Event = typeof Event.Type

/**
 * Which events `Jobs.events` gives.
 *
 * @since 0.2.0
 * @category models
 */
export interface EventsOptions {
  /** Only those of this job. Default: all jobs. */
  readonly job?: string | undefined
  /** Only those after this one, by its `cursor`. Default: from the oldest that is kept, which is a week old. */
  readonly after?: string | undefined
}

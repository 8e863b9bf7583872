/**
 * What can go wrong with a job, besides the library's own errors. Each is a Schema: the database keeps it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Images from "effect-openrouter-images/Errors"

/**
 * An attempt was begun and its outcome was never recorded. The process died between sending and recording, or it lost
 * the database. The picture may have been made and billed: `Item.settlements` says what is known of that.
 *
 * It is not the error of a call that failed with an unknown billing: that is the library's own error.
 *
 * @since 0.1.0
 * @category errors
 */
export class OutcomeUnknownError extends Schema.TaggedError<OutcomeUnknownError>()("OutcomeUnknownError", {
  billing: Schema.Literal("unknown").pipe(
    Schema.propertySignature,
    Schema.withConstructorDefault(() => "unknown" as const)
  ),
  /** The item, as `Item.id` names it. */
  item: Schema.String,
  /** Which attempt it was, from 1. */
  attempt: Schema.Number,
  /** When it was begun, in milliseconds since 1970. */
  begunAt: Schema.Number,
  /** Present if the head of an answer had arrived: a worker then asks what the generation cost. */
  generationId: Schema.optionalWith(Schema.String, { exact: true }),
  /** The defect of a layer that ended it, where there was one. */
  cause: Schema.optionalWith(Schema.String, { exact: true })
}) {
  override get message(): string {
    const when = new Date(this.begunAt).toISOString()
    const how = this.cause === undefined ? "its outcome was never recorded" : `it ended unexpectedly (${this.cause})`
    return `attempt ${this.attempt} of ${this.item} was begun at ${when} and ${how}; whether it was billed is unknown`
  }
}

/**
 * The picture was made and paid for, but the ImageStore did not take it. `generationId` names it in the account's
 * activity.
 *
 * @since 0.1.0
 * @category errors
 */
export class PictureLostError extends Schema.TaggedError<PictureLostError>()("PictureLostError", {
  billing: Schema.Literal("billed").pipe(
    Schema.propertySignature,
    Schema.withConstructorDefault(() => "billed" as const)
  ),
  /** What the store said. */
  description: Schema.String,
  /** In US dollars. Absent where the answer did not say. */
  costUsd: Schema.optionalWith(Schema.Number, { exact: true }),
  generationId: Schema.optionalWith(Schema.String, { exact: true })
}) {
  override get message(): string {
    return `the picture was paid for and could not be stored: ${this.description}`
  }
}

/**
 * The job was cancelled before this item was sent.
 *
 * @since 0.1.0
 * @category errors
 */
export class CancelledError extends Schema.TaggedError<CancelledError>()("CancelledError", {
  billing: Schema.Literal("notBilled").pipe(
    Schema.propertySignature,
    Schema.withConstructorDefault(() => "notBilled" as const)
  ),
  job: Schema.String
}) {
  override get message(): string {
    return `the job ${JSON.stringify(this.job)} was cancelled before this was sent`
  }
}

/**
 * The item was not sent before its deadline, so it was not sent at all.
 *
 * @since 0.2.0
 * @category errors
 */
export class DeadlineExceededError extends Schema.TaggedError<DeadlineExceededError>()("DeadlineExceededError", {
  billing: Schema.Literal("notBilled").pipe(
    Schema.propertySignature,
    Schema.withConstructorDefault(() => "notBilled" as const)
  ),
  /** Milliseconds since 1970. */
  deadlineAt: Schema.Number
}) {
  override get message(): string {
    return `it was not sent before its deadline, ${new Date(this.deadlineAt).toISOString()}`
  }
}

/**
 * A newer version of this package wrote what became of the item, and this one cannot read it. `text` is what it wrote.
 *
 * @since 0.2.0
 * @category errors
 */
export class UnreadableOutcomeError extends Schema.TaggedError<UnreadableOutcomeError>()("UnreadableOutcomeError", {
  /** What the text says about the billing, else `unknown`. */
  billing: Images.Billing,
  /** The outcome as JSON. */
  text: Schema.String
}) {
  override get message(): string {
    return "a newer version of effect-openrouter-images-jobs wrote the outcome of this item, and this one cannot read it"
  }
}

/**
 * What an item can fail with.
 *
 * @since 0.1.0
 * @category unions
 */
export const ItemError = Schema.Union(
  Images.GenerateError,
  OutcomeUnknownError,
  PictureLostError,
  CancelledError,
  DeadlineExceededError,
  UnreadableOutcomeError
)
export type ItemError = typeof ItemError.Type

const actionOn = (
  error: OutcomeUnknownError | PictureLostError | CancelledError | DeadlineExceededError | UnreadableOutcomeError
): string => {
  switch (error._tag) {
    case "OutcomeUnknownError": {
      const where = error.generationId === undefined ? "Look at the account's activity" : "Its record says what it cost"
      return `${where}; retryFailed takes it up again with mayPayTwice.`
    }
    case "PictureLostError":
      return "Make room in the image store; retryFailed pays for it again with mayPayTwice."
    case "CancelledError":
      return "retryFailed takes it up again."
    case "DeadlineExceededError":
      return "Submit the request again with a later deadline, to another job."
    case "UnreadableOutcomeError":
      return "Update this program, and look again."
  }
}

/**
 * An item's error in words, as `Errors.explain` of the library gives them for its own errors.
 *
 * @since 0.1.0
 * @category rendering
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { JobErrors, Jobs } from "effect-openrouter-images-jobs"
 *
 * const program = Stream.runForEach(Jobs.results("catalogue"), ({ outcome }) => {
 *   if (outcome._tag === "Made") return Effect.void
 *   const { action, what } = JobErrors.explain(outcome.error)
 *   return Effect.logError(`${what} ${action}`)
 * })
 * ```
 */
export const explain = (error: ItemError): Images.Explanation => {
  switch (error._tag) {
    case "OutcomeUnknownError":
    case "PictureLostError":
    case "CancelledError":
    case "DeadlineExceededError":
    case "UnreadableOutcomeError":
      return {
        title: error._tag,
        what: error.message,
        cost: Images.explainBilling(error.billing),
        action: actionOn(error),
        details: []
      }
    default:
      return Images.explain(error)
  }
}

/**
 * There is no job of this name.
 *
 * @since 0.1.0
 * @category errors
 */
export class JobNotFoundError extends Schema.TaggedError<JobNotFoundError>()("JobNotFoundError", {
  job: Schema.String
}) {
  override get message(): string {
    return `there is no job ${JSON.stringify(this.job)}`
  }
}

/**
 * The job was cancelled and takes no more requests. `Jobs.retryFailed` opens it again.
 *
 * @since 0.1.0
 * @category errors
 */
export class JobCancelledError extends Schema.TaggedError<JobCancelledError>()("JobCancelledError", {
  job: Schema.String
}) {
  override get message(): string {
    return `the job ${JSON.stringify(this.job)} was cancelled; open it again with retryFailed, or take another name`
  }
}

/**
 * The job has not ended, so it cannot be removed. `Jobs.cancel` ends it.
 *
 * @since 0.2.0
 * @category errors
 */
export class JobNotEndedError extends Schema.TaggedError<JobNotEndedError>()("JobNotEndedError", {
  job: Schema.String,
  /** How many of its items have not ended. */
  open: Schema.Number
}) {
  override get message(): string {
    const left = this.open === 0 ? "its submission has not ended" : `${this.open} of its requests have not ended`
    return `the job ${JSON.stringify(this.job)} cannot be removed: ${left}; cancel it first`
  }
}

/**
 * Options are not valid; nothing was begun. `issues` names every fault.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidOptionsError extends Schema.TaggedError<InvalidOptionsError>()("InvalidOptionsError", {
  issues: Schema.Array(Images.Issue)
}) {
  override get message(): string {
    const lines = this.issues.map(({ message, path }) => `\n  - ${path.map(String).join(".")}: ${message}`)
    return `the options are not valid:${lines.join("")}`
  }
}

/**
 * The store of the pictures failed.
 *
 * @since 0.1.0
 * @category errors
 */
export class ImageStoreError extends Schema.TaggedError<ImageStoreError>()("ImageStoreError", {
  /** What it was asked to do; `open` is what a store does before the first picture. */
  method: Schema.Literal("open", "put", "get", "list", "remove"),
  description: Schema.String
}) {
  override get message(): string {
    return `the image store could not ${this.method}: ${this.description}`
  }
}

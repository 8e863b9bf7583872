/** What to do about items that failed. */
import * as Errors from "effect-openrouter-images/Errors"
import type { JobErrors, Jobs } from "effect-openrouter-images-jobs"
import type { Failures } from "./http/models.js"

export const adviceFor = (error: JobErrors.ItemError): string => {
  switch (error._tag) {
    case "OutcomeUnknownError":
      return "Look at the account's activity; retryFailed takes it up again with mayPayTwice."
    case "PictureLostError":
      return "Make room in the image store; retryFailed pays for it again with mayPayTwice."
    case "CancelledError":
      return "retryFailed takes it up again."
    default:
      return Errors.advice(error)
  }
}

/** A group of failures as the view tells it. */
export const describeFailures = ({ error, ...group }: Jobs.Failures): Failures => ({
  ...group,
  advice: adviceFor(error)
})

/** How a generation ends under a fault. What is billed, what is recorded and whose id a head tells follow from it. */
import type { Fault } from "./Fault.js"
import { type RecordedError, recordedErrors } from "./RecordedErrors.js"

export type Ending =
  /** It is refused before it begins: there is no generation, and so no id. */
  | { readonly _tag: "Refused" }
  /** The provider fails. */
  | { readonly _tag: "Failed"; readonly status: number }
  /** It goes on until its connection breaks, or the client leaves. */
  | { readonly _tag: "Unfinished" }
  | { readonly _tag: "Completed" }

const completed: Ending = { _tag: "Completed" }
const unfinished: Ending = { _tag: "Unfinished" }

/**
 * An error of 400 to 499 that names no provider is OpenRouter's own refusal. 408 is none: somebody gave up waiting for
 * what had begun.
 */
const endWith = (status: number, metadata: unknown): Ending => {
  const isRefusal = status >= 400 && status < 500 && status !== 408
  return isRefusal && !("provider_name" in Object(metadata)) ? { _tag: "Refused" } : { _tag: "Failed", status }
}

export const endingOf = (fault: Fault | null, streamed: boolean): Ending => {
  if (fault === null || fault.afterCompletion === true) return completed
  switch (fault._tag) {
    case "Status":
      return endWith(fault.status, fault.error?.["metadata"])
    case "Recorded": {
      const { body, status }: RecordedError = recordedErrors[fault.as]
      return endWith(status, body.error["metadata"])
    }
    // A body of JSON shows that the generation has completed.
    case "Reset":
    case "Stall":
      return fault.at === "body" && !streamed ? completed : unfinished
    case "Stream": {
      const isCut = fault.how === "error" || fault.how === "doneEarly" || fault.how === "endEarly"
      return streamed && isCut ? { _tag: "Failed", status: 502 } : completed
    }
    default:
      return completed
  }
}

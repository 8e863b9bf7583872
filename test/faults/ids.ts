/** Whether a call learns its generation's id, as the oracle has it: from CONTRACT alone. */
import { type CallName, faultOf, isDiscovery } from "./oracle.js"
import type { Row } from "./table.js"

/** Errors that a provider's failure is behind, and so a generation; the others are refusals, before there is one. */
const ofProviders: ReadonlyArray<string> = ["moderation", "contentPolicy", "upstreamRateLimit", "providerUnavailable"]

/** A 4xx is a refusal, but 408: there somebody gave up waiting for what had begun. */
const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 408

/** The head of each answer of OpenRouter's own names the generation, if there is one: its errors too. */
export const namesGeneration = (row: Row, call: CallName): boolean => {
  if (isDiscovery(call)) return false
  const fault = faultOf(row, call)
  switch (fault._tag) {
    case "Status": {
      const isOwn = fault.shape === undefined && ["envelope", "cut"].includes(fault.body ?? "envelope")
      return isOwn && (fault.afterCompletion === true || !isRefusal(fault.status))
    }
    case "Recorded":
      return ofProviders.includes(fault.as)
    case "Reset":
    case "Stall":
      return fault.at === "body"
    case "Corrupt":
    case "Edit":
    case "Pace":
    case "Stream":
      return true
    default:
      return false
  }
}

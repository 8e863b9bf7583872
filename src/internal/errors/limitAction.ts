/** What to do about a reached limit, depending on whose limit it is. */
import * as Predicate from "effect/Predicate"
import type { ResponseError } from "../../Errors.js"
import { formatUsd } from "../endpoint/usd.js"
import { addCredits } from "./facts.js"
import { oneLine } from "./oneLine.js"
import { textAt } from "./serverWords.js"

const usdAt = (error: ResponseError, key: string): string | undefined => {
  const usd = error.metadata?.[key]
  return Predicate.isNumber(usd) ? formatUsd(usd) : undefined
}

/** What a budget or a limit reports about itself, in a sentence: how much of it is spent, and when it resets. */
export const stateOfLimit = (error: ResponseError): string => {
  const [spent, limit, resets] = [
    usdAt(error, "spend_usd"),
    usdAt(error, "limit_usd"),
    textAt(error.metadata, "resets_at")
  ]
  const amount =
    limit === undefined ? "" : spent === undefined ? ` The limit is ${limit}.` : ` ${spent} of ${limit} are spent.`
  return amount + (resets === undefined ? "" : ` It begins anew at ${oneLine(resets)}.`)
}

/** The action for the field `limitSource`. None for an unknown source. */
const actionOfSource = (error: ResponseError): string | undefined => {
  switch (error.limitSource) {
    case "openrouter_in_flight_budget":
      return error.metadata?.["reason"] === "weight_exceeds_budget"
        ? "Add credits, or ask for less: this call alone may cost more than there is."
        : "Wait until calls that are under way have ended, or add credits."
    case "openrouter_credits":
      return addCredits
    case "openrouter_key_limit":
      return "Raise the limit of this API key, or wait until it begins anew."
    case "openrouter_guardrail_budget":
      return "Raise the budget of the guardrail, or wait until it begins anew."
    case "openrouter_workspace_budget":
      return "Raise the budget of the workspace, or wait until it begins anew."
    case "upstream_provider_shared_pool":
      return "Wait, use a key of your own at the provider, or choose another provider."
    default:
      return undefined
  }
}

export const actionOfLimit = (error: ResponseError): string | undefined => {
  const action = actionOfSource(error)
  return action === undefined ? undefined : action + stateOfLimit(error)
}

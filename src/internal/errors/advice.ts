/** What to do about an error: the fact that tells most about it decides, its tag where there is none. */
import * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import * as Struct from "effect/Struct"
import type { OpenRouterError, ResponseError } from "../../Errors.js"
import { isDiscovery, isGivenUp, isRedirect } from "../attempt/status.js"
import { isModeration } from "../fallback/curable.js"
import { connectionAdvice } from "./connectionAdvice.js"
import { actions, baseUrl, discoveryActions, statuses, wait } from "./facts.js"
import { oneLine } from "./oneLine.js"
import { textAt } from "./serverWords.js"

export const isResponse = (error: OpenRouterError): error is ResponseError => "httpStatus" in error

/** The class that a status has where an operation documents it: an OpenRouterDefaultError is advised alike. */
const likeness = (status: number) => Struct.keys(statuses).find((tag) => statuses[tag] === status)

const actionOfStatus = (status: number): string => {
  if (status === 408) return "The server gave up waiting for the request: check the network, or send less."
  if (status === 503) return `The service is not available at the moment. ${wait}`
  if (status >= 504) return `A server on the way failed or gave up waiting. ${wait}`
  if (status >= 500) return `The fault is the server's. ${wait}`
  return status >= 400
    ? "The server does not accept the request: correct it, or check the base URL."
    : "The server's message is all that is known."
}

const isPage = (text: string): boolean => /^\s*</.test(text)

/** Something else than the API answered: the list of models has one address, which can only be missing where the base URL is wrong. */
const isElsewhere = (error: OpenRouterError): boolean => {
  if (error._tag === "ResponseValidationError") return isPage(error.rawBody)
  if (!isResponse(error)) return false
  if (error.status === 404) return error.operation === "listModels" || error.answeredBy === "intermediary"
  return error.status === 405
}

/** An edge network lets browsers through and keeps programs out: with a page to be solved. */
const isChallenge = (error: ResponseError): boolean =>
  error.answeredBy === "intermediary" &&
  (error.headers["cf-mitigated"] !== undefined || (error.status === 403 && isPage(error.body)))

const usdAt = (error: ResponseError, key: string): string | undefined => {
  const usd = error.metadata?.[key]
  return Predicate.isNumber(usd) ? `$${usd}` : undefined
}

/** What a budget or a limit says of itself, in a sentence: how much of it is spent, and when it begins anew. */
const stateOf = (error: ResponseError): string => {
  const [spent, limit, resets] = [
    usdAt(error, "spend_usd"),
    usdAt(error, "limit_usd"),
    textAt(error.metadata, "resets_at")
  ]
  const amount =
    limit === undefined ? "" : spent === undefined ? ` The limit is ${limit}.` : ` ${spent} of ${limit} are spent.`
  return amount + (resets === undefined ? "" : ` It begins anew at ${oneLine(resets)}.`)
}

/** By whose limit was reached. */
const actionOfLimit = (error: ResponseError): string | undefined => {
  switch (error.limitSource) {
    case "openrouter_in_flight_budget":
      return error.metadata?.["reason"] === "weight_exceeds_budget"
        ? "Add credits, or ask for less: this call alone may cost more than there is."
        : "Wait until calls that are under way have ended, or add credits."
    case "openrouter_credits":
      return actions.PaymentRequiredResponseError
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

/** Your own key is not what a provider refuses: it knows only OpenRouter's, or the one that you left there. */
const actionOfProvider = ({ metadata, status }: ResponseError): string | undefined =>
  status === 401 && textAt(metadata, "provider_name") !== undefined
    ? `${oneLine(textAt(metadata, "provider_name") ?? "")} refused the key that OpenRouter uses there: if it is one of your own, check it in OpenRouter's settings; else choose another provider.`
    : undefined

const redirected = ({ headers }: ResponseError): string =>
  headers["location"] === undefined
    ? `The server redirects elsewhere, which is not followed. ${baseUrl}`
    : `The server redirects to ${oneLine(headers["location"])}, which is not followed: take the base URL from there if you trust it.`

const asSentence = (text: string): string => oneLine(text).replace(/(?<![.!?])$/, ".")

/** Neither the provider nor OpenRouter is known to have failed. */
const isOnTheWay = ({ answeredBy, operation, status }: ResponseError): boolean =>
  answeredBy === "intermediary" && status >= 500 && !isGivenUp(status) && !isDiscovery(operation)

const actionOfAnswer = (error: ResponseError): string | undefined => {
  if (error.remedyHint !== undefined) return asSentence(error.remedyHint) + stateOf(error)
  if (isRedirect(error.httpStatus)) return redirected(error)
  if (isChallenge(error)) {
    return "An edge network in front of the server takes you for a robot, whatever the prompt and the key: call from another network, or ask who runs it."
  }
  if (!isDiscovery(error.operation) && error.status < 500 && error.status !== 404 && isModeration(error))
    return "Change the prompt: moderation refused it."
  if (isOnTheWay(error)) {
    return "A gateway or a proxy on the way failed, and does not know what became of the generation: ask who runs it."
  }
  const limit = actionOfLimit(error)
  if (limit !== undefined) return limit + stateOf(error)
  const refused = actionOfProvider(error)
  if (refused !== undefined || error.issues === undefined || error.status < 400 || error.status >= 500) return refused
  return "Correct the request: the message says what is accepted."
}

const accepted = 202

/** A success that is none. */
const actionOfSuccess = (error: OpenRouterError): string | undefined => {
  if ("status" in error && error.status === accepted) {
    return "The server took the request for a job and did not wait for it: check the base URL, the API answers with the picture itself."
  }
  if (error._tag === "ResponseValidationError" && error.issues.some(({ path }) => path.at(-1) === "url")) {
    return "Fetch the picture from the address that the message names before it expires, and ask who runs the base URL for base64."
  }
  return error._tag === "ResponseValidationError" && error.billing === "unknown"
    ? "Read what came in place of a picture, and check the base URL."
    : undefined
}

/** Whatever the limit is, nothing is spent without a ledger. */
const ledgerAction = "Look after the ledger's store: nothing is sent until it can be read and written."

const action = (error: OpenRouterError): string => {
  if (error._tag === "ConnectionError") return connectionAdvice(error)
  if (error._tag === "BudgetExceededError" && error.reason === "ledger") return ledgerAction
  const told = (isResponse(error) ? actionOfAnswer(error) : undefined) ?? (isElsewhere(error) ? baseUrl : undefined)
  const tag = error._tag === "OpenRouterDefaultError" ? likeness(error.status) : error._tag
  const found = told ?? actionOfSuccess(error)
  if (found !== undefined) return found
  if (tag === undefined) return actionOfStatus("status" in error ? error.status : 0)
  return (isDiscovery(error.operation) ? discoveryActions[tag] : undefined) ?? actions[tag]
}

/** Whether it is wise to send the same request again. */
const again = (error: OpenRouterError): string => {
  if (error.billing === "unknown") return " Look at the account's activity before you send it again: you may pay twice."
  if (error.billing === "billed") return " Sending it again is paid again."
  const retryAfter = "retryAfter" in error ? error.retryAfter : undefined
  return retryAfter === undefined ? "" : ` Try again ${when(retryAfter)}.`
}

/** A person counts in seconds, and waits no year. */
const when = (wait: Duration.Duration): string => {
  if (Duration.lessThanOrEqualTo(wait, Duration.zero)) return "at once"
  if (Duration.greaterThan(wait, Duration.days(365))) return "much later: the server names a wait of more than a year"
  const seconds = Math.ceil(Duration.toSeconds(wait))
  return `in ${Duration.format(Duration.seconds(seconds))}`
}

export const advice = (error: OpenRouterError): string => action(error) + again(error)

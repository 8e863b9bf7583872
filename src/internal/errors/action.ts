/** What to do about an error. The most telling fact decides, or else the tag. */
import * as Duration from "effect/Duration"
import * as Struct from "effect/Struct"
import type { Billing, OpenRouterError, ResponseError, Terms } from "../../Errors.js"
import { connectionAction } from "./connectionAction.js"
import { checkBaseUrl, generationActions, operationActions, wait } from "./facts.js"
import { generationIdIn } from "./generationIdIn.js"
import { actionOfLimit, stateOfLimit } from "./limitAction.js"
import { isModeration } from "./moderation.js"
import { oneLine } from "./oneLine.js"
import { textAt } from "./serverWords.js"
import { isGeneration, isGivenUp, isRedirect, statuses } from "./status.js"

export const isResponse = (error: OpenRouterError): error is ResponseError => "httpStatus" in error

/** The class of a status where an operation documents it. An OpenRouterDefaultError gets the same advice. */
const likeness = (status: number) => Struct.keys(statuses).find((tag) => statuses[tag] === status)

const actionOfStatus = (status: number, terms: Terms): string => {
  if (status === 408) return "The server gave up waiting for the request: check the network, or send less."
  if (status === 503) return `The service is not available at the moment. ${wait}`
  if (status >= 504) return `A server on the way failed or gave up waiting. ${wait}`
  if (status >= 500) return `The fault is the server's. ${wait}`
  return status >= 400
    ? `The server does not accept the request: correct it, or check ${terms.baseUrl}.`
    : "The server's message is all that is known."
}

const isPage = (text: string): boolean => /^\s*</.test(text)

/**
 * Something other than the API answered. The list of models has one address, which can be missing only where the base
 * URL is wrong.
 */
const isElsewhere = (error: OpenRouterError): boolean => {
  if (error._tag === "ResponseValidationError") return isPage(error.rawBody)
  if (!isResponse(error)) return false
  if (error.status === 404) return error.operation === "listModels" || error.answeredBy === "intermediary"
  return error.status === 405
}

/** An edge network lets browsers through and stops programs with a page to solve. */
const isChallenge = (error: ResponseError): boolean =>
  error.answeredBy === "intermediary" &&
  (error.headers["cf-mitigated"] !== undefined || (error.status === 403 && isPage(error.body)))

/**
 * A provider does not refuse your OpenRouter key. It knows only OpenRouter's key, or your own that you stored there.
 */
const actionOfProvider = ({ metadata, status }: ResponseError): string | undefined =>
  status === 401 && textAt(metadata, "provider_name") !== undefined
    ? `${oneLine(textAt(metadata, "provider_name") ?? "")} refused the key that OpenRouter uses there: if it is one of your own, check it in OpenRouter's settings; else choose another provider.`
    : undefined

const actionOfRedirect = ({ headers }: ResponseError, terms: Terms): string =>
  headers["location"] === undefined
    ? `The server redirects elsewhere, which is not followed. ${checkBaseUrl(terms)}`
    : `The server redirects to ${oneLine(headers["location"])}, which is not followed: take ${terms.baseUrl} from there if you trust it.`

const asSentence = (text: string): string => oneLine(text).replace(/(?<![.!?])$/, ".")

/** Neither the provider nor OpenRouter is known to have failed. */
const isOnTheWay = ({ answeredBy, operation, status }: ResponseError): boolean =>
  answeredBy === "intermediary" && status >= 500 && !isGivenUp(status) && isGeneration(operation)

const actionOfAnswer = (error: ResponseError, terms: Terms): string | undefined => {
  if (error.remedyHint !== undefined) return asSentence(error.remedyHint) + stateOfLimit(error)
  if (isRedirect(error.httpStatus)) return actionOfRedirect(error, terms)
  if (isChallenge(error)) {
    return "An edge network in front of the server takes you for a robot, whatever the prompt and the key: call from another network, or ask who runs it."
  }
  if (isGeneration(error.operation) && error.status < 500 && error.status !== 404 && isModeration(error))
    return "Change the prompt: moderation refused it."
  if (isOnTheWay(error)) {
    return "A gateway or a proxy on the way failed, and does not know what became of the generation: ask who runs it."
  }
  const isRefused = error.issues !== undefined && error.status >= 400 && error.status < 500
  return (
    actionOfLimit(error) ??
    actionOfProvider(error) ??
    (isRefused ? "Correct the request: the message says what is accepted." : undefined)
  )
}

const accepted = 202

/** A success status without a usable answer. */
const actionOfSuccess = (error: OpenRouterError, billing: Billing, { baseUrl, paidFor }: Terms): string | undefined => {
  if ("status" in error && error.status === accepted) {
    return `The server took the request for a job and did not wait for it: check ${baseUrl}, the API answers with the picture itself.`
  }
  if (error._tag === "ResponseValidationError" && error.issues.some(({ path }) => path.at(-1) === "url")) {
    return `Fetch the picture from the address that the message names before it expires, and ask who runs ${baseUrl} for base64.`
  }
  if (error._tag !== "ResponseValidationError") return undefined
  if (error.billing === "unknown") return `Read what came in place of a picture, and check ${baseUrl}.`
  return billing === "notBilled" && isGeneration(error.operation) ? `Take what arrived from ${paidFor}.` : undefined
}

/** Whatever the limit is, nothing is spent without a ledger. */
const ledgerAction = "Look after the ledger's store: nothing is sent until it can be read and written."

const firstAction = (error: OpenRouterError, billing: Billing, terms: Terms): string => {
  if (error._tag === "ConnectionError") return connectionAction(error, terms)
  if (error._tag === "BudgetExceededError" && error.reason === "ledger") return ledgerAction
  const found =
    (isResponse(error) ? actionOfAnswer(error, terms) : undefined) ??
    (isElsewhere(error) ? checkBaseUrl(terms) : undefined) ??
    actionOfSuccess(error, billing, terms)
  if (found !== undefined) return found
  const tag = error._tag === "OpenRouterDefaultError" ? likeness(error.status) : error._tag
  if (tag === undefined) return actionOfStatus("status" in error ? error.status : 0, terms)
  const { [tag]: special } = operationActions(error.operation, terms)
  return special ?? generationActions(terms)[tag]
}

/** Whether you should send the same request again. */
const again = (error: OpenRouterError, billing: Billing, terms: Terms): string => {
  if (billing === "unknown") {
    const generationId = generationIdIn(error)
    return generationId === undefined
      ? " Look at the account's activity before you send it again: you may pay twice."
      : ` Ask what it cost, with ${terms.settle(oneLine(generationId))}, before you send it again: you may pay twice.`
  }
  if (billing === "billed") return " Sending it again is paid again."
  const retryAfter = "retryAfter" in error ? error.retryAfter : undefined
  return retryAfter === undefined ? "" : ` Try again ${when(retryAfter)}.`
}

/** People count in seconds, and do not wait for years. */
const when = (wait: Duration.Duration): string => {
  if (Duration.lessThanOrEqualTo(wait, Duration.zero)) return "at once"
  if (Duration.greaterThan(wait, Duration.days(365))) return "much later: the server names a wait of more than a year"
  const seconds = Math.ceil(Duration.toSeconds(wait))
  return `in ${Duration.format(Duration.seconds(seconds))}`
}

/** What to do. `billing` is the error's own, unless who answered says more. */
export const actionOf = (error: OpenRouterError, billing: Billing, terms: Terms): string =>
  firstAction(error, billing, terms) + again(error, billing, terms)

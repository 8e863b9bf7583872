/** What the library advises to do about an outcome: the document quotes it, and each cell's error has to say the same. */
import { Duration } from "effect"
import { Errors } from "effect-openrouter-images"
import { namesGeneration } from "./ids.js"
import { type CallName, calls, type Failure } from "./oracle.js"
import type { Body, Row } from "./table.js"

const envelope = JSON.stringify({ error: { message: "the server's own words" } })

/** A body of each kind: advice goes by whether it is OpenRouter's own. */
const examples: Readonly<Record<Body, string>> = {
  envelope,
  html: "<!DOCTYPE html>",
  empty: "",
  cut: envelope.slice(0, 20),
  text: "a text"
}

/** The codes that advice goes by; every other one is a matter of the network. */
const codes: Readonly<Record<string, string>> = {
  NoTunnel: "ERR_PROXY_TUNNEL",
  Untrusted: "DEPTH_ZERO_SELF_SIGNED_CERT",
  PlainHttp: "ERR_SSL_WRONG_VERSION_NUMBER"
}

const connectionCode = ({ fault: { _tag } }: Row): { readonly code?: string } => {
  const code = codes[_tag]
  return code === undefined ? {} : { code }
}

const bodyOf = ({ fault }: Row): string => {
  if (fault._tag !== "Status") return ""
  if (fault.shape !== undefined) return fault.shape === "challenge" ? examples.html : ""
  return fault.error?.["message"] === null ? "{}" : examples[fault.body ?? "envelope"]
}

/** Any id: advice goes by whether there is one. */
const idOf = (row: Row, call: CallName): { readonly generationId?: string } =>
  namesGeneration(row, call) ? { generationId: "gen-img-1790983552-TOdyb7qrp6185EBMwzAV" } : {}

const exampleOf = (row: Row, call: CallName, failure: Failure): Errors.OpenRouterError => {
  const shared = { operation: calls[call].operation, billing: failure.billing, ...idOf(row, call) }
  const body = bodyOf(row)
  switch (failure.tag) {
    case "ConnectionError":
      return new Errors.ConnectionError({
        ...shared,
        ...connectionCode(row),
        phase: failure.phase ?? "response",
        description: ""
      })
    case "RequestTimeoutError":
      return new Errors.RequestTimeoutError({ ...shared, timeout: Duration.seconds(1) })
    case "ResponseValidationError":
      return new Errors.ResponseValidationError({ ...shared, status: 200, issues: [], rawBody: body, headers: {} })
    case "ImageStreamError":
      return new Errors.ImageStreamError({ ...shared, message: "" })
    case "IncompleteStreamError":
      return new Errors.IncompleteStreamError({ operation: shared.operation, ...idOf(row, call) })
    case "InvalidRequestError":
      return new Errors.InvalidRequestError({ operation: shared.operation, issues: [] })
    case "BudgetExceededError":
      throw new Error("a budget is on this side of the wire: no fault makes its error")
    default: {
      const { answeredBy = "openrouter", httpStatus = 0, status = 0 } = failure
      const message = body === envelope ? "the server's own words" : `HTTP ${status}`
      return new Errors[failure.tag]({ ...shared, status, httpStatus, answeredBy, message, headers: {}, body })
    }
  }
}

/** What is added where it is not certain that nothing was paid. */
const caution = (knowsId: boolean): string =>
  knowsId
    ? " Ask what it cost, with `Generations.settle`, before you send it again: you may pay twice."
    : " Look at the account's activity before you send it again: you may pay twice."

export const adviceOf = (row: Row, call: CallName, failure: Failure): string =>
  row.action === undefined
    ? Errors.advice(exampleOf(row, call, failure))
    : row.action + (failure.billing === "unknown" ? caution(namesGeneration(row, call)) : "")

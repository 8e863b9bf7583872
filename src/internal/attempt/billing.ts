/**
 * What a failure cost, wherever that depends on what happened; the errors that always cost the same have it in their
 * fields. It is `notBilled` only with proof: nothing was sent, the request was refused, or OpenRouter itself said that
 * the generation failed.
 */
import type { Billing, Operation } from "../../Errors.js"
import { isGeneration, isGivenUp, isRedirect } from "../errors/status.js"
import { isCharged } from "../response/usage.js"
import type { AnsweredBy } from "./answeredBy.js"
import type { Content } from "./content.js"

/** Everything else is free. */
const ofGeneration = (operation: Operation, billing: Billing): Billing =>
  isGeneration(operation) ? billing : "notBilled"

/** The billing of an attempt that was cut. `isSent`: whether any of the request may have left this machine. */
export const billingOfInterruption = (operation: Operation, isSent: boolean): Billing =>
  ofGeneration(operation, isSent ? "unknown" : "notBilled")

/**
 * The billing of a success that could not be read. A whole picture or a reported cost proves that it was billed.
 * Nothing proves that it was not.
 */
export const billingOfContent = (
  operation: Operation,
  { json, pictures }: Pick<Content, "json" | "pictures">
): Billing => ofGeneration(operation, pictures.length > 0 || isCharged(json) ? "billed" : "unknown")

/** The facts that decide the billing of an error answer. */
export interface ErrorAnswer {
  readonly operation: Operation
  readonly httpStatus: number
  /** The HTTP status, or the body's code where the HTTP status is a success. */
  readonly status: number
  readonly answeredBy: AnsweredBy
  readonly json: unknown
}

const isProof = ({ answeredBy, httpStatus }: ErrorAnswer): boolean =>
  // An intermediary knows only its own side: that it redirected, or that it refused the request.
  answeredBy === "openrouter" || isRedirect(httpStatus) || (httpStatus >= 400 && httpStatus < 500)

export const billingOfAnswer = (answer: ErrorAnswer): Billing => {
  if (isCharged(answer.json)) return ofGeneration(answer.operation, "billed")
  return ofGeneration(answer.operation, !isGivenUp(answer.status) && isProof(answer) ? "notBilled" : "unknown")
}

/**
 * The billing of an error within a stream. A generation fails before its picture, unless an intermediary only gave up
 * waiting.
 */
export const billingOfEvent = (code: string | undefined, json: unknown, isAfterPicture: boolean): Billing => {
  if (isAfterPicture || isCharged(json)) return "billed"
  return isGivenUp(Number(code)) ? "unknown" : "notBilled"
}

/** The id of the generation that an error is about, or why it has none. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { Issue, OpenRouterError } from "../../Errors.js"
import { show } from "../../Issue.js"
import { generationIdIn } from "../errors/generationIdIn.js"
import { isGeneration } from "../errors/status.js"

const whyNone = (error: OpenRouterError): string => {
  if (!isGeneration(error.operation)) return `${error.operation} makes no generation`
  switch (error._tag) {
    case "InvalidRequestError":
    case "BudgetExceededError":
      return "nothing was sent, so there is no generation"
    case "ConnectionError":
      return error.phase === "connect"
        ? "nothing was sent, so there is no generation"
        : "the connection broke before the head of the answer, which names the generation"
    case "RequestTimeoutError":
      return "the time was over before the head of the answer, which names the generation"
    default:
      return "answeredBy" in error && error.answeredBy === "intermediary"
        ? "an intermediary answered, which does not know the generation"
        : "the head of the answer names no generation (X-Generation-Id)"
  }
}

/** An error of this library has an operation. Without types, anything may come. */
const isOurs = (error: unknown): error is OpenRouterError => Predicate.hasProperty(error, "operation")

export const generationIdOf = (error: OpenRouterError): Either.Either<string, ReadonlyArray<Issue>> => {
  if (!isOurs(error)) {
    const message = `must be the id of a generation, or an error of this library, got ${show(error)}`
    return Either.left([{ path: ["generationId"], message }])
  }
  const generationId = generationIdIn(error)
  return generationId !== undefined
    ? Either.right(generationId)
    : Either.left([{ path: ["generationId"], message: `is missing from the ${error._tag}: ${whyNone(error)}` }])
}

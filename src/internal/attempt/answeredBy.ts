/** Who answered: OpenRouter itself, or an intermediary. Only OpenRouter knows whether a generation completed. */
import * as Predicate from "effect/Predicate"
import { recordAt } from "../errors/serverWords.js"

export type AnsweredBy = "openrouter" | "intermediary"

const marksBeside = ["user_id", "openrouter_metadata"]
const marksWithin = ["error_type", "limit_source", "provider_name", "previous_errors", "routing_funnel"]

const holds = (value: unknown, keys: ReadonlyArray<string>): boolean =>
  Predicate.isRecord(value) && keys.some((key) => value[key] !== undefined && value[key] !== null)

/** An error as it came. */
interface Said {
  readonly json: unknown
  /** The status of the error. */
  readonly status: number
  /** Whether it came within the stream of events that was asked for. */
  readonly isStream: boolean
}

/**
 * OpenRouter's envelope has a message, and either the status as its code or marks that only OpenRouter writes. An
 * OpenAI-like envelope from a gateway has neither. The events that were asked for are OpenRouter's, whatever they look
 * like: an intermediary answers in one piece.
 */
export const answeredBy = ({ isStream, json, status }: Said): AnsweredBy => {
  if (isStream) return "openrouter"
  const error = recordAt(json, "error")
  if (error === undefined || !Predicate.isString(error["message"])) return "intermediary"
  const marked = holds(json, marksBeside) || holds(error["metadata"], marksWithin)
  return marked || (status >= 400 && error["code"] === status) ? "openrouter" : "intermediary"
}

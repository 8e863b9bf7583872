/** When a picture was made, in seconds since 1970. */
import * as Predicate from "effect/Predicate"
import { amountFrom } from "../schema/amount.js"

/** Numbers this large are milliseconds since 1970, or nonsense. A fraction is no time. */
const latest = 1e11

const timeFrom = (value: unknown): number | undefined => {
  const seconds = amountFrom(value)
  return seconds !== undefined && seconds >= 1 && seconds < latest ? Math.floor(seconds) : undefined
}

/** The time in a generation's id (`gen-img-1790983552-...`), in seconds since 1970. */
export const timeInId = (generationId: string | undefined): number | undefined =>
  timeFrom(/^gen-(?:[a-z]+-)*(\d{9,10})-/.exec(generationId ?? "")?.[1])

const fieldOf = (body: unknown, name: string): unknown => (Predicate.isRecord(body) ? body[name] : undefined)

/** Always a real time: the server's, else the one in the generation's id, else when the answer came. */
export const createdOf = (body: unknown, generationId: string | undefined, receivedAt: number): number =>
  timeFrom(fieldOf(body, "created")) ??
  timeFrom(fieldOf(body, "created_at")) ??
  timeInId(generationId) ??
  Math.floor(receivedAt / 1000)

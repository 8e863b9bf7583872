/** How late the records of generations are: a program decides it, since OpenRouter's come when they come. */
import * as Schema from "effect/Schema"
import { noOtherFields, reader } from "../requests/JsonText.js"
import { amountOrNull } from "./Amount.js"

/** Milliseconds from the end of a generation until its record appears; `null` is never. */
const Delay = amountOrNull("milliseconds, 0 or more, or null for never")
export type Delay = typeof Delay.Type

/** What changes for the generations that are accepted from now on. */
export const Lateness = Schema.Struct({
  /** For all of them. Default: 0. */
  delayMillis: Schema.optional(Delay),
  /** For the next ones, one for each, after those that still wait; it wins over `delayMillis`. */
  next: Schema.optional(Schema.Array(Delay).annotations({ description: "a list of milliseconds and nulls" }))
})
export type Lateness = typeof Lateness.Type

/** The body of `POST /emulator/records`. */
export const readLateness = reader(
  "records",
  'an object such as {"delayMillis":150000,"next":[0,null]}',
  Lateness,
  noOtherFields
)

/** The delays that are still to come. */
export interface Delays {
  readonly all: Delay
  readonly next: ReadonlyArray<Delay>
}

export const atOnce: Delays = { all: 0, next: [] }

export const change = ({ all, next }: Delays, lateness: Lateness): Delays => ({
  all: lateness.delayMillis === undefined ? all : lateness.delayMillis,
  next: [...next, ...(lateness.next ?? [])]
})

/** The delay of the next generation, and those after it. */
export const take = ({ all, next }: Delays): readonly [Delay, Delays] => {
  const [first = all, ...rest] = next
  return [first, { all, next: rest }]
}

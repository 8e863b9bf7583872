/** The numbers that a control takes, and the words that refuse any other. */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { quote } from "../requests/RequestBody.js"

/** A length of time or an amount of money. */
export const Amount = Schema.Number.pipe(Schema.finite(), Schema.nonNegative())

const said = (value: unknown): string => (Predicate.isNumber(value) ? String(value) : quote(value))

/** The same schema, whose mistakes say what is allowed. */
export const allowing =
  (allowed: string) =>
  <A, I>(schema: Schema.Schema<A, I>): Schema.Schema<A, I> =>
    schema.annotations({
      message: ({ actual }) => ({ message: `must be ${allowed}, got ${said(actual)}`, override: true })
    })

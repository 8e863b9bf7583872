/** JSON text as a value of a schema, or a refusal that says in a line what is wrong with it. */
import * as Either from "effect/Either"
import type * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import { type Refusal, refuse } from "../answers/Refusal.js"
import { decoder } from "./Decoder.js"
import { firstOf, type Mistake } from "./Mistake.js"
import { quote, valueAt } from "./RequestBody.js"

/** A field that a schema does not know is a mistake. */
export const noOtherFields: ParseOptions = { onExcessProperty: "error" }

/** The first mistake, where it is, and what would be right there. */
const describe = (mistakes: ReadonlyArray<Mistake>, json: unknown, whole: string): string => {
  const { expected, message, path } = firstOf(mistakes)
  const allowed = expected.length === 0 ? whole : `${expected.join(" or ")}, got ${quote(valueAt(json, path))}`
  return `${path.length === 0 ? "" : `${path.map(String).join(".")}: `}${message ?? `must be ${allowed}`}`
}

/** Decodes JSON, or refuses it. `whole` is what a value of the wrong kind should have been. */
export const reader = <A, I>(subject: string, whole: string, schema: Schema.Schema<A, I>, options?: ParseOptions) => {
  const decode = decoder(schema, options)
  return (text: string): Either.Either<A, Refusal> =>
    Either.gen(function* () {
      const json = yield* Either.try({
        try: (): unknown => JSON.parse(text),
        catch: () => refuse(400, `${subject}: is not valid JSON, got ${quote(text)}`)
      })
      return yield* Either.mapLeft(decode(json), (mistakes) =>
        refuse(400, `${subject}: ${describe(mistakes, json, whole)}`)
      )
    })
}

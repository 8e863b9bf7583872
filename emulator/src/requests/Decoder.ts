/** Decodes values by a Schema, and lists what the Schema has against a value. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import type { Mistake } from "./Mistake.js"

const mistakeOf = ({ message, path }: ParseResult.ArrayFormatterIssue): Mistake => {
  if (!message.startsWith("Expected ")) return { path, message }
  const [, expected] = /^Expected ([^{]*?), actual /.exec(message) ?? []
  return expected === undefined ? { path } : { path, expected: expected.replaceAll(" | ", " or ") }
}

/** Finds the first mistake, and others of the same value. */
export const decoder = <A, I>(
  schema: Schema.Schema<A, I>,
  options?: ParseOptions
): ((value: unknown) => Either.Either<A, ReadonlyArray<Mistake>>) => {
  const decode = Schema.decodeUnknownEither(schema, options)
  return (value) =>
    Either.mapLeft(decode(value), (error) => ParseResult.ArrayFormatter.formatErrorSync(error).map(mistakeOf))
}

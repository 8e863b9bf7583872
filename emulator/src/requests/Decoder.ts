/** Decodes values by a Schema, and tells what the Schema has against a value in a form of our own. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"

/** One mistake. A value of a wrong kind where a structure should be has neither `message` nor `expected`. */
export interface Mistake {
  readonly path: ReadonlyArray<PropertyKey>
  /** A sentence that the Schema has for this mistake. */
  readonly message?: string
  /** What the value should have been. */
  readonly expected?: string
}

const mistakeOf = ({ message, path }: ParseResult.ArrayFormatterIssue): Mistake => {
  if (!message.startsWith("Expected ")) return { path, message }
  const [, expected] = /^Expected ([^{]*?), actual /.exec(message) ?? []
  return expected === undefined ? { path } : { path, expected }
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

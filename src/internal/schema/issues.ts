/** Turns the faults that a Schema found into the issues of our errors. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import type { Issue } from "../../Errors.js"

/** Reports every fault, not only the first. Looking for all of them takes time even where there is none. */
export const every: ParseOptions = { errors: "all" }

/** What a Schema fails with. */
export type SchemaFailure = ParseResult.ParseError

/** A message of Schema's own may contain the whole value, which may be megabytes of base64. */
const longestMessage = 250

/** Issues with paths as JSON has them, and with short messages. */
export const withNames = (
  all: ReadonlyArray<{ readonly path: ReadonlyArray<PropertyKey>; readonly message: string }>
): ReadonlyArray<Issue> =>
  all.map(({ path, message }) => ({
    path: path.map((part) => (typeof part === "number" ? part : String(part))),
    message: message.length > longestMessage ? `${message.slice(0, longestMessage)}...` : message
  }))

/** The formatter prints values, which fails on those nested too deep for the stack. */
export const fromParseError = (error: SchemaFailure): ReadonlyArray<Issue> =>
  Either.getOrElse(
    Either.try(() =>
      withNames(ParseResult.ArrayFormatter.formatErrorSync(error).filter(({ message }) => message !== ""))
    ),
    () => [{ path: [], message: "is nested too deep to be shown" }]
  )

/**
 * A decoder of answers. Making its parser takes time, so that waits until the first answer. The parser is then kept.
 */
export const decoder =
  <A, I>(schema: Schema.Schema<A, I>) =>
  (json: unknown): Either.Either<A, ReadonlyArray<Issue>> => {
    const decode = Schema.decodeUnknownEither(schema)
    return Either.orElse(decode(json), () => Either.mapLeft(decode(json, every), fromParseError))
  }

/** An encoder of requests. Fields that the schema does not know are up to the caller and are sent. */
export const encoder =
  <A, I>(schema: Schema.Schema<A, I>) =>
  (value: unknown): Either.Either<I, ReadonlyArray<Issue>> =>
    Either.mapLeft(
      Schema.encodeUnknownEither(schema, { ...every, onExcessProperty: "preserve" })(value),
      fromParseError
    )

/** What a Schema found, as the issues of our errors. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import type { Issue } from "../../Errors.js"

/** Every fault is worth knowing, not only the first; looking for all of them costs time even where there is none. */
const every: ParseOptions = { errors: "all" }

/** A message of Schema's own may hold the whole value, and a value may be megabytes of base64. */
const longestMessage = 250

/** Issues whose paths are as JSON has them, and whose messages are short. */
export const withNames = (
  all: ReadonlyArray<{ readonly path: ReadonlyArray<PropertyKey>; readonly message: string }>
): ReadonlyArray<Issue> =>
  all.map(({ path, message }) => ({
    path: path.map((part) => (typeof part === "number" ? part : String(part))),
    message: message.length > longestMessage ? `${message.slice(0, longestMessage)}...` : message
  }))

/** The formatter shows values, which fails on those that are nested too deep for the stack. */
export const fromParseError = (error: ParseResult.ParseError): ReadonlyArray<Issue> =>
  Either.getOrElse(
    Either.try(() =>
      withNames(ParseResult.ArrayFormatter.formatErrorSync(error).filter(({ message }) => message !== ""))
    ),
    () => [{ path: [], message: "is nested too deep to be shown" }]
  )

/** A decoder of answers. Schema makes a parser when it is first asked for it, so that is left to the first answer, and keeps it. */
export const decoder =
  <A, I>(schema: Schema.Schema<A, I>) =>
  (json: unknown): Either.Either<A, ReadonlyArray<Issue>> => {
    const decode = Schema.decodeUnknownEither(schema)
    return Either.orElse(decode(json), () => Either.mapLeft(decode(json, every), fromParseError))
  }

/** An encoder of requests. Fields that the schema does not know are the caller's business and are sent. */
export const encoder =
  <A, I>(schema: Schema.Schema<A, I>) =>
  (value: unknown): Either.Either<I, ReadonlyArray<Issue>> =>
    Either.mapLeft(
      Schema.encodeUnknownEither(schema, { ...every, onExcessProperty: "preserve" })(value),
      fromParseError
    )

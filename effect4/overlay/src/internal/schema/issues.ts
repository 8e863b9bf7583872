// Overlay: Effect 4 has issues of its own kind, whose messages are no functions of the value.
/** Turns the faults that a Schema found into the issues of our errors. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Issue } from "../../Errors.js"
import { type Fault, type Sentence, sentenceKey } from "./primitives.js"

/** Reports every fault, not only the first, with the values. Looking for all takes time even where there is none. */
export const every = { errors: "all", reportInput: true } as const

/** What a Schema fails with. */
export type SchemaFailure = Schema.SchemaError

/** A message of Schema's own may contain the whole value, which may be megabytes of base64. */
const longestMessage = 250

/** Issues with paths as JSON has them, and with short messages. */
export const withNames = (all: ReadonlyArray<Fault>): ReadonlyArray<Issue> =>
  all.map(({ path, message }) => ({
    path: path.map((part) => (typeof part === "number" ? part : String(part))),
    message: message.length > longestMessage ? `${message.slice(0, longestMessage)}...` : message
  }))

const format = SchemaIssue.makeFormatterDefault()

const sentenceOf = ({ annotations }: SchemaAST.AST): Sentence | undefined => {
  const sentence = annotations?.[sentenceKey]
  return Predicate.isFunction(sentence) ? (value) => String(sentence(value)) : undefined
}

const inputOf = (issue: SchemaIssue.Issue): unknown => (SchemaIssue.hasInput(issue) ? issue.input : undefined)

/** What a schema says about a value of the wrong kind. A union has ruled out its alternatives without a word. */
const sentencesOf = (ast: SchemaAST.AST, value: unknown): ReadonlyArray<string> => {
  // The sentence of a schema that was made from another one is at its end.
  const sentence = sentenceOf(ast) ?? ast.encoding?.map(({ to }) => sentenceOf(to)).find((each) => each !== undefined)
  if (sentence !== undefined) return [sentence(value)]
  return ast._tag === "Union" ? ast.types.flatMap((type) => sentencesOf(type, value)) : []
}

const kindFaults = (issue: SchemaIssue.Issue, ast: SchemaAST.AST): ReadonlyArray<string> => {
  const sentences = sentencesOf(ast, inputOf(issue))
  return sentences.length > 0 ? sentences : [format(issue)]
}

const faultsOf = (issue: SchemaIssue.Issue, path: ReadonlyArray<PropertyKey>): ReadonlyArray<Fault> => {
  switch (issue._tag) {
    case "Filter":
    case "Encoding":
      return faultsOf(issue.issue, path)
    case "Pointer":
      return faultsOf(issue.issue, [...path, ...issue.path])
    case "Composite":
      return issue.issues.flatMap((each) => faultsOf(each, path))
    case "AnyOf":
      return issue.issues.length > 0
        ? issue.issues.flatMap((each) => faultsOf(each, path))
        : kindFaults(issue, issue.ast).map((message) => ({ path, message }))
    case "InvalidType":
      return kindFaults(issue, issue.ast).map((message) => ({ path, message }))
    case "MissingKey":
      return [{ path, message: "is missing" }]
    default:
      return [{ path, message: SchemaIssue.defaultLeafHook(issue) }]
  }
}

/** The formatter prints values, which fails on those nested too deep for the stack. */
export const fromParseError = ({ issue }: SchemaFailure): ReadonlyArray<Issue> =>
  Result.getOrElse(
    Result.try(() => withNames(faultsOf(issue, []).filter(({ message }) => message !== ""))),
    () => [{ path: [], message: "is nested too deep to be shown" }]
  )

/**
 * A decoder of answers. Making its parser takes time, so that waits until the first answer. The parser is then kept.
 */
export const decoder =
  <A, I>(schema: Schema.Codec<A, I>) =>
  (json: unknown): Result.Result<A, ReadonlyArray<Issue>> => {
    const decode = Schema.decodeUnknownResult(schema)
    return Result.orElse(decode(json), () =>
      Result.mapError(Schema.decodeUnknownResult(schema, every)(json), fromParseError)
    )
  }

/** An encoder of requests. Fields that the schema does not know are up to the caller and are sent. */
export const encoder =
  <A, I>(schema: Schema.Codec<A, I>) =>
  (value: unknown): Result.Result<I, ReadonlyArray<Issue>> =>
    Result.mapError(Schema.encodeUnknownResult(schema, every)(value), fromParseError)

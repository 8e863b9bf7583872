// Overlay: a ConfigError of Effect 4 holds the issues of a Schema.
/** The errors of a configuration: values that are invalid or missing. */
import * as Config from "effect/Config"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Issue } from "../../Errors.js"

const errorOf = (issue: SchemaIssue.Issue): Config.ConfigError => new Config.ConfigError(new Schema.SchemaError(issue))

export const invalidConfig = (first: Issue, ...rest: ReadonlyArray<Issue>): Config.ConfigError =>
  errorOf(new SchemaIssue.Composite(Schema.Unknown.ast, [invalidData(first), ...rest.map(invalidData)]))

const invalidData = ({ message, path }: Issue): SchemaIssue.Issue =>
  new SchemaIssue.Pointer(path, new SchemaIssue.InvalidValue({ message }))

/** The error, with words of ours for each variable that is missing. */
export const explainMissing = (error: Config.ConfigError, words: (variable: string) => string): Config.ConfigError =>
  "issue" in error.cause ? errorOf(withWords(error.cause.issue, words, [])) : error

const withWords = (
  issue: SchemaIssue.Issue,
  words: (variable: string) => string,
  path: ReadonlyArray<PropertyKey>
): SchemaIssue.Issue => {
  if (issue._tag === "Encoding") return withWords(issue.issue, words, path)
  if (issue._tag === "Pointer") {
    return new SchemaIssue.Pointer(issue.path, withWords(issue.issue, words, [...path, ...issue.path]))
  }
  // A variable that is there is a text.
  return issue._tag === "InvalidType"
    ? new SchemaIssue.MissingKey({ messageMissingKey: words(path.map(String).join("_")) })
    : issue
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** What a ConfigError finds fault with. An error of another kind has none. */
export const issuesIn = (error: unknown): ReadonlyArray<Issue> => {
  if (!(error instanceof Config.ConfigError)) return []
  if (!("issue" in error.cause)) return [{ path: [], message: error.message }]
  return format(error.cause.issue).issues.map(({ message, path = [] }) => ({ path: path.map(String), message }))
}

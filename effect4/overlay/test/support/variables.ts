// Overlay: Effect 4 has a layer of a ConfigProvider, and issues of a Schema in a ConfigError.
/** Variables of the environment, as a Config reads them. */
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import type * as Layer from "effect/Layer"
import type * as SchemaIssue from "effect/SchemaIssue"

/** These variables, and no others. One that is empty is there. */
export const variables = (all: Readonly<Record<string, string>>): Layer.Layer<never> =>
  ConfigProvider.layer(ConfigProvider.fromEnvRecord(all, { preserveEmptyStrings: true }))

type Fault = readonly [variable: string, fault: "missing" | "invalid"]

/** What a ConfigError finds fault with; of an error of another kind, nothing. */
export const faultOf = (error: unknown): Fault | undefined =>
  error instanceof Config.ConfigError && "issue" in error.cause ? faultIn(error.cause.issue, []) : undefined

const faultIn = (issue: SchemaIssue.Issue, path: ReadonlyArray<PropertyKey>): Fault => {
  if (issue._tag === "Pointer") return faultIn(issue.issue, [...path, ...issue.path])
  if (issue._tag === "Encoding") return faultIn(issue.issue, path)
  if (issue._tag === "Composite") return faultIn(issue.issues[0], path)
  // A variable that is there is a text.
  return [path.join("."), issue._tag === "InvalidType" || issue._tag === "MissingKey" ? "missing" : "invalid"]
}

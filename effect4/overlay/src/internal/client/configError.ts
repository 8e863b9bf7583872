// Overlay: a ConfigError of Effect 4 holds the issues of a Schema.
/** The error of a configuration whose values are invalid. */
import * as Config from "effect/Config"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Issue } from "../../Errors.js"

export const invalidConfig = (first: Issue, ...rest: ReadonlyArray<Issue>): Config.ConfigError =>
  new Config.ConfigError(
    new Schema.SchemaError(
      new SchemaIssue.Composite(Schema.Unknown.ast, [invalidData(first), ...rest.map(invalidData)])
    )
  )

const invalidData = ({ message, path }: Issue): SchemaIssue.Issue =>
  new SchemaIssue.Pointer(path, new SchemaIssue.InvalidValue({ message }))

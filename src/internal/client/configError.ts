/** The errors of a configuration: values that are invalid or missing. */
import * as ConfigError from "effect/ConfigError"
import type { Issue } from "../../Errors.js"

export const invalidConfig = (first: Issue, ...rest: ReadonlyArray<Issue>): ConfigError.ConfigError =>
  rest.map(invalidData).reduce(ConfigError.And, invalidData(first))

const invalidData = ({ message, path }: Issue): ConfigError.ConfigError =>
  ConfigError.InvalidData(path.map(String), message)

/** The error, with words of ours for each variable that is missing. */
export const explainMissing = (
  error: ConfigError.ConfigError,
  words: (variable: string) => string
): ConfigError.ConfigError => {
  switch (error._op) {
    case "MissingData":
      return ConfigError.MissingData(error.path, words(error.path.join("_")))
    case "And":
      return ConfigError.And(explainMissing(error.left, words), explainMissing(error.right, words))
    case "Or":
      return ConfigError.Or(explainMissing(error.left, words), explainMissing(error.right, words))
    default:
      return error
  }
}

/** What a ConfigError finds fault with. An error of another kind has none. */
export const issuesIn = (error: unknown): ReadonlyArray<Issue> => {
  if (!ConfigError.isConfigError(error)) return []
  if ("left" in error) return [...issuesIn(error.left), ...issuesIn(error.right)]
  return [{ path: error.path, message: error.message }]
}

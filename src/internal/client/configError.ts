/** The error of a configuration whose values are invalid. */
import * as ConfigError from "effect/ConfigError"
import type { Issue } from "../../Errors.js"

export const invalidConfig = (first: Issue, ...rest: ReadonlyArray<Issue>): ConfigError.ConfigError =>
  rest.map(invalidData).reduce(ConfigError.And, invalidData(first))

const invalidData = ({ message, path }: Issue): ConfigError.ConfigError =>
  ConfigError.InvalidData(path.map(String), message)

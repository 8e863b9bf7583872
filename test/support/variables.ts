/** Variables of the environment, as a Config reads them. */
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Layer from "effect/Layer"

/** These variables, and no others. One that is empty is there. */
export const variables = (all: Readonly<Record<string, string>>): Layer.Layer<never> =>
  Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(all))))

type Fault = readonly [variable: string, fault: "missing" | "invalid"]

/** What a ConfigError finds fault with; of an error of another kind, nothing. */
export const faultOf = (error: unknown): Fault | undefined =>
  ConfigError.isConfigError(error)
    ? [variableOf(error), ConfigError.isMissingDataOnly(error) ? "missing" : "invalid"]
    : undefined

const variableOf = (error: ConfigError.ConfigError): string =>
  "path" in error ? error.path.join(".") : variableOf(error.left)

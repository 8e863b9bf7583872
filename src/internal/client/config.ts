/** The client's options from a ConfigProvider. */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ClientOptions } from "../../Client.js"
import { present } from "../schema/present.js"
import { invalidConfig } from "./configError.js"
import { head } from "./settings.js"

/** Options, each a Config. Those that are not plain values (a policy, a function) may also be given directly. */
export type Options = {
  readonly [K in keyof ClientOptions]: K extends "retry" | "transformClient"
    ? ClientOptions[K] | Config.Config<NonNullable<ClientOptions[K]>>
    : Config.Config.Wrap<ClientOptions[K]>
}

/** The environment variable of each option: the names that OpenRouter's own SDK reads. */
const variables = {
  apiKey: "OPENROUTER_API_KEY",
  baseUrl: "OPENROUTER_BASE_URL",
  httpReferer: "OPENROUTER_HTTP_REFERER",
  appTitle: "OPENROUTER_APP_TITLE",
  appCategories: "OPENROUTER_APP_CATEGORIES"
} as const

/** A variable that is empty, or only white space, counts as not set. */
const optional = (name: string): Config.Config<string | undefined> =>
  Config.map(Config.option(Config.string(name)), (value) => Option.getOrUndefined(value)?.trim() || undefined)

const environment: Config.Config<ClientOptions> = Config.map(
  Config.all({
    apiKey: Config.redacted(variables.apiKey),
    baseUrl: optional(variables.baseUrl),
    httpReferer: optional(variables.httpReferer),
    appTitle: optional(variables.appTitle),
    appCategories: optional(variables.appCategories)
  }),
  present
)

/** `Config.unwrap`, which takes no empty record on Effect 3. */
const unwrap = (value: Config.Config<unknown> | Readonly<Record<string, unknown>>): Config.Config<unknown> =>
  !Config.isConfig(value) && Object.keys(value).length === 0
    ? Config.succeed(value)
    : Config.unwrap(value as Config.Config.Wrap<unknown>)

const fromOptions = (options: Options): Config.Config<ClientOptions> =>
  unwrap(
    Object.fromEntries(
      Object.entries(options)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [
          name,
          !Config.isConfig(value) && (name === "retry" || name === "transformClient")
            ? Config.succeed(value)
            : unwrap(value as Config.Config<unknown>)
        ])
    )
  ) as Config.Config<ClientOptions>

/** The checks of a call, made at once and reported under the name that the value came from. */
const validate = (
  options: ClientOptions,
  names: Readonly<Record<string, string>>
): Effect.Effect<ClientOptions, ConfigError> => {
  const [first, ...rest] = head(options).issues.map(({ path, message }) => ({
    path: [names[String(path[0])] ?? String(path[0]), ...path.slice(1)],
    message
  }))
  return first === undefined ? Effect.succeed(options) : Effect.fail(invalidConfig(first, ...rest))
}

/** Reads the options. Without an argument, it reads the environment variables. */
export const read = (
  config: Config.Config.Wrap<ClientOptions> | Options | undefined
): Effect.Effect<ClientOptions, ConfigError> => {
  if (config === undefined) return Effect.flatMap(environment, (options) => validate(options, variables))
  const options = Config.isConfig(config) ? (config as Config.Config<ClientOptions>) : fromOptions(config as Options)
  return Effect.flatMap(options, (options) => validate(options, {}))
}

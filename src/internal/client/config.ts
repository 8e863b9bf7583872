/** The client's options from a ConfigProvider. */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type { ClientOptions } from "../../Client.js"
import { present } from "../schema/present.js"
import { explainMissing, invalidConfig } from "./configError.js"
import { notSet } from "./missingKey.js"
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

/** The error of a key says how to get one. */
const explainKey = <A>(config: Config.Config<A>): Effect.Effect<A, ConfigError> =>
  Effect.mapError(config, (error) => explainMissing(error, notSet))

/** As `Config.unwrap`, and a plain value, such as a text or a function, stands for itself. */
const unwrap = (value: unknown): Config.Config<unknown> => {
  if (Config.isConfig(value)) return value
  return Predicate.isRecord(value) && !Redacted.isRedacted(value) && Object.keys(value).length > 0
    ? Config.all(Object.fromEntries(Object.entries(value).map(([name, each]) => [name, unwrap(each)])))
    : Config.succeed(value)
}

/** A missing key is told alone. */
const fromOptions = ({ apiKey, ...rest }: Options): Effect.Effect<ClientOptions, ConfigError> => {
  const options = unwrap(
    Object.fromEntries(
      Object.entries(rest)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [
          name,
          !Config.isConfig(value) && (name === "retry" || name === "transformClient")
            ? Config.succeed(value)
            : unwrap(value)
        ])
    )
  ) as Config.Config<ClientOptions>
  const key = explainKey(unwrap(apiKey) as Config.Config<ClientOptions["apiKey"]>)
  return Effect.flatMap(key, (apiKey) => Effect.map(options, (all) => present({ ...all, apiKey })))
}

/** The checks of a call, made at once and reported under the name that the value came from. */
const validate = (
  options: ClientOptions,
  names: Readonly<Record<string, string>>
): Effect.Effect<ClientOptions, ConfigError> => {
  const [first, ...rest] = head(options, names["apiKey"]).issues.map(({ path, message }) => ({
    path: [names[String(path[0])] ?? String(path[0]), ...path.slice(1)],
    message
  }))
  return first === undefined ? Effect.succeed(options) : Effect.fail(invalidConfig(first, ...rest))
}

/** Reads the options. Without an argument, it reads the environment variables. */
export const read = (
  config: Config.Config.Wrap<ClientOptions> | Options | undefined
): Effect.Effect<ClientOptions, ConfigError> => {
  if (config === undefined) {
    return Effect.flatMap(explainKey(environment), (options) => validate(options, variables))
  }
  const options = Config.isConfig(config) ? (config as Config.Config<ClientOptions>) : fromOptions(config as Options)
  return Effect.flatMap(options, (options) => validate(options, {}))
}

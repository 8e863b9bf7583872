/** Variables of the environment. */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** One that is set. */
export interface Variable {
  readonly name: string
  readonly value: string
}

/** The first of some variables that is set; an empty one is not. */
export const variable = (...names: ReadonlyArray<string>): Effect.Effect<Variable | undefined, ConfigError> =>
  Effect.map(
    Effect.forEach(names, (name) =>
      Effect.map(Config.option(Config.string(name)), (found) => ({ name, value: Option.getOrElse(found, () => "") }))
    ),
    (all) => all.find(({ value }) => value !== "")
  )

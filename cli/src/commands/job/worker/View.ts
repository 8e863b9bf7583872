/** The web view that a worker serves: what `--view` says, as a layer. */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { UsageError } from "../../../failure/Failure.js"
import * as Package from "../Package.js"
import { freePort, listenError } from "./Port.js"

/** A variable, because an option's value would be visible in the list of processes. */
export const tokenVariable = "OPENROUTER_IMAGES_VIEW_TOKEN"

export interface Address {
  readonly host: string
  readonly port: number
}

const thisMachine = "127.0.0.1"

/** `8788`, `0.0.0.0:8788` or `[::1]:8788`; port 0 is any that is free. */
export const addressOf = (text: string): Option.Option<Address> => {
  const [, host = thisMachine, digits = ""] = /^(?:([^\s:[\]/@]+|\[[0-9a-f:.]+\]):)?(\d{1,5})$/i.exec(text) ?? []
  const port = Number(digits)
  return digits === "" || port > 65_535 ? Option.none() : Option.some({ host: host.replace(/^\[(.*)\]$/, "$1"), port })
}

const everywhere = new Set(["0.0.0.0", "::"])

/** Where a browser finds it. */
const describe = ({ host, port }: Address, hasToken: boolean): string => {
  const others = everywhere.has(host) ? " and at this machine's other addresses" : ""
  const name = everywhere.has(host) ? thisMachine : host
  const url = `http://${name.includes(":") ? `[${name}]` : name}:${port}`
  return `${url}${others}${hasToken ? ` (asks for ${tokenVariable})` : ""}`
}

const tokenError = (error: ConfigError.ConfigError): UsageError =>
  new UsageError({
    problem: `${tokenVariable} ${"message" in error ? error.message : "is not valid"}.`,
    advice:
      "Set it to a secret, such as `openssl rand -hex 16` makes; without HOST in --view only this machine can look."
  })

type Needs = Layer.Layer.Context<ReturnType<Effect.Effect.Success<typeof Package.view>["View"]["layer"]>>

export interface View {
  readonly layer: Layer.Layer<never, UsageError, Needs>
  readonly url: string
}

/** The view as a layer, and where it is. */
export const make = (given: Address): Effect.Effect<View, UsageError | ConfigError.ConfigError> =>
  Effect.gen(function* () {
    const set = yield* Config.option(Config.redacted(tokenVariable))
    const token = Option.getOrUndefined(Option.filter(set, (value) => Redacted.value(value) !== ""))
    const address = given.port === 0 ? { ...given, port: yield* freePort(given.host, "--view") } : given
    const { View } = yield* Package.view
    const layer = Layer.mapError(View.layer({ ...address, ...(token === undefined ? {} : { token }) }), (error) =>
      ConfigError.isConfigError(error) ? tokenError(error) : listenError("The view", "--view", address, error)
    )
    return { layer, url: describe(address, token !== undefined) }
  })

/**
 * What the commands talk to: OpenRouter if there is a key, and with `--emulator` the embedded emulator. Without either,
 * the emulator answers where a terminal shows that it does, and nothing does elsewhere.
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Client, Images, Telemetry } from "effect-openrouter-images"
import { MissingKeyError } from "./failure/Failure.js"
import { Screen } from "./terminal/Screen.js"

export interface Service {
  /** Whether no money can be spent. */
  readonly emulated: boolean
  /** How often one picture is asked for at most, while that costs nothing. */
  readonly attempts: number
}

export class Connection extends Context.Tag("openrouter-images/Connection")<Connection, Service>() {}

const attempts = 5

/** What a connection serves. */
type Served = Images.Images | Client.OpenRouterClient | Connection

const images = Layer.provide(Telemetry.layer(), Images.layer)

/** Only what is used is loaded: a client, or a program that draws, takes time to load. */
const loaded = <E>(load: () => Promise<Layer.Layer<HttpClient.HttpClient, E>>): Layer.Layer<HttpClient.HttpClient, E> =>
  Layer.unwrapEffect(Effect.promise(load))

/** undici itself, not `fetch`, which gives up after 300 seconds without a byte: a slow generation may take longer. */
export const undici = loaded(async () => (await import("./ProxiedClient.js")).layer)

const embedded = loaded(async () => {
  const { Emulator } = await import("effect-openrouter-images-emulator")
  return Emulator.layerClientWith({ pause: "700 millis" })
})

const openRouter: Layer.Layer<Served, ConfigError> = Layer.merge(
  images.pipe(Layer.provideMerge(Client.layerConfig()), Layer.provide(undici)),
  Layer.succeed(Connection, { emulated: false, attempts })
)

const emulated: Layer.Layer<Served> = Layer.merge(
  images.pipe(
    Layer.provideMerge(Client.layer({ apiKey: Redacted.make("embedded-emulator") })),
    Layer.provide(embedded)
  ),
  Layer.succeed(Connection, { emulated: true, attempts })
)

const isSet = (name: string): Effect.Effect<boolean, ConfigError> =>
  Effect.map(Config.option(Config.string(name)), Option.isSome)

export const hasKey = isSet("OPENROUTER_API_KEY")

/** What it means that the emulator answers, for each thing that is shown. */
const meanings = {
  pictures: "using the embedded emulator, nothing is billed",
  prices: "these are the embedded emulator's models and prices, not OpenRouter's",
  records: "asking the embedded emulator, which knows no generation of an earlier command",
  key: "this is the key of the embedded emulator, not yours"
}

/** What a command shows. */
type Shown = keyof typeof meanings

/** Why the emulator answers, and what that means. */
const notice = (emulator: boolean, shown: Shown, baseUrl: boolean): string => {
  const why = emulator ? "--emulator" : "no OPENROUTER_API_KEY"
  return `${why}: ${meanings[shown]}${baseUrl ? " (OPENROUTER_BASE_URL is not used)" : ""}`
}

/** A program whose messages nobody reads would take what the emulator draws for what was asked for. */
const checkReader: Effect.Effect<void, MissingKeyError, Screen> = Effect.gen(function* () {
  if ((yield* (yield* Screen).stderr).isTerminal) return
  return yield* new MissingKeyError({ problem: "OPENROUTER_API_KEY is not set, and stderr is not a terminal." })
})

/** A key that is set is used, even an invalid one, which is then the error. With `emulator` the key is not read. */
export const layer = (emulator: boolean, shown: Shown): Layer.Layer<Served, ConfigError | MissingKeyError, Screen> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      if (!emulator && (yield* hasKey)) return openRouter
      if (!emulator) yield* checkReader
      yield* Console.error(notice(emulator, shown, yield* isSet("OPENROUTER_BASE_URL")))
      return emulated
    })
  )

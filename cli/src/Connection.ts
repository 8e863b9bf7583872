/** What the commands talk to: OpenRouter when there is a key, the embedded emulator when there is none. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Client, Images } from "effect-openrouter-images"

/** Whether money can be spent. */
export class Connection extends Context.Tag("openrouter-images/Connection")<
  Connection,
  { readonly emulated: boolean }
>() {}

/** undici itself, not `fetch`: that gives up after 300 seconds without a byte, where a slow generation may still come. */
const openRouter: Layer.Layer<Images.Images | Connection, ConfigError> = Layer.merge(
  Images.layer.pipe(Layer.provide(Client.layerConfig()), Layer.provide(NodeHttpClient.layerUndici)),
  Layer.succeed(Connection, { emulated: false })
)

/** Loaded when it is needed: it draws, and so takes its time to load. */
const emulatedClient: Layer.Layer<HttpClient.HttpClient> = Layer.unwrapEffect(
  Effect.map(
    Effect.promise(() => import("effect-openrouter-images-emulator")),
    ({ Emulator }) => Emulator.layerClient
  )
)

const emulator: Layer.Layer<Images.Images | Connection> = Layer.merge(
  Images.layer.pipe(
    Layer.provide(Client.layer({ apiKey: Redacted.make("embedded-emulator") })),
    Layer.provide(emulatedClient)
  ),
  Layer.succeed(Connection, { emulated: true })
)

const isSet = (name: string): Effect.Effect<boolean, ConfigError> =>
  Effect.map(Config.option(Config.string(name)), Option.isSome)

/** A key that is set counts, even when it is not valid: then that is the error. */
export const layer: Layer.Layer<Images.Images | Connection, ConfigError> = Layer.unwrapEffect(
  Effect.gen(function* () {
    if (yield* isSet("OPENROUTER_API_KEY")) return openRouter
    const unused = (yield* isSet("OPENROUTER_BASE_URL")) ? " (OPENROUTER_BASE_URL is not used)" : ""
    yield* Console.error(`no OPENROUTER_API_KEY: using the embedded emulator, nothing is billed${unused}`)
    return emulator
  })
)

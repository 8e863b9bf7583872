/** Messages to a server of the user's own: what `--callback` says, as a layer. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { undici } from "../../../Connection.js"
import { UsageError } from "../../../failure/Failure.js"
import * as Package from "../Package.js"

/** A variable, because an option's value would be visible in the list of processes. */
export const secretVariable = "OPENROUTER_IMAGES_CALLBACK_SECRET"

const invalid = ({ message }: { readonly message: string }) =>
  new UsageError({
    problem: `--callback cannot be used: ${message.replaceAll(/\s+/g, " ")}.`,
    advice: `Give it an http(s) URL, and ${secretVariable} a secret, such as \`openssl rand -hex 16\` makes.`
  })

export const make = (url: string) =>
  Effect.gen(function* () {
    const { layer } = yield* Package.callbacks
    const secret = Option.getOrElse(yield* Config.option(Config.redacted(secretVariable)), () => Redacted.make(""))
    return layer({ url, secret }).pipe(Layer.mapError(invalid), Layer.provide(undici))
  })

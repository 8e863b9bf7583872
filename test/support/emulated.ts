/** The library over the emulator in memory. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client, Images, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

/** `Images` and its client over the emulator, without retries unless told. */
export const emulated = (
  options: Client.ClientOptions = {}
): Layer.Layer<Images.Images | Client.OpenRouterClient | Emulator.Emulator> =>
  Images.layer.pipe(
    Layer.provideMerge(Client.layer({ apiKey: Redacted.make("any-key"), retry: Retry.none, ...options })),
    Layer.provideMerge(Emulator.layerClient)
  )

/** A request's own fault, for one call. */
export const withFault = (fault: object): Images.RequestOptions => ({
  headers: { "x-emulator-fault": JSON.stringify(fault) }
})

/** How many requests came to a path's end. */
export const requestsTo = (end: string): Effect.Effect<number, never, Emulator.Emulator> =>
  Effect.flatMap(Emulator.Emulator, (emulator) =>
    Effect.map(emulator.requests, (all) => all.filter(({ path }) => path.endsWith(end)).length)
  )

/** What the emulator has billed, in US dollars. */
export const billed: Effect.Effect<number, never, Emulator.Emulator> = Effect.flatMap(Emulator.Emulator, (emulator) =>
  Effect.map(emulator.ledger, (ledger) => ledger.reduce((sum, { costUsd }) => sum + costUsd, 0))
)

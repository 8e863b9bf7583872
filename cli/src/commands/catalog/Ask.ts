/** Questions to the catalogue, which cost nothing. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Catalog } from "effect-openrouter-images"
import * as Connection from "../../Connection.js"
import type { Screen } from "../../terminal/Screen.js"
import { withSpinner } from "../../terminal/Spinner.js"

/** The catalogue of OpenRouter, or that of the emulator. */
export const layer = (emulator: boolean) => Layer.provideMerge(Catalog.layer(), Connection.layer(emulator, "prices"))

/** Waits for the answer to a question. */
export const ask = <A, E, R>(what: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Screen> =>
  effect.pipe(
    withSpinner(`asking for the ${what}:`),
    Effect.onInterrupt(() => Console.error("cancelled: nothing was billed"))
  )

/**
 * Ids of generations as the API gives them: `gen-img-UNIXSECONDS-20CHARACTERS`. Wherever one is kept, it says that the
 * emulator made it and that nothing was paid: its characters begin with `emulated`.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

const mark = "emulated"

/** A new id; the program's Clock and Random decide it. */
export const make: Effect.Effect<string> = Effect.gen(function* () {
  const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1000)
  const characters = yield* Effect.replicateEffect(Random.nextIntBetween(0, alphabet.length), 20 - mark.length)
  return `gen-img-${seconds}-${mark}${characters.map((i) => alphabet[i]).join("")}`
})

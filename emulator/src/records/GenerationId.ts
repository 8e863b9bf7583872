/** Ids of generations as the API gives them: `gen-img-UNIXSECONDS-20CHARACTERS`. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/** A new id; the program's Clock and Random decide it. */
export const make: Effect.Effect<string> = Effect.gen(function* () {
  const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1000)
  const characters = yield* Effect.replicateEffect(Random.nextIntBetween(0, alphabet.length), 20)
  return `gen-img-${seconds}-${characters.map((i) => alphabet[i]).join("")}`
})

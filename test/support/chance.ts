/** Chance that can be had again. */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

/** Runs an effect with the same chance each time. */
export const seeded = (seed: string) => Effect.withRandom(Random.make(seed))

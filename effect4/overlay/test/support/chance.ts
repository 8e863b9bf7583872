// Overlay: Effect 4 has a random generator of a seed in one step.
/** Chance that can be had again. */
import * as Random from "effect/Random"

/** Runs an effect with the same chance each time. */
export const seeded = (seed: string) => Random.withSeed(seed)

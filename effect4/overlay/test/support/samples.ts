// Overlay: Effect 4 makes the values by itself, from a seed.
/** Values that a schema allows. */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as FastCheck from "fast-check"

/** How large a value may become. Each is made from a seed and a size, so that what fails can shrink to a smaller one. */
const sizes = FastCheck.nat({ max: 20 })

const seeds = FastCheck.noShrink(FastCheck.integer())

/** Any value of the schema. */
export const samplesOf = <A, I>(schema: Schema.Codec<A, I>): FastCheck.Arbitrary<A> => {
  const samples = Arbitrary.schema(schema)
  return FastCheck.tuple(seeds, sizes).map(([seed, size]) => {
    const [value] = Effect.runSync(Arbitrary.sampleEffect(samples, { count: 1, seed, size }))
    if (value === undefined) throw new Error("there is no sample")
    return value
  })
}

/** Values that a schema allows. */
import * as Arbitrary from "effect/Arbitrary"
import type * as FastCheck from "effect/FastCheck"
import type * as Schema from "effect/Schema"

/** Any value of the schema. */
export const samplesOf = <A, I>(schema: Schema.Schema<A, I>): FastCheck.Arbitrary<A> => Arbitrary.make(schema)

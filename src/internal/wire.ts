/** Schemas of answers: the wire's shape is checked once and then mapped, which costs half of renaming field by field. */
import * as Arbitrary from "effect/Arbitrary"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { nullable } from "./checked.js"

/**
 * The schema of `A` from the schema of its wire shape and the two pure functions between them. Encoding checks the wire
 * shape again, so that nothing malformed leaves either.
 */
export const fromWire =
  <A extends object>(identifier: string) =>
  <W, I>(
    wire: Schema.Schema<W, I>,
    mapping: { readonly decode: (wire: W) => A; readonly encode: (value: A) => W }
  ): Schema.Schema<A, I> =>
    Schema.transform(
      wire,
      Schema.declare((value: unknown): value is A => Predicate.isRecord(value), {
        identifier,
        arbitrary: () => () => Arbitrary.make(wire).map(mapping.decode)
      }),
      { strict: true, ...mapping }
    )

/** A field that may be absent, and is taken for absent when the server sends null. */
export const nullish = nullable

/** The value of such a field. */
export const orAbsent = <A>(value: A | null | undefined): A | undefined => value ?? undefined

/** Schemas of request fields. Each says in one sentence what is allowed and what it got. */
import type { LazyArbitrary } from "effect/Arbitrary"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { show } from "../../Issue.js"

/** A value that `expected` describes, or a fault with that sentence. `arbitrary` makes values for property tests. */
export const constrain = <A>(
  expected: string,
  is: Predicate.Refinement<unknown, A>,
  arbitrary: LazyArbitrary<A>
): Schema.Schema<A> =>
  Schema.declare(is, {
    description: expected,
    message: (issue) => `must be ${expected}, got ${show(issue.actual)}`,
    arbitrary: () => arbitrary
  })

/** An integer from `min` to `max`. */
export const integer = (
  expected: string,
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY
): Schema.Schema<number> =>
  constrain(
    expected,
    (value): value is number => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    (fc) => fc.integer({ min: Math.max(min, -(2 ** 31)), max: Math.min(max, 2 ** 31 - 1) })
  )

/**
 * Characters are code points: an emoji is one, where JavaScript counts two. Text may be long, so code points are
 * counted only where that decides.
 */
const isWithin = (value: string, min: number, max: number): boolean =>
  value.length >= min && (value.length <= max || (value.length <= 2 * max && Array.from(value).length <= max))

/** Text of `min` to `max` characters. */
export const text = (expected: string, min = 0, max = Number.POSITIVE_INFINITY): Schema.Schema<string> =>
  constrain(
    expected,
    (value): value is string => Predicate.isString(value) && isWithin(value, min, max),
    (fc) => fc.string({ minLength: min, maxLength: Math.min(max, 40) })
  )

export const boolean: Schema.Schema<boolean> = constrain("true or false", Predicate.isBoolean, (fc) => fc.boolean())

/**
 * An empty message, for the alternative of leaving a value out. Someone who sent a wrong value does not want to read
 * that no value would do.
 */
export const silentMessage = { message: () => "" }

/**
 * The same schema, with a sentence of ours when a value is not even of the right kind. Faults within the value keep
 * their own messages.
 */
export const describe = <A, I>(schema: Schema.Schema<A, I>, expected: string): Schema.Schema<A, I> =>
  schema.annotations({ message: (issue) => `must be ${expected}, got ${show(issue.actual)}` })

/**
 * A field that may be absent, but not undefined. Equals `Schema.optionalWith(schema, { exact: true })`, which would add
 * all its other options to every bundle.
 */
export const exact = <A, I>(schema: Schema.Schema<A, I>): Schema.PropertySignature<"?:", A, never, "?:", I> =>
  Schema.makePropertySignature(new Schema.PropertySignatureDeclaration(schema.ast, true, true, {}, undefined))

/** A field that may be absent or undefined. */
export const optional = <A, I>(schema: Schema.Schema<A, I>) =>
  exact(Schema.Union(schema, Schema.Undefined.annotations(silentMessage)))

/** A field that may be absent, undefined or null. */
export const nullable = <A, I>(schema: Schema.Schema<A, I>) =>
  optional(Schema.Union(schema, Schema.Null.annotations(silentMessage)))

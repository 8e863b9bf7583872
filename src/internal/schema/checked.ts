/** Schemas of request fields. Each says in one sentence what is allowed and what it got. */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { show } from "../../Issue.js"
import { declare, exact, withSentence } from "./primitives.js"
import * as Sample from "./samples.js"

/** A value that `expected` describes, or a fault with that sentence. */
export const constrain = <A>(expected: string, is: Predicate.Refinement<unknown, A>, sample: Sample.Sample<A>) =>
  declare(is, sample, { description: expected, message: (value) => `must be ${expected}, got ${show(value)}` })

/** An integer from `min` to `max`. */
export const integer = (expected: string, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY) =>
  constrain(
    expected,
    (value): value is number => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    Sample.integer(Math.max(min, -(2 ** 31)), Math.min(max, 2 ** 31 - 1))
  )

/**
 * Characters are code points: an emoji is one, where JavaScript counts two. Text may be long, so code points are
 * counted only where that decides.
 */
const isWithin = (value: string, min: number, max: number): boolean =>
  value.length >= min && (value.length <= max || (value.length <= 2 * max && Array.from(value).length <= max))

/** Text of `min` to `max` characters. */
export const text = (expected: string, min = 0, max = Number.POSITIVE_INFINITY) =>
  constrain(
    expected,
    (value): value is string => Predicate.isString(value) && isWithin(value, min, max),
    Sample.text(min, Math.min(max, 40))
  )

export const boolean = constrain("true or false", Predicate.isBoolean, Sample.boolean)

/**
 * Says nothing, for the alternative of leaving a value out. Someone who sent a wrong value does not want to read that
 * no value would do.
 */
const silence = () => ""

/**
 * The same schema, with a sentence of ours when a value is not even of the right kind. Faults within the value keep
 * their own messages.
 */
export const describe = <A, I>(schema: Schema.Schema<A, I>, expected: string) =>
  withSentence(schema, (value) => `must be ${expected}, got ${show(value)}`)

/** A field that may be absent or undefined. */
export const optional = <A, I>(schema: Schema.Schema<A, I>) =>
  exact(Schema.Union(schema, withSentence(Schema.Undefined, silence)))

/** A field that may be absent, undefined or null. */
export const nullable = <A, I>(schema: Schema.Schema<A, I>) =>
  optional(Schema.Union(schema, withSentence(Schema.Null, silence)))

// Overlay: the property tests of Effect 4 make values from schemas.
/** What property tests make values of our schemas from. */
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

/** Makes values of `A`. */
export type Sample<A> = Schema.Codec<A, unknown>

/** The values of a sample. */
type ValueOf<S> = S extends Sample<infer A> ? A : never

type Samples = Readonly<Record<string, Sample<unknown>>>

export const boolean: Sample<boolean> = Schema.Boolean

export const integer = (minimum = -(2 ** 31), maximum = 2 ** 31 - 1): Sample<number> =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

export const text = (minLength = 0, maxLength = 40): Sample<string> =>
  Schema.String.check(Schema.isMinLength(minLength), Schema.isMaxLength(maxLength))

export const oneOf = <const A extends string | null>(...values: ReadonlyArray<A>): Sample<A> =>
  Schema.Union(
    values.map((value) => (value === null ? Schema.Null : Schema.Literal(value)))
  ) as Sample<unknown> as Sample<A>

export const either = <A, B>(first: Sample<A>, second: Sample<B>): Sample<A | B> => Schema.Union([first, second])

export const list = <A>(item: Sample<A>, minLength = 0): Sample<ReadonlyArray<A>> =>
  Schema.Array(item).check(Schema.isMinLength(minLength), Schema.isMaxLength(64))

/** An object with these fields, and some of the optional ones. */
export const object = <R extends Samples, O extends Samples>(
  required: R,
  optional: O
): Sample<{ readonly [K in keyof R]: ValueOf<R[K]> } & { readonly [K in keyof O]?: ValueOf<O[K]> }> => {
  const present = Object.entries(optional).map(([name, sample]) => [name, Schema.optionalKey(sample)] as const)
  return Schema.Struct({ ...required, ...Object.fromEntries(present) }) as never
}

export const dictionary = <A>(value: Sample<A>): Sample<Readonly<Record<string, A>>> =>
  Schema.Record(Schema.String, value)

export const map = <A, B>(sample: Sample<A>, f: (value: A) => B): Sample<B> =>
  Schema.declare((_: unknown): _ is B => true, { toCodecArbitrary: () => linkTo(sample, f) })

/** How values of `B` are made of those of a sample. */
export const linkTo = <A, B>(sample: Schema.Codec<A, unknown>, f: (value: A) => B) =>
  Schema.link<B>()(Schema.toType(sample), {
    decode: SchemaGetter.transform(f),
    encode: SchemaGetter.forbidden(() => "samples are only made")
  })

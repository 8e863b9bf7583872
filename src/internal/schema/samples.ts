/** What property tests make values of our schemas from. */
import type { LazyArbitrary } from "effect/Arbitrary"

/** Makes values of `A`. */
export type Sample<A> = LazyArbitrary<A>

/** The values of a sample. */
type ValueOf<S> = S extends Sample<infer A> ? A : never

type Samples = Readonly<Record<string, Sample<unknown>>>

export const boolean: Sample<boolean> = (fc) => fc.boolean()

export const integer =
  (min = -(2 ** 31), max = 2 ** 31 - 1): Sample<number> =>
  (fc) =>
    fc.integer({ min, max })

export const text =
  (minLength = 0, maxLength = 40): Sample<string> =>
  (fc) =>
    fc.string({ minLength, maxLength })

export const oneOf =
  <const A extends string | null>(...values: ReadonlyArray<A>): Sample<A> =>
  (fc) =>
    fc.constantFrom(...values)

export const either =
  <A, B>(first: Sample<A>, second: Sample<B>): Sample<A | B> =>
  (fc) =>
    fc.oneof(first(fc), second(fc))

export const list =
  <A>(item: Sample<A>, minLength = 0): Sample<ReadonlyArray<A>> =>
  (fc) =>
    fc.array(item(fc), { minLength, maxLength: 64 })

/** An object with these fields, and some of the optional ones. */
export const object =
  <R extends Samples, O extends Samples>(
    required: R,
    optional: O
  ): Sample<{ readonly [K in keyof R]: ValueOf<R[K]> } & { readonly [K in keyof O]?: ValueOf<O[K]> }> =>
  (fc) => {
    const all = Object.entries({ ...required, ...optional }).map(([name, sample]) => [name, sample(fc)] as const)
    return fc.record(Object.fromEntries(all), { requiredKeys: Object.keys(required) }) as never
  }

export const dictionary =
  <A>(value: Sample<A>): Sample<Readonly<Record<string, A>>> =>
  (fc) =>
    fc.dictionary(fc.string(), value(fc))

export const map =
  <A, B>(sample: Sample<A>, f: (value: A) => B): Sample<B> =>
  (fc) =>
    sample(fc).map(f)

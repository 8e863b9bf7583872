/** What a Schema has against a value, in a form of our own. */

/** One mistake. A value of a wrong kind where a structure should be has neither `message` nor `expected`. */
export interface Mistake {
  readonly path: ReadonlyArray<PropertyKey>
  /** A sentence that the Schema has for this mistake. */
  readonly message?: string
  /** What the value should have been. */
  readonly expected?: string
}

/** What is wrong with one value. */
export interface Mistaken extends Omit<Mistake, "expected"> {
  /** The alternatives, but not that the value may be left out. */
  readonly expected: ReadonlyArray<string>
}

const nameOf = ({ path }: Mistake): string => path.map(String).join(".")

/** The first mistake, with what others of the same value expect. */
export const firstOf = ([first = { path: [] }, ...rest]: ReadonlyArray<Mistake>): Mistaken => ({
  ...first,
  expected: [first, ...rest.filter((one) => nameOf(one) === nameOf(first))].flatMap(({ expected }) =>
    expected === undefined || /^(null|undefined)$/.test(expected) ? [] : [expected]
  )
})

/** The value that all have in common. */
export const commonOf = <A>(values: ReadonlyArray<A>): A | undefined =>
  new Set(values).size === 1 ? values[0] : undefined

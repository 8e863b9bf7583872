/** Two lists side by side. */

/** Something before and after; at least one of both is there. */
export type Pair<A> =
  | { readonly key: string; readonly before: A; readonly after: A }
  | { readonly key: string; readonly before: A; readonly after?: never }
  | { readonly key: string; readonly before?: never; readonly after: A }

/** Of several with the same key, the first of one list belongs to the first of the other. */
const byKey = <A>(all: ReadonlyArray<A>, keyOf: (one: A) => string): ReadonlyMap<string, A> => {
  const counts = new Map<string, number>()
  return new Map(
    all.map((one) => {
      const key = keyOf(one)
      const count = counts.get(key) ?? 0
      counts.set(key, count + 1)
      return [JSON.stringify([key, count]), one]
    })
  )
}

/** What has the same key, in the order of `after`. What is only in `before` comes last. */
export const pair = <A>(
  before: ReadonlyArray<A>,
  after: ReadonlyArray<A>,
  keyOf: (one: A) => string
): ReadonlyArray<Pair<A>> => {
  const [old, now] = [byKey(before, keyOf), byKey(after, keyOf)]
  const kept = Array.from(now, ([key, after]): Pair<A> => {
    const before = old.get(key)
    return before === undefined ? { key, after } : { key, before, after }
  })
  const gone = Array.from(old).flatMap(
    ([key, before]): ReadonlyArray<Pair<A>> => (now.has(key) ? [] : [{ key, before }])
  )
  return [...kept, ...gone]
}

/** Optional fields that have no value. */

/** `A` without `undefined`: a key that may be undefined becomes a key that may be absent. */
export type Present<A> = { readonly [K in keyof A as undefined extends A[K] ? never : K]: A[K] } & {
  readonly [K in keyof A as undefined extends A[K] ? K : never]?: Exclude<A[K], undefined>
}

/** A copy without the keys whose value is undefined: absent is absent, on the wire and in the types. */
export const present = <A extends object>(value: A): Present<A> =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Present<A>

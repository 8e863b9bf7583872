/** The tags of a union of errors, in the order of the alphabet. */
export const tagsOf = <Tag extends string>(union: {
  readonly members: ReadonlyArray<{ readonly _tag: Tag }>
}): ReadonlyArray<Tag> => union.members.map(({ _tag }) => _tag).sort()

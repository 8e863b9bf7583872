// Overlay: the class of a TaggedError of Effect 4 has its tag in the schema of its fields.
/** The tags of a union of errors, in the order of the alphabet. */
export const tagsOf = <Tag extends string>(union: {
  readonly members: ReadonlyArray<{
    readonly fields: { readonly _tag: { readonly schema: { readonly literal: Tag } } }
  }>
}): ReadonlyArray<Tag> => union.members.map(({ fields }) => fields._tag.schema.literal).sort()

// Overlay: a constructor of Effect 4 always checks the types of its fields.
/** Values of a Schema's class that are made without a check. */

/** A class with a tag, or without one. */
interface Fields {
  readonly _tag?: { readonly schema: { readonly literal: string } }
}

/** What was decoded or made by someone else is handed on as it is: a check that fails would lose a picture. */
export const makeUnchecked = <A, Self>(
  Class: (new (fields: A) => Self) & { readonly fields: object },
  fields: A
): Self => {
  const { _tag }: Fields = Class.fields
  return Object.assign(Object.create(Class.prototype), _tag === undefined ? {} : { _tag: _tag.schema.literal }, fields)
}

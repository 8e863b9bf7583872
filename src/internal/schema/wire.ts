/**
 * Schemas of answers. The wire's shape is checked once and then mapped, which takes half the time of renaming field by
 * field.
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { nullable } from "./checked.js"
import { declareFrom } from "./primitives.js"

/**
 * The schema of `A`, from the schema of its wire shape and the two pure functions between them. Encoding checks the
 * wire shape again, so that nothing malformed is sent either. The content of a value of `A` was checked on the wire's
 * side; its samples are the wire's, mapped.
 */
export const fromWire =
  <A extends object>(identifier: string) =>
  <W, I>(
    wire: Schema.Schema<W, I>,
    mapping: { readonly decode: (wire: W) => A; readonly encode: (value: A) => W }
  ): Schema.Schema<A, I> => {
    const domain = declareFrom(
      (value): value is A => Predicate.isRecord(value),
      Schema.typeSchema(wire),
      mapping.decode,
      { message: () => "must be an object", identifier }
    )
    return Schema.transform(wire, domain, mapping)
  }

/** Our name for a wire name: `cost_usd` is `costUsd`. */
type CamelCase<Name> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : Name

/** Fields under our names. In a decoded value (`Absent` is null), a field is absent where the server sent null. */
type Renamed<Wire, Absent = never> = {
  readonly [Name in keyof Wire as CamelCase<Name>]: Exclude<Wire[Name], undefined | Absent>
}

type Names = ReadonlyArray<readonly [from: string, to: string]>

const rename = (names: Names, value: unknown, isAbsent: Predicate.Predicate<unknown>): unknown => {
  const renamed: Record<string, unknown> = {}
  for (const [from, to] of names) {
    const item = (value as Readonly<Record<string, unknown>>)[from]
    if (!isAbsent(item)) renamed[to] = item
  }
  return renamed
}

/**
 * Renames between a wire shape and ours, in both directions. It leaves out anything that is not a field of the shape.
 */
export const renameFields = <Fields extends Schema.Struct.Fields>({ fields }: { readonly fields: Fields }) => {
  type Wire = Schema.Struct.Type<Fields>
  const names = Object.keys(fields).map(
    (name) => [name, name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())] as const
  )
  const back = names.map(([theirs, ours]) => [ours, theirs] as const)
  return {
    decode: (wire: Wire) => rename(names, wire, Predicate.isNullable) as Renamed<Wire, null>,
    encode: (value: Renamed<Wire>) => rename(back, value, Predicate.isUndefined) as Wire
  }
}

/** A field that may be absent, and counts as absent when the server sends null. */
export const nullish = nullable

/** The value of such a field. */
export const orAbsent = <A>(value: A | null | undefined): A | undefined => value ?? undefined

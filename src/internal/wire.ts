/** Schemas of answers: the wire's shape is checked once and then mapped, which costs half of renaming field by field. */
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { nullable } from "./checked.js"

/** A value of the domain: what it holds was checked on the wire's side. Its arbitrary is that of the wire, mapped. */
const domainOf = <A extends object, W, I>(
  identifier: string,
  wire: Schema.Schema<W, I>,
  decode: (wire: W) => A
): Schema.Schema<A> => {
  const check = () => (value: unknown, _: unknown, ast: ParseResult.Type["ast"]) =>
    Predicate.isRecord(value)
      ? ParseResult.succeed(value as A)
      : ParseResult.fail(new ParseResult.Type(ast, value, "must be an object"))
  return Schema.declare(
    [Schema.typeSchema(wire)],
    { decode: check, encode: check },
    { identifier, arbitrary: (arbitrary) => (fc) => arbitrary(fc).map(decode) }
  )
}

/**
 * The schema of `A` from the schema of its wire shape and the two pure functions between them. Encoding checks the wire
 * shape again, so that nothing malformed leaves either.
 */
export const fromWire =
  <A extends object>(identifier: string) =>
  <W, I>(
    wire: Schema.Schema<W, I>,
    mapping: { readonly decode: (wire: W) => A; readonly encode: (value: A) => W }
  ): Schema.Schema<A, I> =>
    Schema.transform(wire, domainOf(identifier, wire, mapping.decode), { strict: true, ...mapping })

/** A field that may be absent, and is taken for absent when the server sends null. */
export const nullish = nullable

/** The value of such a field. */
export const orAbsent = <A>(value: A | null | undefined): A | undefined => value ?? undefined

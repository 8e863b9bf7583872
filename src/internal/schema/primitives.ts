/** The parts that our schemas are made of, and that Effect's own do not have: sentences, samples and open structs. */
import * as ParseResult from "effect/ParseResult"
import type * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { Sample } from "./samples.js"

/** Says what a value must be, and what it is instead. An empty sentence says nothing. */
export type Sentence = (value: unknown) => string

/** A fault within a value. */
export interface Fault {
  readonly path: ReadonlyArray<PropertyKey>
  readonly message: string
}

/** What a schema says about itself. */
interface Words {
  readonly message: Sentence
  readonly identifier?: string
  readonly description?: string
}

const checkBy =
  <A>(is: Predicate.Refinement<unknown, A>) =>
  () =>
  (value: unknown, _: unknown, ast: ParseResult.Type["ast"]) =>
    is(value) ? ParseResult.succeed(value) : ParseResult.fail(new ParseResult.Type(ast, value))

/** A value that `is` knows. */
export const declare = <A>(
  is: Predicate.Refinement<unknown, A>,
  sample: Sample<A>,
  { message, ...names }: Words
): Schema.Schema<A> =>
  Schema.declare(is, { ...names, message: ({ actual }) => message(actual), arbitrary: () => sample })

/** A value that `is` knows. Property tests make such values from those of another schema. */
export const declareFrom = <A, S, I>(
  is: Predicate.Refinement<unknown, A>,
  samples: Schema.Schema<S, I>,
  make: (sample: S) => A,
  { message, ...names }: Words
): Schema.Schema<A> =>
  Schema.declare(
    [samples],
    { decode: checkBy(is), encode: checkBy(is) },
    { ...names, message: ({ actual }) => message(actual), arbitrary: (samples) => (fc) => samples(fc).map(make) }
  )

/** The same schema with a sentence for a value of the wrong kind. Faults within the value keep their own messages. */
export const withSentence = <A, I>(schema: Schema.Schema<A, I>, sentence: Sentence): Schema.Schema<A, I> =>
  schema.annotations({ message: ({ actual }) => sentence(actual) })

/** The same schema with the faults that a function finds in a value that is otherwise right. */
export const withFaults = <A, I>(
  schema: Schema.Schema<A, I>,
  faultsOf: (value: A) => ReadonlyArray<Fault>
): Schema.Schema<A, I> => schema.pipe(Schema.filter((value) => [...faultsOf(value)]))

/** An object that may hold more than these fields. What it holds passes through. */
export const openStruct = <Fields extends Schema.Struct.Fields>(fields: Fields): Schema.Struct<Fields> =>
  Schema.Struct(fields).annotations({ parseOptions: { onExcessProperty: "preserve" } })

/**
 * A field that may be absent, but not undefined. Equals `Schema.optionalWith(schema, { exact: true })`, which would add
 * all its other options to every bundle.
 */
export const exact = <A, I>(schema: Schema.Schema<A, I>): Schema.PropertySignature<"?:", A, never, "?:", I> =>
  Schema.makePropertySignature(new Schema.PropertySignatureDeclaration(schema.ast, true, true, {}, undefined))

/** A field that need not be given to a constructor. */
export const withDefault = <A, I>(schema: Schema.Schema<A, I>, value: NoInfer<A>) =>
  schema.pipe(
    Schema.propertySignature,
    Schema.withConstructorDefault(() => value)
  )

/** The same for a field that may be absent on the wire as well. */
export const withDefaultAnywhere = <A, I>(schema: Schema.Schema<A, I>, value: NoInfer<Exclude<A, undefined>>) =>
  Schema.optional(schema).pipe(Schema.withDefaults({ constructor: () => value, decoding: () => value }))

/** A field that is absent where the wire has a value of a wrong type. */
export const lenient = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optional(Schema.UndefinedOr(schema).annotations({ decodingFallback: () => ParseResult.succeed(undefined) }))

/** A schema from two functions. A value that cannot be read gets the message. */
export const convert = <A, B, I>(
  from: Schema.Schema<B, I>,
  to: Schema.Schema<A>,
  options: { readonly decode: (value: B) => A | undefined; readonly encode: (value: A) => B; readonly message: string }
): Schema.Schema<A, I> =>
  Schema.transformOrFail(from, to, {
    decode: (value, _, ast) => {
      const decoded = options.decode(value)
      return decoded === undefined
        ? ParseResult.fail(new ParseResult.Type(ast, undefined, options.message))
        : ParseResult.succeed(decoded)
    },
    encode: (value) => ParseResult.succeed(options.encode(value))
  })

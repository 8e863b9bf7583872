// Overlay: a Schema of Effect 4 has no message functions and no parse options of its own, and makes samples from a link.
/** The parts that our schemas are made of, and that Effect's own do not have: sentences, samples and open structs. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** Says what a value must be, and what it is instead. An empty sentence says nothing. */
export type Sentence = (value: unknown) => string

/** A fault within a value. */
export interface Fault {
  readonly path: ReadonlyArray<PropertyKey>
  readonly message: string
}

/** The annotation that holds a sentence. */
export const sentenceKey = "effect-openrouter-images/sentence"

/** A value that `is` knows. Property tests make such values from the values of another schema. */
export const declare = <A, S extends Schema.Constraint>(options: {
  readonly is: Predicate.Refinement<unknown, A>
  readonly samples: S
  readonly make: (sample: S["Type"]) => A
  readonly message: Sentence
  readonly identifier?: string
  readonly description?: string
}): Schema.declare<A> => {
  const { description, is, make, message, samples, ...names } = options
  return Schema.declare(is, {
    ...names,
    ...(description === undefined ? {} : { description, expected: description }),
    [sentenceKey]: message,
    toCodecArbitrary: () =>
      Schema.link<A>()(Schema.toType(samples), {
        decode: SchemaGetter.transform(make),
        encode: SchemaGetter.forbidden(() => "samples are only made")
      })
  })
}

/** The same schema with a sentence for a value of the wrong kind. Faults within the value keep their own messages. */
export const withSentence = <S extends Schema.Top>(schema: S, sentence: Sentence): S["Rebuild"] =>
  schema.annotate({ [sentenceKey]: sentence })

/** The same schema with the faults that a function finds in a value that is otherwise right. */
export const withFaults = <S extends Schema.Top>(
  schema: S,
  faultsOf: (value: S["Type"]) => ReadonlyArray<Fault>
): S["Rebuild"] =>
  schema.check(
    Schema.makeFilter((value: S["Type"]) => faultsOf(value).map(({ message, path }) => ({ path, issue: message })))
  )

/** An object that may hold more than these fields. What it holds passes through. */
export const openStruct = <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.StructWithRest(Schema.Struct(fields), [Schema.Record(Schema.String, Schema.Unknown)])

/** A field that may be absent, but not undefined. */
export const exact = <S extends Schema.Constraint>(schema: S): Schema.optionalKey<S> => Schema.optionalKey(schema)

/** A field that need not be given to a constructor. */
export const withDefault = <S extends Schema.Constraint & Schema.WithoutConstructorDefault>(
  schema: S,
  value: S["~type.make.in"]
) => Schema.withConstructorDefault<S>(Effect.succeed(value))(schema)

/** The same for a field that may be absent on the wire as well. */
export const withDefaultAnywhere = <S extends Schema.Constraint & Schema.WithoutConstructorDefault>(
  schema: S,
  value: S["Type"] & S["~type.make.in"]
) => withDefault(Schema.withDecodingDefaultType<S>(Effect.succeed(value))(schema), value)

/** A field that is absent where the wire has a value of a wrong type. */
export const lenient = <S extends Schema.Constraint>(schema: S) =>
  Schema.optional(Schema.UndefinedOr(schema).pipe(Schema.catchDecoding(() => Effect.succeed(Option.some(undefined)))))

/** A schema from two functions. A value that cannot be read gets the message. */
export const convert = <A, From extends Schema.Constraint>(
  from: From,
  to: Schema.declare<A>,
  options: {
    readonly decode: (value: From["Type"]) => A | undefined
    readonly encode: (value: A) => From["Type"]
    readonly message: string
  }
): Schema.decodeTo<Schema.declare<A>, From> =>
  Schema.decodeTo<Schema.declare<A>, From>(
    to,
    SchemaTransformation.transformEffect({
      decode: (value: From["Type"]) => {
        const decoded = options.decode(value)
        return decoded === undefined
          ? Effect.fail(new SchemaIssue.InvalidValue({ message: options.message }))
          : Effect.succeed(decoded)
      },
      encode: (value: A) => Effect.succeed(options.encode(value))
    })
  )(from)

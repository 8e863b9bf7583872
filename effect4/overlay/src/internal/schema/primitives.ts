// Overlay: a Schema of Effect 4 has no message functions and no parse options of its own, and makes samples from a link.
/** The parts that our schemas are made of, and that Effect's own do not have: sentences, samples and open structs. */
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import type * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { linkTo, type Sample } from "./samples.js"

/** Says what a value must be, and what it is instead. An empty sentence says nothing. */
export type Sentence = (value: unknown) => string

/** A fault within a value. */
export interface Fault {
  readonly path: ReadonlyArray<PropertyKey>
  readonly message: string
}

/** The annotation that holds a sentence. */
export const sentenceKey = "effect-openrouter-images/sentence"

/** What a schema says about itself. */
interface Words {
  readonly message: Sentence
  readonly identifier?: string
  readonly description?: string
}

/** A value that `is` knows. */
export const declare = <A>(is: Predicate.Refinement<unknown, A>, sample: Sample<A>, words: Words): Schema.declare<A> =>
  declareFrom(is, sample, identity, words)

/** A value that `is` knows. Property tests make such values from those of another schema. */
export const declareFrom = <A, S, I>(
  is: Predicate.Refinement<unknown, A>,
  samples: Schema.Codec<S, I>,
  make: (sample: S) => A,
  { description, message, ...names }: Words
): Schema.declare<A> =>
  Schema.declare(is, {
    ...names,
    ...(description === undefined ? {} : { description, expected: description }),
    [sentenceKey]: message,
    toCodecArbitrary: () => linkTo(samples, make)
  })

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

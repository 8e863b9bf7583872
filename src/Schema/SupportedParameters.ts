/**
 * What a model or an endpoint can be asked for.
 *
 * @since 0.1.0
 */
import type { LazyArbitrary } from "effect/Arbitrary"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { constrain } from "../internal/schema/checked.js"
import { fromWire } from "../internal/schema/wire.js"

/**
 * One of these values.
 *
 * @since 0.1.0
 * @category models
 */
export interface EnumCapability {
  readonly type: "enum"
  readonly values: ReadonlyArray<string>
}

/**
 * A number from `min` to `max`. For `input_references` it is the count of references.
 *
 * @since 0.1.0
 * @category models
 */
export interface RangeCapability {
  readonly type: "range"
  readonly min: number
  readonly max: number
}

/**
 * Supported, and nothing more to say.
 *
 * @since 0.1.0
 * @category models
 */
export interface BooleanCapability {
  readonly type: "boolean"
}

/**
 * A kind of descriptor that no document lists yet; `descriptor` is the server's JSON.
 *
 * @since 0.1.0
 * @category models
 */
export interface UnknownCapability {
  readonly type: "unknown"
  readonly descriptor: unknown
}

/**
 * What is allowed for one parameter.
 *
 * @since 0.1.0
 * @category models
 */
export type CapabilityDescriptor = EnumCapability | RangeCapability | BooleanCapability | UnknownCapability

/**
 * The parameters that are supported, under the request's wire names (`aspect_ratio`, `input_references`); a parameter that is absent is not
 * supported.
 *
 * @since 0.1.0
 * @category models
 */
export type SupportedParameters = Readonly<Record<string, CapabilityDescriptor>>

/** As they stand on the wire. */
type Descriptors = Readonly<Record<string, unknown>>

const isDocumented = (value: unknown): value is Exclude<CapabilityDescriptor, UnknownCapability> => {
  if (!Predicate.isRecord(value)) return false
  switch (value["type"]) {
    case "enum":
      return Array.isArray(value["values"]) && value["values"].every(Predicate.isString)
    case "range":
      return Predicate.isNumber(value["min"]) && Predicate.isNumber(value["max"])
    default:
      return value["type"] === "boolean"
  }
}

const decode = (wire: unknown): CapabilityDescriptor =>
  isDocumented(wire) ? wire : { type: "unknown", descriptor: wire }

const encode = (descriptor: CapabilityDescriptor): unknown =>
  descriptor.type === "unknown" ? descriptor.descriptor : descriptor

/**
 * One descriptor. What is not among the documented ones becomes an `UnknownCapability`, so that nothing fails here.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CapabilityDescriptor: Schema.Schema<CapabilityDescriptor, unknown> = fromWire<CapabilityDescriptor>(
  "CapabilityDescriptor"
)(Schema.Unknown, { decode, encode })

const allDocumented = (wire: Descriptors): wire is SupportedParameters => Object.values(wire).every(isDocumented)

const mapValues = <A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)]))

const arbitrary: LazyArbitrary<Descriptors> = (fc) =>
  fc.dictionary(
    fc.constantFrom("resolution", "input_references", "never_documented"),
    fc.oneof(
      fc.record({ type: fc.constant("enum"), values: fc.array(fc.string()) }),
      fc.record({ type: fc.constant("range"), min: fc.integer(), max: fc.integer() }),
      fc.constantFrom({ type: "boolean" }, { type: "never-documented", step: 8 }, "never-documented")
    )
  )

const Wire = constrain(
  "an object of descriptors",
  (value): value is Descriptors => Predicate.isRecord(value),
  arbitrary
)

/**
 * A catalogue holds hundreds of descriptors, so each is looked at just once, and those that are documented are handed on as they are.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SupportedParameters: Schema.Schema<SupportedParameters, Descriptors> = fromWire<SupportedParameters>(
  "SupportedParameters"
)(Wire, {
  decode: (wire) => (allDocumented(wire) ? wire : mapValues(wire, decode)),
  encode: (parameters) => mapValues(parameters, encode)
})

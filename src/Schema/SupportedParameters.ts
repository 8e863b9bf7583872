/**
 * The parameters that a model or an endpoint supports.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { constrain } from "../internal/schema/checked.js"
import * as Sample from "../internal/schema/samples.js"
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
 * Supported, with no further detail.
 *
 * @since 0.1.0
 * @category models
 */
export interface BooleanCapability {
  readonly type: "boolean"
}

/**
 * An undocumented kind of descriptor. `descriptor` is the server's JSON.
 *
 * @since 0.1.0
 * @category models
 */
export interface UnknownCapability {
  readonly type: "unknown"
  readonly descriptor: unknown
}

/**
 * The values that one parameter allows.
 *
 * @since 0.1.0
 * @category models
 */
export type CapabilityDescriptor = EnumCapability | RangeCapability | BooleanCapability | UnknownCapability

/**
 * The supported parameters, under the request's wire names (`aspect_ratio`, `input_references`). An absent parameter is
 * not supported.
 *
 * @since 0.1.0
 * @category models
 */
export type SupportedParameters = Readonly<Record<string, CapabilityDescriptor>>

/** The descriptors on the wire. */
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
 * The Schema of one descriptor. An undocumented one becomes an `UnknownCapability`, so that nothing fails here.
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

const samples = Sample.object(
  {},
  {
    resolution: Sample.object({ type: Sample.oneOf("enum"), values: Sample.list(Sample.text()) }, {}),
    input_references: Sample.object({ type: Sample.oneOf("range"), min: Sample.integer(), max: Sample.integer() }, {}),
    seed: Sample.object({ type: Sample.oneOf("boolean") }, {}),
    never_documented: Sample.either(
      Sample.object({ type: Sample.oneOf("never-documented"), step: Sample.integer() }, {}),
      Sample.oneOf("never-documented")
    )
  }
)

const Wire = constrain("an object of descriptors", (value): value is Descriptors => Predicate.isRecord(value), samples)

/**
 * The Schema of supported parameters. A catalogue holds hundreds of descriptors, so each is checked just once, and
 * documented ones are passed on unchanged.
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

/**
 * What a model or an endpoint can be asked for.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { fromWire } from "../internal/wire.js"

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
  readonly descriptor: Readonly<Record<string, unknown>>
}

/**
 * What is allowed for one parameter.
 *
 * @since 0.1.0
 * @category models
 */
export type CapabilityDescriptor = EnumCapability | RangeCapability | BooleanCapability | UnknownCapability

/**
 * A descriptor as it stands on the wire.
 *
 * @since 0.1.0
 * @category models
 */
export type CapabilityDescriptorEncoded =
  | EnumCapability
  | RangeCapability
  | BooleanCapability
  | Readonly<Record<string, unknown>>

/**
 * @since 0.1.0
 * @category schemas
 */
export const CapabilityDescriptor: Schema.Schema<CapabilityDescriptor, CapabilityDescriptorEncoded> = Schema.Union(
  Schema.Struct({ type: Schema.Literal("enum"), values: Schema.Array(Schema.String) }),
  Schema.Struct({ type: Schema.Literal("range"), min: Schema.Number, max: Schema.Number }),
  Schema.Struct({ type: Schema.Literal("boolean") }),
  fromWire<UnknownCapability>("UnknownCapability")(Schema.Record({ key: Schema.String, value: Schema.Unknown }), {
    decode: (descriptor) => ({ type: "unknown", descriptor }),
    encode: ({ descriptor }) => descriptor
  })
)

/**
 * The parameters that are supported, under the request's wire names (`aspect_ratio`, `input_references`); a parameter that is absent is not
 * supported.
 *
 * @since 0.1.0
 * @category models
 */
export type SupportedParameters = Readonly<Record<string, CapabilityDescriptor>>

/**
 * @since 0.1.0
 * @category schemas
 */
export const SupportedParameters: Schema.Schema<
  SupportedParameters,
  Readonly<Record<string, CapabilityDescriptorEncoded>>
> = Schema.Record({
  key: Schema.String,
  value: CapabilityDescriptor
})

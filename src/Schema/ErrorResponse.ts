/**
 * The body of an error. The library relies on none of it: a field that is missing, null or of a wrong type is absent.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { durationFromSeconds } from "../internal/attempt/waits.js"
import { ServerJson } from "../internal/schema/json.js"
import { present } from "../internal/schema/present.js"
import { lenient } from "../internal/schema/primitives.js"
import { fromWire, renameFields } from "../internal/schema/wire.js"

/**
 * Why a model or provider was not available, and what you could use instead.
 *
 * @since 0.1.0
 * @category models
 */
export interface Availability {
  readonly code?: string
  /** Whether the server thinks that another attempt may help. */
  readonly retryable?: boolean
  /** How long to wait before another attempt. */
  readonly retryAfter?: Duration.Duration
  readonly requestedModels?: ReadonlyArray<string>
  /** Models to try instead of the requested one. */
  readonly fallbackModels?: ReadonlyArray<string>
  readonly affectedProviders?: ReadonlyArray<string>
  readonly excludedBy?: unknown
  readonly constraint?: unknown
  readonly docsUrl?: string
}

/**
 * What an error body says. Every field is optional.
 *
 * @since 0.1.0
 * @category models
 */
export interface ErrorResponse {
  readonly message?: string
  /** A status number, or a name such as `server_error`. */
  readonly code?: number | string
  readonly errorType?: string
  /** The server's JSON, untouched. */
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly availability?: Availability
  readonly userId?: string
  /** The server's JSON, untouched. */
  readonly openrouterMetadata?: Readonly<Record<string, unknown>>
}

const Strings = Schema.Array(Schema.String)

const plain = {
  code: lenient(Schema.String),
  retryable: lenient(Schema.Boolean),
  requested_models: lenient(Strings),
  fallback_models: lenient(Strings),
  affected_providers: lenient(Strings),
  excluded_by: Schema.optional(Schema.Unknown),
  constraint: Schema.optional(Schema.Unknown),
  docs_url: lenient(Schema.String)
}

const AvailabilityWire = Schema.Struct({
  ...plain,
  retry_after: lenient(Schema.Union(Schema.Number, Schema.NumberFromString))
})

const names = renameFields(Schema.Struct(plain))

/**
 * The Schema of `Availability`. Seconds on the wire are a Duration here, and a field of a wrong type is absent.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Availability: Schema.Schema<Availability, typeof AvailabilityWire.Encoded> = fromWire<Availability>(
  "Availability"
)(AvailabilityWire, {
  decode: (wire) => ({
    ...names.decode(wire),
    ...present({ retryAfter: durationFromSeconds(wire.retry_after) })
  }),
  encode: (availability) => ({
    ...names.encode(availability),
    ...present({ retry_after: availability.retryAfter && Duration.toSeconds(availability.retryAfter) })
  })
})

const Inner = Schema.Struct({
  message: lenient(Schema.String),
  code: lenient(Schema.Union(Schema.Finite, Schema.String)),
  error_type: lenient(Schema.String),
  metadata: lenient(ServerJson),
  availability: lenient(Availability)
})

const Wire = Schema.Struct({
  error: lenient(Inner),
  user_id: lenient(Schema.String),
  openrouter_metadata: lenient(ServerJson)
})

const inner = renameFields(Inner)
const outer = renameFields(Wire)

/**
 * The Schema of an error body. No shape of `error` makes it fail: a field that is missing or of a wrong type is absent.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ErrorResponse: Schema.Schema<ErrorResponse, typeof Wire.Encoded> = fromWire<ErrorResponse>(
  "ErrorResponse"
)(Wire, {
  decode: ({ error = {}, ...wire }) => ({ ...outer.decode(wire), ...inner.decode(error) }),
  encode: (response) => ({ ...outer.encode(response), error: inner.encode(response) })
})

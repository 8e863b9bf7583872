/**
 * The body of an error. Nothing in it is relied on: a field that is missing, null or of a wrong type is absent.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { ServerJson } from "../internal/json.js"
import { present } from "../internal/present.js"
import { durationFromSeconds } from "../internal/retryAfter.js"
import { fromWire } from "../internal/wire.js"

/**
 * Why a model or provider was not available, and what could be used in its place.
 *
 * @since 0.1.0
 * @category models
 */
export interface Availability {
  readonly code?: string
  /** Whether the server thinks that another try may help. */
  readonly retryable?: boolean
  /** How long to wait before another try. */
  readonly retryAfter?: Duration.Duration
  readonly requestedModels?: ReadonlyArray<string>
  /** Models to try in place of the one that was asked for. */
  readonly fallbackModels?: ReadonlyArray<string>
  readonly affectedProviders?: ReadonlyArray<string>
  readonly excludedBy?: unknown
  readonly constraint?: unknown
  readonly docsUrl?: string
}

/**
 * What an error body says, as far as it says it.
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

const lenient = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optional(Schema.UndefinedOr(schema).annotations({ decodingFallback: () => Either.right(undefined) }))

const Strings = Schema.Array(Schema.String)

const AvailabilityWire = Schema.Struct({
  code: lenient(Schema.String),
  retryable: lenient(Schema.Boolean),
  retry_after: lenient(Schema.Number),
  requested_models: lenient(Strings),
  fallback_models: lenient(Strings),
  affected_providers: lenient(Strings),
  excluded_by: Schema.optional(Schema.Unknown),
  constraint: Schema.optional(Schema.Unknown),
  docs_url: lenient(Schema.String)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export const Availability: Schema.Schema<Availability, typeof AvailabilityWire.Encoded> = fromWire<Availability>(
  "Availability"
)(AvailabilityWire, {
  decode: (wire) =>
    present({
      code: wire.code,
      retryable: wire.retryable,
      retryAfter: durationFromSeconds(wire.retry_after),
      requestedModels: wire.requested_models,
      fallbackModels: wire.fallback_models,
      affectedProviders: wire.affected_providers,
      excludedBy: wire.excluded_by ?? undefined,
      constraint: wire.constraint ?? undefined,
      docsUrl: wire.docs_url
    }),
  encode: (availability) =>
    present({
      code: availability.code,
      retryable: availability.retryable,
      retry_after: availability.retryAfter && Duration.toSeconds(availability.retryAfter),
      requested_models: availability.requestedModels,
      fallback_models: availability.fallbackModels,
      affected_providers: availability.affectedProviders,
      excluded_by: availability.excludedBy,
      constraint: availability.constraint,
      docs_url: availability.docsUrl
    })
})

const Wire = Schema.Struct({
  error: lenient(
    Schema.Struct({
      message: lenient(Schema.String),
      code: lenient(Schema.Union(Schema.Finite, Schema.String)),
      error_type: lenient(Schema.String),
      metadata: lenient(ServerJson),
      availability: lenient(Availability)
    })
  ),
  user_id: lenient(Schema.String),
  openrouter_metadata: lenient(ServerJson)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export const ErrorResponse: Schema.Schema<ErrorResponse, typeof Wire.Encoded> = fromWire<ErrorResponse>(
  "ErrorResponse"
)(Wire, {
  decode: ({ error, user_id, openrouter_metadata }) =>
    present({
      message: error?.message,
      code: error?.code,
      errorType: error?.error_type,
      metadata: error?.metadata,
      availability: error?.availability,
      userId: user_id,
      openrouterMetadata: openrouter_metadata
    }),
  encode: (response) => ({
    error: present({
      message: response.message,
      code: response.code,
      error_type: response.errorType,
      metadata: response.metadata,
      availability: response.availability
    }),
    ...present({ user_id: response.userId, openrouter_metadata: response.openrouterMetadata })
  })
})

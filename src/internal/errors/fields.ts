/** The fields of the errors. */
import * as Schema from "effect/Schema"
import * as GeneratedImage from "../../GeneratedImage.js"
import { Availability } from "../../Schema/ErrorResponse.js"
import { ServerJson } from "../schema/json.js"
import { exact, withDefault, withDefaultAnywhere } from "../schema/primitives.js"

export const Operation = Schema.Literal(
  "generate",
  "generateStream",
  "listModels",
  "listModelEndpoints",
  "getGeneration",
  "getKey"
)

export const Billing = Schema.Literal("notBilled", "unknown", "billed")

export const Issue = Schema.Struct({
  path: Schema.Array(Schema.Union(Schema.String, Schema.Number)),
  message: Schema.String
})

const always = <const B extends typeof Billing.Type>(billing: B) => withDefault(Schema.Literal(billing), billing)

/** OpenRouter itself, or an intermediary. An error that was stored before this field existed counts as OpenRouter's. */
const AnsweredBy = withDefaultAnywhere(Schema.Literal("openrouter", "intermediary"), "openrouter")

const headers = Schema.Record({ key: Schema.String, value: Schema.String })

const images = withDefault(Schema.Array(GeneratedImage.FromWire), [])

/** An answer with an error status, or with status 200 and an error as its body. */
export const response = {
  operation: Operation,
  billing: Billing,
  /** The error's code: the HTTP status, or with HTTP 200 the code of the body. */
  status: Schema.Number,
  httpStatus: Schema.Number,
  /** Who answered: OpenRouter itself, or a gateway, a proxy or an edge network on the way to it (`intermediary`). */
  answeredBy: AnsweredBy,
  /**
   * The server's message, with what the provider behind it said. Without one, a message that names the status, with the
   * text of the body.
   */
  message: Schema.String,
  code: exact(Schema.Union(Schema.Number, Schema.String)),
  errorType: exact(Schema.String),
  /** The server's JSON, untouched. */
  metadata: exact(ServerJson),
  availability: exact(Availability),
  userId: exact(Schema.String),
  /** The server's JSON, untouched. */
  openrouterMetadata: exact(ServerJson),
  /** The answer's headers, with names in lower case. */
  headers,
  generationId: exact(Schema.String),
  /** The provider that OpenRouter used. */
  providerName: exact(Schema.String),
  /** Whose limit was reached, such as `openrouter_credits` or `upstream_provider_shared_pool`. */
  limitSource: exact(Schema.String),
  /** OpenRouter's advice. */
  remedyHint: exact(Schema.String),
  /** The faults of the request that the server names, field by field. */
  issues: exact(Schema.Array(Issue)),
  /** How long the server asks to wait before another attempt, in its head or its body. */
  retryAfter: exact(Schema.DurationFromMillis),
  /** The body's text, up to 64 KiB of it. */
  body: Schema.String
}

export const payloadTooLarge = {
  ...response,
  /** The largest picture that the request carried: its place in `inputReferences`, from 0, and its size. */
  largestReference: exact(Schema.Struct({ index: Schema.Number, byteLength: Schema.Number }))
}

export const connection = {
  operation: Operation,
  billing: Billing,
  phase: Schema.Literal("connect", "response"),
  /** The runtime's code for the failure, such as `ECONNREFUSED`. */
  code: exact(Schema.String),
  description: Schema.String,
  images,
  /** Present if the answer's head had arrived. */
  generationId: exact(Schema.String)
}

export const timeout = {
  operation: Operation,
  billing: Billing,
  timeout: Schema.DurationFromMillis,
  images,
  /** Present if the answer's head had arrived. */
  generationId: exact(Schema.String)
}

export const invalidRequest = {
  operation: Operation,
  billing: always("notBilled"),
  issues: Schema.Array(Issue)
}

/** JSON has no infinity, which is the value of a missing limit. */
const Usd = Schema.transform(Schema.Union(Schema.Number, Schema.Literal("Infinity")), Schema.Number, {
  decode: (amount) => (amount === "Infinity" ? Number.POSITIVE_INFINITY : amount),
  encode: (amount) => (amount === Number.POSITIVE_INFINITY ? "Infinity" : amount)
})

export const budgetExceeded = {
  operation: Operation,
  billing: always("notBilled"),
  /**
   * `limit`: the quote does not fit; `unknownCost`: the price has no known upper bound; `ledger`: the ledger's store
   * failed.
   */
  reason: Schema.Literal("limit", "unknownCost", "ledger"),
  /** The limit, within the window if there is one. */
  limitUsd: Usd,
  spentUsd: Usd,
  /** The amount reserved for generations that are in flight, or whose cost is unknown. */
  reservedUsd: Usd,
  /** The most that the generation may cost. Where no upper bound is known, the least. */
  quoteUsd: Usd,
  /** What the ledger's store said. */
  description: exact(Schema.String)
}

export const responseValidation = {
  operation: Operation,
  billing: Billing,
  /** The HTTP status. */
  status: Schema.Number,
  issues: Schema.Array(Issue),
  rawBody: Schema.String,
  images,
  headers,
  generationId: exact(Schema.String)
}

export const imageStream = {
  operation: Operation,
  billing: withDefault(Billing, "notBilled"),
  /** The server's words. */
  message: Schema.String,
  code: exact(Schema.String),
  type: exact(Schema.String),
  param: exact(Schema.String),
  errorType: exact(Schema.String),
  /** The server's JSON, untouched. */
  metadata: exact(ServerJson),
  providerName: exact(Schema.String),
  generationId: exact(Schema.String)
}

export const incompleteStream = {
  operation: Operation,
  billing: always("unknown"),
  images,
  generationId: exact(Schema.String)
}

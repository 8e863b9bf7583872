/** What can go wrong between a client and the API, as data: one fault spoils one answer. */
import * as Schema from "effect/Schema"

const number = (isAllowed: (value: number) => boolean, allowed: string) =>
  Schema.Number.pipe(Schema.filter((value) => isAllowed(value) || `must be ${allowed}, got ${value}`))

const isWithin = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max

const integer = (min: number, max: number) =>
  number((value) => isWithin(value, min, max), `an integer from ${min} to ${max}`)

/** A timer can wait longer than this only by not waiting at all. */
const Millis = integer(0, 86_400_000)
const Bytes = integer(0, 1_000_000_000)

/** An HTTP status of an answer with a body. */
const HttpStatus = number(
  (value) => isWithin(value, 200, 599) && ![204, 205, 304].includes(value),
  "a status with a body: an integer from 200 to 599 but 204, 205 and 304"
)

const Headers = Schema.Record({ key: Schema.String, value: Schema.String }).pipe(
  Schema.filter((headers) => {
    for (const [name, value] of Object.entries(headers)) {
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return `must have legal names, got ${JSON.stringify(name)}`
      if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
        return `must have legal values, got ${JSON.stringify(value)} for ${name}`
    }
    return true
  })
)

const when = {
  /** Wait before anything else, in milliseconds. */
  delayMillis: Schema.optional(Millis),
  /** Let the generation complete, and be billed, before the answer is spoilt. */
  afterCompletion: Schema.optional(Schema.Boolean)
}

/** Bodies that are not OpenRouter's: an edge's challenge, and what gateways and other servers send. */
export const shapes = [
  "challenge",
  // `{error: {type: "upstream_error", message}}`, `{error: "..."}`, `{detail: "..."}`, `{message}`, `{code, message}`
  ...(["upstreamError", "errorText", "detail", "message", "codeMessage"] as const),
  // `{detail: [{loc, msg, type}]}`, `[{message}]`, `{created, data: [], error: "..."}`, `{id, status: "queued"}`
  ...(["faults", "list", "noPictures", "job"] as const)
] as const

/** An answer of this status. `httpStatus` 200 puts the error into the body of a success. */
export const Status = Schema.TaggedStruct("Status", {
  ...when,
  status: HttpStatus,
  httpStatus: Schema.optional(HttpStatus),
  /**
   * The envelope (the default), a page of an edge proxy, nothing, an envelope that is cut with its connection, or a
   * text.
   */
  body: Schema.optional(Schema.Literal("envelope", "html", "empty", "cut", "text")),
  /** In place of `body`: what a stranger sends, with the message of `error`. */
  shape: Schema.optional(Schema.Literal(...shapes)),
  /** In place of `body`: exactly this, as the `content-type` among `headers`, else as plain text. */
  text: Schema.optional(Schema.String),
  /** Fields for the envelope's `error`, winning over `code` and `message`. */
  error: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Unknown })),
  /** Fields beside the envelope's `error`. */
  beside: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Unknown })),
  headers: Schema.optional(Headers)
})

/** A wait that an error asks for: in the head (`Retry-After`), the body (`metadata.retry_after_seconds`), or both. */
const Wait = Schema.Struct({ seconds: integer(0, 86_400), at: Schema.Literal("head", "body", "both") })
export type Wait = typeof Wait.Type

/** The errors of `Recorded`. */
export const recorded = [
  ...(["userNotFound", "noCredits", "keyLimit", "inFlightBudget", "weightExceedsBudget", "keyBudget"] as const),
  ...([
    "workspaceBudget",
    "guardrailBudget",
    "moderation",
    "contentPolicy",
    "dataPolicy",
    "upstreamRateLimit"
  ] as const),
  ...(["providerUnavailable", "zod"] as const)
] as const

/** An error in the words in which OpenRouter was seen to say it, or documents it. Without `wait` it tells none. */
export const Recorded = Schema.TaggedStruct("Recorded", {
  ...when,
  as: Schema.Literal(...recorded),
  wait: Schema.optional(Wait)
})

/** What `Edit` can do to a right answer. */
export const edits = [
  // usage
  ...(["byok", "usageOpenAi", "usageNull", "usageNullCounts", "costText", "costObject", "costNegative"] as const),
  "costHuge",
  // when it was made
  ...(["createdNull", "createdText", "createdMissing", "createdZero"] as const),
  // pictures: the last of several, or each
  ...(["pictureNull", "pictureError", "url", "dataUrl", "wrapped", "urlSafe"] as const),
  ...(["wrongMediaType", "bareMediaType", "octetStream", "signed", "unsigned"] as const),
  // lists: the first model, the first endpoint, its first price
  ...(["oddModel", "oddEndpoint", "oddPrice"] as const),
  // how it is sent
  ...(["mislabelled", "commentsFirst", "asEvents", "editEvents"] as const)
] as const

/** A right answer with one odd thing. An answer without that thing stays as it is. The generation is billed. */
export const Edit = Schema.TaggedStruct("Edit", { ...when, how: Schema.Literal(...edits) })
export type Edit = typeof Edit.Type

/**
 * A right answer whose pictures are not what was asked for, as of a model that ignores an option: of another size in
 * pixels, in another format, or opaque. The generation is billed as it was asked for.
 */
export const Deviate = Schema.TaggedStruct("Deviate", {
  ...when,
  width: Schema.optional(integer(16, 4096)),
  height: Schema.optional(integer(16, 4096)),
  format: Schema.optional(Schema.Literal("png", "jpeg", "webp", "svg")),
  background: Schema.optional(Schema.Literal("opaque"))
})

/**
 * The connection is reset: before the answer's head, or after some bytes of its body (by default half of it). A body of
 * JSON shows that the generation has completed and was billed. That of a stream shows it only with `afterCompletion`.
 */
export const Reset = Schema.TaggedStruct("Reset", {
  ...when,
  at: Schema.Literal("head", "body"),
  bytes: Schema.optional(Bytes)
})

/** Silence for ever: in place of the answer, or after some bytes of its body. */
export const Stall = Schema.TaggedStruct("Stall", {
  ...when,
  at: Schema.Literal("head", "body"),
  bytes: Schema.optional(Bytes)
})

/** A whole answer with a body that is not right. */
export const Corrupt = Schema.TaggedStruct("Corrupt", {
  ...when,
  how: Schema.Literal("notJson", "cutJson", "cutEnd", "badBase64", "missingField", "empty")
})

const pace = {
  /** Signs that keep the connection alive come first: white space, or comments of a stream. */
  keepAlives: Schema.optional(integer(0, 100_000)),
  /** The answer comes in pieces of this size. */
  chunkBytes: Schema.optional(integer(1, 1_000_000_000)),
  /** A wait after each sign and each piece, in milliseconds. */
  everyMillis: Schema.optional(Millis)
}

/** A whole and right answer, but slow. */
export const Pace = Schema.TaggedStruct("Pace", { ...when, ...pace })

/**
 * How a stream writes a failure: without a `type`, within a chunk of a chat, its fields beside the `type`, as a text,
 * under `event: error`, as `image_generation.failed` or `response.failed`, or as a line of JSON without `data:`.
 */
export const errorShapes = ["typeless", "chat", "flat", "text", "named", "failed", "responseFailed", "bare"] as const

/**
 * A stream with a wrong end (`how`), or written in another way that the standard allows. The ends are an `error` event,
 * `[DONE]` or silence before the picture, invalid base64, no `[DONE]`, and unknown events before the picture.
 */
export const Stream = Schema.TaggedStruct("Stream", {
  ...when,
  ...pace,
  how: Schema.optional(Schema.Literal("error", "doneEarly", "endEarly", "badBase64", "noDone", "strangers")),
  /** How an `error` is written. Default: as documented. */
  error: Schema.optional(Schema.Literal(...errorShapes)),
  lineEnds: Schema.optional(Schema.Literal("lf", "crlf", "cr", "mixed")),
  severalLines: Schema.optional(Schema.Boolean),
  byteOrderMark: Schema.optional(Schema.Boolean)
})
export type StreamFault = typeof Stream.Type

export const Fault = Schema.Union(Status, Recorded, Edit, Deviate, Reset, Stall, Corrupt, Pace, Stream)
export type Fault = typeof Fault.Type

/** The header by which a request brings its own fault, as JSON. */
export const header = "x-emulator-fault"

/** The script over HTTP: a list of faults, one for each of the next answers. */
export const Script = Schema.Array(Schema.NullOr(Fault))
export type Script = typeof Script.Type

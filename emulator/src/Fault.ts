/** What can go wrong between a client and the API, as data: one fault spoils one answer. */
import * as Schema from "effect/Schema"

const integer = (min: number, max: number, allows: (value: number) => boolean = () => true) =>
  Schema.Number.pipe(
    Schema.filter(
      (value) =>
        (Number.isInteger(value) && value >= min && value <= max && allows(value)) ||
        `must be an integer from ${min} to ${max}, got ${value}`
    )
  )

/** A timer can wait longer than this only by not waiting at all. */
const Millis = integer(0, 86_400_000)
const Bytes = integer(0, 1_000_000_000)

/** An HTTP status of an answer with a body. */
const HttpStatus = integer(200, 599, (status) => ![204, 205, 304].includes(status)).annotations({
  message: ({ actual }) =>
    `must be a status with a body: an integer from 200 to 599 but 204, 205 and 304, got ${actual}`
})

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

/** An answer of this status. `httpStatus` 200 puts the error into the body of a success. */
export const Status = Schema.TaggedStruct("Status", {
  ...when,
  status: HttpStatus,
  httpStatus: Schema.optional(HttpStatus),
  /** The envelope (the default), a page of an edge proxy, nothing, an envelope that breaks off with its connection, or a text. */
  body: Schema.optional(Schema.Literal("envelope", "html", "empty", "cut", "text")),
  /** Fields for the envelope's `error`, winning over `code` and `message`. */
  error: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Unknown })),
  /** Fields beside the envelope's `error`. */
  beside: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Unknown })),
  headers: Schema.optional(Headers)
})

/**
 * The connection is reset: before the answer's head, or after some bytes of its body (half of it, unless told). A body of JSON is there
 * only because the generation had completed and was billed; of a stream that is only so with `afterCompletion`.
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
  how: Schema.Literal("notJson", "cutJson", "badBase64", "missingField", "empty")
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
 * A stream that says something else than it should (`how`), or says it in another of the spellings that the standard allows. How it
 * ends: an `error` event, `[DONE]` or silence before the picture, base64 that is none, no `[DONE]`, events that nobody knows before the picture.
 */
export const Stream = Schema.TaggedStruct("Stream", {
  ...when,
  ...pace,
  how: Schema.optional(Schema.Literal("error", "doneEarly", "endEarly", "badBase64", "noDone", "strangers")),
  lineEnds: Schema.optional(Schema.Literal("lf", "crlf", "cr", "mixed")),
  severalLines: Schema.optional(Schema.Boolean),
  byteOrderMark: Schema.optional(Schema.Boolean)
})
export type StreamFault = typeof Stream.Type

export const Fault = Schema.Union(Status, Reset, Stall, Corrupt, Pace, Stream)
export type Fault = typeof Fault.Type

/** The header by which a request brings its own fault, as JSON. */
export const header = "x-emulator-fault"

/** The script over HTTP: a list of faults, one for each of the next answers. */
export const Script = Schema.Array(Schema.NullOr(Fault))
export type Script = typeof Script.Type

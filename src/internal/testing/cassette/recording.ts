/** One recording: what was asked, and what came. It is a file of JSON that people read. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { show } from "../../../Issue.js"
import { every, fromParseError, type SchemaFailure } from "../../schema/issues.js"
import { exact } from "../../schema/primitives.js"

/** The format of the files. A change that an older version cannot read raises it. */
export const version = 1

const Millis = Schema.Number.pipe(
  Schema.filter((millis) => (Number.isFinite(millis) && millis >= 0) || `must be milliseconds from 0 on, got ${millis}`)
)

const Request = Schema.Struct({
  method: Schema.String,
  /** With its query. The host is not recorded. */
  path: Schema.String,
  /** JSON, with the hash and the size of what a data URL contains in its place. Absent where there was no body. */
  body: exact(Schema.Unknown)
})
export type Request = typeof Request.Type

/** A part of a body. */
const Chunk = Schema.Struct({
  /** When it had come whole, after the head. */
  atMillis: Millis,
  /**
   * `json`: a JSON value. `data`: the JSON value of a server-sent event. `text`: anything else. `latin1`: bytes that
   * are no UTF-8, one character each.
   */
  as: Schema.Literal("json", "data", "text", "latin1"),
  /** A value, or text. A picture in it is an object that names its file. A text with pictures is a list. */
  content: Schema.Unknown
})
export type Chunk = typeof Chunk.Type

const Status = Schema.Number.pipe(
  Schema.filter((status) => (Number.isInteger(status) && status >= 200 && status <= 999) || "must be an HTTP status")
)

const Response = Schema.Struct({
  /** When the head came, after the request was sent. */
  atMillis: Millis,
  status: Status,
  headers: Schema.Record({ key: Schema.String, value: Schema.String }),
  chunks: Schema.Array(Chunk)
})
export type Response = typeof Response.Type

/** How a connection failed: before the head, or within the body. */
const Failure = Schema.Struct({
  /** After the head, or after the request was sent where there was none. */
  atMillis: Millis,
  phase: Schema.Literal("connect", "response"),
  code: exact(Schema.String),
  description: Schema.String
})
export type Failure = typeof Failure.Type

const Recording = Schema.Struct({
  version: Schema.Literal(version),
  request: Request,
  /** Absent where the request failed, or the caller gave up, before a head came. */
  response: exact(Response),
  /** Absent where the answer came whole, or the caller gave up. */
  failure: exact(Failure),
  /** The caller stopped reading, or gave up waiting. What would have followed is not known. */
  isInterrupted: exact(Schema.Boolean)
}).pipe(
  Schema.filter(
    ({ failure, isInterrupted, response }) =>
      response !== undefined ||
      failure !== undefined ||
      isInterrupted === true ||
      "must have a response, a failure or isInterrupted"
  )
)
export type Recording = typeof Recording.Type

const decode = Schema.decodeUnknownEither(Recording, every)

const wordsOf = (error: SchemaFailure): string =>
  fromParseError(error)
    .map(({ message, path }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ")

/** The recording that a text holds, or what is wrong with the text. */
export const parse = (text: string): Either.Either<Recording, string> =>
  Either.try({
    try: (): unknown => JSON.parse(text),
    catch: (thrown) => `is not JSON: ${(thrown as Error).message}`
  }).pipe(
    Either.filterOrLeft(
      (json) => !Predicate.isRecord(json) || json["version"] === undefined || json["version"] === version,
      (json) => `has version ${show((json as { version: unknown }).version)}; this library reads version ${version}`
    ),
    Either.flatMap((json) => Either.mapLeft(decode(json), (error) => `is no recording: ${wordsOf(error)}`))
  )

/** Fields come in the order in which they happened. */
export const format = ({ failure, isInterrupted, request, response }: Recording): string =>
  `${JSON.stringify({ version, request, response, failure, isInterrupted }, undefined, 2)}\n`

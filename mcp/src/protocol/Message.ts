/** Messages of JSON-RPC 2.0 as they go over the wire. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"

export const Id = Schema.Union(Schema.String, Schema.Number)
export type Id = typeof Id.Type

const version = Schema.Literal("2.0")
const Params = Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Unknown }))

const Request = Schema.Struct({ jsonrpc: version, id: Id, method: Schema.String, params: Params })
const Notification = Schema.Struct({ jsonrpc: version, method: Schema.String, params: Params })
const Result = Schema.Struct({ jsonrpc: version, id: Id, result: Schema.Unknown })
const Failure = Schema.Struct({
  jsonrpc: version,
  id: Id,
  error: Schema.Struct({ code: Schema.Number, message: Schema.String })
})

/** What a client may send. The first that fits counts: a request is no notification. */
const Message = Schema.Union(Request, Notification, Failure, Result)
export type Message = typeof Message.Type

/** Codes of JSON-RPC. */
export const code = { parse: -32700, invalidRequest: -32600, noMethod: -32601, invalidParams: -32602, internal: -32603 }

/** An answer that says what is wrong. */
export const errorOf = (id: Id | null, code: number, message: string): string =>
  JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } })

const decode = Schema.decodeUnknownEither(Message)
const parseJson = Schema.decodeUnknownEither(Schema.parseJson())
const idOf = Schema.decodeUnknownOption(Schema.Struct({ id: Id }))

/** As deep as a message may be. What reads it calls itself at each level. */
const mostLevels = 100

const isDeeperThan = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1)))

const shallow = Either.liftPredicate(
  (value: unknown) => !isDeeperThan(value, mostLevels),
  () => "too deep"
)

const read = (value: unknown): Either.Either<Message, string> =>
  Either.mapLeft(Either.flatMap(shallow(value), decode), () => {
    const id = idOf(value)
    return errorOf(id._tag === "Some" ? id.value.id : null, code.invalidRequest, "Invalid Request")
  })

/** The messages of a text, or the answer to what is none. A list is a batch, as older clients send it. */
export const parse = (text: string): ReadonlyArray<Either.Either<Message, string>> =>
  Either.match(parseJson(text), {
    onLeft: () => [Either.left(errorOf(null, code.parse, "Parse error"))],
    onRight: (value) => (Array.isArray(value) && value.length > 0 ? value.map(read) : [read(value)])
  })

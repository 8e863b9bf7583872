/**
 * A tool of the server. `McpServer.registerToolkit` answers with JSON text alone; a tool that draws answers with text
 * and pictures.
 */
import * as McpSchema from "@effect/ai/McpSchema"
import * as McpServer from "@effect/ai/McpServer"
import * as Effect from "effect/Effect"
import * as JSONSchema from "effect/JSONSchema"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Report from "../drawing/Report.js"
import type * as Words from "../Words.js"

interface Definition<A, I, R> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly parameters: Schema.Schema<A, I>
  /** Whether it only looks: it spends nothing and writes nothing. */
  readonly readOnly: boolean
  readonly run: (parameters: A) => Effect.Effect<Report.Answer, Words.Failure, R>
}

/** As much of a problem as is read: it may repeat a value that has megabytes. */
const longestProblem = 300

const shorten = (message: string): string =>
  message.length > longestProblem ? `${message.slice(0, longestProblem)}…` : message

/** What an agent said wrong, by parameter, in words that it can act on. */
const problemOf = (error: ParseResult.ParseError): string =>
  ParseResult.ArrayFormatter.formatErrorSync(error)
    .map(({ message, path }) => `${path.join(".")}: ${shorten(message)}`)
    .join("\n")

/** Adds a tool to the server. Parameters that it does not have are refused: they may be meant to change something. */
export const register = <A, I, R>({
  description,
  name,
  parameters,
  readOnly,
  run,
  title
}: Definition<A, I, R>): Effect.Effect<void, never, McpServer.McpServer | Exclude<R, McpSchema.McpServerClient>> =>
  Effect.gen(function* () {
    const server = yield* McpServer.McpServer
    const context = yield* Effect.context<Exclude<R, McpSchema.McpServerClient>>()
    const decode = Schema.decodeUnknown(parameters, { errors: "all", onExcessProperty: "error" })
    const call = (payload: unknown) =>
      decode(payload).pipe(
        Effect.matchEffect({
          onFailure: (error) => Effect.succeed(Report.refused(problemOf(error))),
          onSuccess: (parameters) => Effect.catchAll(run(parameters), (error) => Effect.succeed(Report.failed(error)))
        }),
        Effect.catchAllDefect((defect) => Effect.as(Effect.logError("unexpected", defect), Report.unexpected(defect))),
        Effect.provide(context)
      ) as Effect.Effect<Report.Answer, never, McpSchema.McpServerClient>
    yield* server.addTool({
      tool: new McpSchema.Tool({
        name,
        title,
        description,
        inputSchema: JSONSchema.make(parameters),
        annotations: new McpSchema.ToolAnnotations({ title, readOnlyHint: readOnly, destructiveHint: false })
      }),
      handle: call
    })
  })

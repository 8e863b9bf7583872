/** The file of a batch: one request per line, all read and checked before anything is sent. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { ImagesSchema } from "effect-openrouter-images"
import { question } from "../../failure/DidYouMean.js"
import { FileError, systemMessage, UsageError } from "../../failure/Failure.js"
import { isText } from "../../output/Text.js"
import * as EqualLines from "./EqualLines.js"
import * as FieldNames from "./FieldNames.js"

type Request = ImagesSchema.ImageGenerationRequest

/** A request of the file. */
export interface RequestLine extends EqualLines.Line {
  /** Its place among the requests, from 0. */
  readonly index: number
  /** As it stands there. */
  readonly text: string
  /** The same for the same request, wherever it stands; equal requests are numbered. */
  readonly key: string
  readonly request: Request
}

const decode = Schema.decodeUnknownEither(ImagesSchema.ImageGenerationRequest, { errors: "all" })

/** An unknown field is more often a typo than a new field of the API, and would be paid for. */
const fields = new Set(
  SchemaAST.getPropertySignatures(SchemaAST.encodedAST(ImagesSchema.ImageGenerationRequest.ast)).map(({ name }) =>
    String(name)
  )
)

const issuesOf = (error: ParseResult.ParseError, spell: FieldNames.Spelling): string =>
  ParseResult.ArrayFormatter.formatErrorSync(error)
    .filter(({ message }) => message !== "")
    .map(({ message, path }) => FieldNames.describe({ path: path.map(String), message }, spell))
    .join("; ")

const noField = (name: string, spell: FieldNames.Spelling): string =>
  [`there is no field ${spell(name)}`, ...Option.toArray(Option.fromNullable(question(name, fields)))].join(", ")

const fromRecord = (json: Readonly<Record<string, unknown>>, model: string): Either.Either<Request, string> => {
  const wire = FieldNames.toWire({ model, ...json })
  const spell = FieldNames.spellingOf(json)
  const unknown = Object.keys(Predicate.isRecord(wire) ? wire : {}).filter((name) => !fields.has(name))
  return unknown.length > 0
    ? Either.left(unknown.map((name) => noField(name, spell)).join("; "))
    : Either.mapLeft(decode(wire), (error) => issuesOf(error, spell))
}

/** What begins like JSON must be JSON: lines of a file of another kind are not prompts to be paid for. */
export const requestOf = (text: string, model: string): Either.Either<Request, string> => {
  if (!isText(text)) return Either.left("it is not UTF-8 text")
  if (!/^[{["]/.test(text)) return fromRecord({ prompt: text }, model)
  return Either.try({ try: () => JSON.parse(text) as unknown, catch: (error) => `it is not JSON: ${error}` }).pipe(
    Either.flatMap((json) => {
      if (Predicate.isString(json)) return fromRecord({ prompt: json }, model)
      return Predicate.isRecord(json)
        ? fromRecord(json, model)
        : Either.left("it must be an object with a prompt, or just a prompt")
    })
  )
}

interface ParsedLine extends Pick<RequestLine, "line" | "text"> {
  readonly read: Either.Either<Request, string>
}

const linesOf = (
  requests: ReadonlyArray<Pick<RequestLine, "line" | "text" | "request">>
): ReadonlyArray<RequestLine> => {
  const find = EqualLines.makeFinder()
  return requests.map((one, index) => ({ ...one, ...find(one.request, one.line), index }))
}

const mostNamed = 10

const linesError = (file: string, bad: ReadonlyArray<string>): UsageError => {
  const more = bad.length > mostNamed ? [`and ${bad.length - mostNamed} lines more`] : []
  return new UsageError({
    problem: [`${file} has lines that are not requests:`, ...bad.slice(0, mostNamed), ...more].join("\n"),
    advice: "Correct the lines that are named; nothing was sent."
  })
}

/** The requests of a text, or every line that is not one; empty lines are skipped. */
export const parse = (
  file: string,
  text: string,
  model: string
): Either.Either<ReadonlyArray<RequestLine>, UsageError> => {
  const lines = text
    .replace(/^\ufeff/, "")
    .split("\n")
    .map((one, i) => [i + 1, one.trim()] as const)
    .filter(([, one]) => one !== "")
    .map(([line, text]): ParsedLine => ({ line, text, read: requestOf(text, model) }))
  const bad = lines.flatMap(({ line, read }) => (Either.isLeft(read) ? [`line ${line}: ${read.left}`] : []))
  if (bad.length > 0) return Either.left(linesError(file, bad))
  const requests = lines.flatMap(({ line, read, text }) =>
    Either.isRight(read) ? [{ line, text, request: read.right }] : []
  )
  return requests.length > 0
    ? Either.right(linesOf(requests))
    : Either.left(new UsageError({ problem: `${file} contains no request.`, advice: "Write one request per line." }))
}

/** The requests of a file. */
export const read = (
  file: string,
  model: string
): Effect.Effect<ReadonlyArray<RequestLine>, FileError | UsageError, FileSystem.FileSystem> =>
  FileSystem.FileSystem.pipe(
    Effect.flatMap((fs) => fs.readFileString(file)),
    Effect.mapError(
      (error) =>
        new FileError({
          problem: `${file} cannot be read: ${systemMessage(error)}.`,
          cost: "Nothing was billed.",
          advice: "Name a file with one request per line."
        })
    ),
    Effect.flatMap((text) => parse(file, text, model))
  )

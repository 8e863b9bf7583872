/**
 * The outcome of an attempt. However it ends (the whole answer, a cut, a timeout), what has arrived by then decides the
 * outcome, so that nothing that was paid for is thrown away.
 */
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Errors from "../../Errors.js"
import * as GeneratedImage from "../../GeneratedImage.js"
import { show } from "../../Issue.js"
import type { Redactor } from "../client/redaction.js"
import { Base64Decoder } from "../decoding/base64.js"
import { wordsOf } from "../errors/serverWords.js"
import { isGeneration, isSuccess } from "../errors/status.js"
import type { ReceivedContent } from "../response/generation.js"
import { present } from "../schema/present.js"
import { billingOfContent, billingOfInterruption } from "./billing.js"
import { type Body, GenerationBody, TextBody } from "./body.js"
import type { ConnectionFailure } from "./connectionFailure.js"
import type { Content } from "./content.js"
import { type HeadFacts, headFacts } from "./headFacts.js"
import { isErrorBody, responseError, type StatusTable } from "./responseError.js"

/** How an operation reads its answers. */
export interface ResponseSpec<A, E> {
  readonly operation: Errors.Operation
  /** How many pictures the request asks for. */
  readonly pictures?: number
  /** Whether the request asks for events. */
  readonly asksForEvents?: boolean
  readonly errors: StatusTable<E>
  readonly decode: (received: ReceivedContent) => Either.Either<A, ReadonlyArray<Errors.Issue>>
}

/** An end from outside, before the answer was whole. */
export type Interruption =
  | { readonly _tag: "Broken"; readonly broken: ConnectionFailure }
  | { readonly _tag: "TimedOut"; readonly timeout: Duration.Duration }

/** How the bytes of an answer ended. */
export type Ending = { readonly _tag: "Whole" } | Interruption

/** How reading them ended. We may have stopped first. */
export type Reached = Ending | { readonly _tag: "Done" } | { readonly _tag: "TooLarge"; readonly limit: number }

/** The origin of a part of an answer. */
export interface Origin {
  readonly operation: Errors.Operation
  readonly status: number
  /** Names in lower case. The key is masked. */
  readonly headers: Readonly<Record<string, string>>
  readonly facts: HeadFacts
  /** When the head came, in milliseconds since 1970. */
  readonly receivedAt: number
  readonly redact: Redactor
}

/** What has arrived of an answer. */
export interface Received extends Origin {
  readonly body: Body
}

type Outcome<A, E> = Either.Either<A, E | Errors.OpenRouterDefaultError | Errors.ClientSideError>

/** An announced length is trusted up to this one. */
const largestReservation = 256 * 1024 * 1024

/** How many bytes of pictures a body can hold, where its head announces the length of the bytes that we will read. */
const capacityOf = (headers: Readonly<Record<string, string>>): number => {
  const encoding = headers["content-encoding"] ?? "identity"
  const length = encoding === "identity" ? Number(headers["content-length"] ?? 0) || 0 : 0
  return Math.ceil(Math.min(length, largestReservation) / 4) * 3
}

export const receive = (
  { operation, pictures }: Pick<ResponseSpec<unknown, unknown>, "operation" | "pictures">,
  response: HttpClientResponse.HttpClientResponse,
  redact: Redactor,
  receivedAt: number
): Received => {
  // Some clients make both anew on each access.
  const { headers, status } = response
  const hasPictures = isSuccess(status) && isGeneration(operation)
  const redacted = redact.json({ ...headers }) as Record<string, string>
  return {
    operation,
    status,
    headers: redacted,
    facts: headFacts(redacted),
    receivedAt,
    redact,
    body: hasPictures ? new GenerationBody(new Base64Decoder(capacityOf(headers), pictures)) : new TextBody()
  }
}

export const imagesOf = ({
  pictures
}: {
  readonly pictures: ReadonlyArray<Uint8Array>
}): ReadonlyArray<GeneratedImage.GeneratedImage> => pictures.map((bytes) => GeneratedImage.make(bytes))

/** The failure of a cut, with the pictures that had arrived whole and what the head said, if there was one. */
export const interruptedError = (
  { facts, redact, operation }: Pick<Origin, "operation" | "redact"> & Partial<Origin>,
  images: ReadonlyArray<GeneratedImage.GeneratedImage>,
  cut: Interruption
): Errors.ConnectionError | Errors.RequestTimeoutError => {
  const isSent = cut._tag === "TimedOut" || cut.broken.phase === "response"
  const known = {
    operation,
    billing: billingOfInterruption(operation, isSent),
    images,
    ...present({ generationId: facts?.generationId })
  }
  if (cut._tag === "TimedOut") return new Errors.RequestTimeoutError({ ...known, timeout: cut.timeout })
  const { broken } = cut
  return new Errors.ConnectionError({ ...known, ...broken, description: redact.text(broken.description) })
}

/** The error for a success that does not match the API's documentation, with its whole pictures. */
export const validationError = (
  { facts, headers, operation, redact, status }: Omit<Origin, "receivedAt">,
  issues: ReadonlyArray<Errors.Issue>,
  content: Pick<Content, "json" | "pictures" | "text">
): Errors.ResponseValidationError =>
  new Errors.ResponseValidationError({
    operation,
    billing: billingOfContent(operation, content),
    status,
    issues: redact.issues(issues),
    rawBody: redact.text(content.text),
    images: imagesOf(content),
    headers,
    ...present({ generationId: facts.generationId })
  })

const hasFaults = (value: unknown): value is { readonly faults: ReadonlyArray<Errors.Issue> } =>
  Predicate.isRecord(value) && value["faults"] !== undefined

/** The faults of a partly read success quote the server, so they may hold the key. */
const redactFaults = <A>(value: A, redact: Redactor): A =>
  hasFaults(value) ? { ...value, faults: redact.issues(value.faults) } : value

/** Why a text is no answer, in its own words where it has any. JSON that breaks off has none. */
const parseIssue = (text: string): Errors.Issue => {
  const words = /^\s*[[{]/.test(text) ? undefined : wordsOf(text)
  const what = text.trim() === "" ? "the body is empty, not JSON" : "the body is not JSON"
  return { path: [], message: words === undefined ? what : `${what}: ${show(words)}` }
}

/** The answer of a 2xx that will receive no more bytes. */
const read = <A, E>(
  spec: ResponseSpec<A, E>,
  { facts, receivedAt }: Received,
  content: Content,
  ending: Reached
): Either.Either<A, ReadonlyArray<Errors.Issue>> => {
  if (ending._tag === "TooLarge") {
    return Either.left([{ path: [], message: `the body is larger than ${ending.limit} bytes (maxResponseBytes)` }])
  }
  return content.json === undefined
    ? Either.left([parseIssue(content.text)])
    : spec.decode({ ...content, facts, receivedAt })
}

const isCut = (ending: Reached): ending is Interruption => ending._tag === "Broken" || ending._tag === "TimedOut"

/** Whether a cut may have taken pictures. A stream gives them one by one, so those before it are no whole answer. */
const isShort = ({ isOpen, pictures }: Content, asked = 1): boolean => isOpen === true && pictures.length < asked

/** The outcome of an attempt whose answer had begun. Pure: the same bytes and the same ending give the same outcome. */
export const outcomeOf = <A, E>(spec: ResponseSpec<A, E>, received: Received, ending: Reached): Outcome<A, E> => {
  const { body, facts, headers, operation, receivedAt, redact, status } = received
  const content = body.content()
  const { json, pictures, text } = content
  // Whoever streams unasked need not be OpenRouter.
  const isStream = spec.asksForEvents === true && content.isStream === true
  if (!isSuccess(status) || (pictures.length === 0 && isErrorBody(json, operation))) {
    return Either.left(
      responseError(spec.errors, { operation, status, headers, facts, text, json, isStream, now: receivedAt }, redact)
    )
  }
  const value = read(spec, received, content, ending)
  // A whole document stays whole, whatever happened to the connection after it.
  if (isCut(ending) && (Either.isLeft(value) || isShort(content, spec.pictures))) {
    return Either.left(interruptedError(received, imagesOf(content), ending))
  }
  return Either.mapBoth(value, {
    onLeft: (issues) => validationError(received, issues, content),
    onRight: (whole) => redactFaults(whole, redact)
  })
}

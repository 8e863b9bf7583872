/**
 * What an attempt comes to. However it ends (the whole answer, a cut, a timeout), what has arrived by then decides the outcome, so that
 * nothing that was paid for is thrown away.
 */
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Errors from "../../Errors.js"
import * as GeneratedImage from "../../GeneratedImage.js"
import type { Mask } from "../client/redaction.js"
import { Base64Decoder } from "../decoding/base64.js"
import { wordsOf } from "../errors/serverWords.js"
import { show } from "../errors/show.js"
import type { Received } from "../response/generation.js"
import { isCharged } from "../response/usage.js"
import { present } from "../schema/present.js"
import { type Body, type Content, GenerationBody, TextBody } from "./body.js"
import type { Broken } from "./connectionFailure.js"
import { isErrorBody, responseError, type StatusTable } from "./responseError.js"
import { isDiscovery, isSuccess } from "./status.js"

/** How an operation reads its answers. */
export interface Reading<A, E> {
  readonly operation: Errors.Operation
  /** How many pictures are asked for. */
  readonly pictures?: number
  readonly errors: StatusTable<E>
  readonly decode: (received: Received) => Either.Either<A, ReadonlyArray<Errors.Issue>>
}

/** An ending that came from outside, before the answer was whole. */
export type Cut =
  | { readonly _tag: "Broken"; readonly broken: Broken }
  | { readonly _tag: "TimedOut"; readonly timeout: Duration.Duration }

/** How the bytes of an answer ended. */
export type Ending = { readonly _tag: "Whole" } | Cut

/** How the reading of them ended: we may have had enough before. */
export type Reached = Ending | { readonly _tag: "TooLarge"; readonly limit: number }

/** Where a part of an answer comes from. */
export interface Origin {
  readonly operation: Errors.Operation
  readonly status: number
  /** Names in lower case; the key is masked. */
  readonly headers: Readonly<Record<string, string>>
  /** When the head came, in milliseconds since 1970. */
  readonly receivedAt: number
  readonly mask: Mask
}

/** What has arrived of an answer. */
export interface Arrived extends Origin {
  readonly body: Body
}

type Outcome<A, E> = Either.Either<A, E | Errors.OpenRouterDefaultError | Errors.ClientSideError>

/** A length that is announced is believed up to this one. */
const largestReservation = 256 * 1024 * 1024

/** How many bytes of pictures a body can hold, where its head tells the length of the bytes that we are going to read. */
const capacityOf = (headers: Readonly<Record<string, string>>): number => {
  const encoding = headers["content-encoding"] ?? "identity"
  const length = encoding === "identity" ? Number(headers["content-length"] ?? 0) || 0 : 0
  return Math.ceil(Math.min(length, largestReservation) / 4) * 3
}

export const arrive = (
  { operation, pictures }: Pick<Reading<unknown, unknown>, "operation" | "pictures">,
  response: HttpClientResponse.HttpClientResponse,
  mask: Mask,
  receivedAt: number
): Arrived => {
  // Both are made anew by some clients whenever they are asked for.
  const { headers, status } = response
  const hasPictures = isSuccess(status) && !isDiscovery(operation)
  return {
    operation,
    status,
    headers: mask.json({ ...headers }) as Record<string, string>,
    receivedAt,
    mask,
    body: hasPictures ? new GenerationBody(new Base64Decoder(capacityOf(headers), pictures)) : new TextBody()
  }
}

export const imagesOf = ({
  pictures
}: {
  readonly pictures: ReadonlyArray<Uint8Array>
}): ReadonlyArray<GeneratedImage.GeneratedImage> => pictures.map((bytes) => GeneratedImage.make(bytes))

/** The failure that a cut is, with the pictures that had arrived whole and what the head told, where there was one. */
export const unfinished = (
  { headers = {}, mask, operation }: Pick<Origin, "operation" | "mask"> & Partial<Origin>,
  images: ReadonlyArray<GeneratedImage.GeneratedImage>,
  cut: Cut
): Errors.ConnectionError | Errors.RequestTimeoutError => {
  const sent = cut._tag === "TimedOut" || cut.broken.phase === "response"
  const billing = sent && !isDiscovery(operation) ? ("unknown" as const) : ("notBilled" as const)
  const known = { operation, billing, images, ...present({ generationId: headers["x-generation-id"] }) }
  if (cut._tag === "TimedOut") return new Errors.RequestTimeoutError({ ...known, timeout: cut.timeout })
  const { broken } = cut
  return new Errors.ConnectionError({ ...known, ...broken, description: mask.text(broken.description) })
}

/** A picture, or a cost that is told, is proof that the generation was billed; without either nothing is proved. */
const billingOf = (operation: Errors.Operation, { json, pictures }: Pick<Content, "json" | "pictures">) => {
  if (isDiscovery(operation)) return "notBilled"
  return pictures.length > 0 || isCharged(json) ? "billed" : "unknown"
}

/** A success that is not what the API documents, with the pictures of it that are whole. */
export const unreadable = (
  { headers, mask, operation, status }: Omit<Origin, "receivedAt">,
  issues: ReadonlyArray<Errors.Issue>,
  content: Pick<Content, "json" | "pictures" | "text">
): Errors.ResponseValidationError =>
  new Errors.ResponseValidationError({
    operation,
    billing: billingOf(operation, content),
    status,
    issues: mask.issues(issues),
    rawBody: mask.text(content.text),
    images: imagesOf(content),
    headers,
    ...present({ generationId: headers["x-generation-id"] })
  })

const hasFaults = (value: unknown): value is { readonly faults: ReadonlyArray<Errors.Issue> } =>
  Predicate.isRecord(value) && value["faults"] !== undefined

/** What is wrong with a part of a success is told in the server's words, which may hold the key. */
const maskFaults = <A>(value: A, mask: Mask): A =>
  hasFaults(value) ? { ...value, faults: mask.issues(value.faults) } : value

/** Why a text is no answer, with its words where it has any; JSON that breaks off has none. */
const unparsed = (text: string): Errors.Issue => {
  const words = /^\s*[[{]/.test(text) ? undefined : wordsOf(text)
  const what = text.trim() === "" ? "the body is empty, not JSON" : "the body is not JSON"
  return { path: [], message: words === undefined ? what : `${what}: ${show(words)}` }
}

/** The answer of a 2xx whose bytes are all there are going to be. */
const read = <A, E>(
  reading: Reading<A, E>,
  { headers, receivedAt }: Arrived,
  content: Content,
  ending: Reached
): Either.Either<A, ReadonlyArray<Errors.Issue>> => {
  if (ending._tag === "TooLarge") {
    return Either.left([{ path: [], message: `the body is larger than ${ending.limit} bytes (maxResponseBytes)` }])
  }
  return content.json === undefined
    ? Either.left([unparsed(content.text)])
    : reading.decode({ ...content, headers, receivedAt })
}

/** What an attempt comes to whose answer had begun. Pure: the same bytes and the same ending give the same outcome. */
export const conclude = <A, E>(reading: Reading<A, E>, arrived: Arrived, ending: Reached): Outcome<A, E> => {
  const { body, headers, mask, operation, receivedAt, status } = arrived
  const content = body.content()
  const { json, pictures, text } = content
  if (!isSuccess(status) || (pictures.length === 0 && isErrorBody(json, operation))) {
    return Either.left(responseError(reading.errors, { operation, status, headers, text, json, now: receivedAt }, mask))
  }
  const value = read(reading, arrived, content, ending)
  // A document that is whole is whole, whatever became of the connection after it.
  if (Either.isRight(value)) return Either.right(maskFaults(value.right, mask))
  return Either.left(
    ending._tag === "Broken" || ending._tag === "TimedOut"
      ? unfinished(arrived, imagesOf(content), ending)
      : unreadable(arrived, value.left, content)
  )
}

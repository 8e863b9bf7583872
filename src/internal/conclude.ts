/**
 * What an attempt comes to. However it ends (the whole answer, a cut, a timeout), what has arrived by then decides the outcome, so that
 * nothing that was paid for is thrown away.
 */
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Errors from "../Errors.js"
import * as GeneratedImage from "../GeneratedImage.js"
import { Base64Decoder } from "./base64.js"
import type { Mask } from "./mask.js"
import { PictureScanner } from "./pictureScanner.js"
import { present } from "./present.js"
import { isDiscovery, isErrorBody, isSuccess, parseJson, responseError, type StatusTable } from "./responseError.js"
import { TextCollector } from "./textCollector.js"
import type { Broken } from "./transport.js"

/** What an answer of status 2xx holds: its JSON, and its pictures by the numbers that stand for them in the JSON. */
export interface Content {
  readonly json: unknown
  readonly pictures: ReadonlyArray<Uint8Array>
  readonly headers: Readonly<Record<string, string>>
}

/** How an operation reads its answers. */
export interface Reading<A, E> {
  readonly operation: Errors.Operation
  /** How many pictures are asked for. */
  readonly pictures?: number
  readonly errors: StatusTable<E>
  readonly decode: (content: Content) => Either.Either<A, ReadonlyArray<Errors.Issue>>
}

/** An ending that came from outside, before the answer was whole. */
export type Cut =
  | { readonly _tag: "Broken"; readonly broken: Broken }
  | { readonly _tag: "TimedOut"; readonly timeout: Duration.Duration }

/** How the bytes of an answer ended. */
export type Ending = { readonly _tag: "Whole" } | Cut

/** How the reading of them ended: we may have had enough before. */
export type Reached = Ending | { readonly _tag: "TooLarge"; readonly limit: number }

export interface Body {
  /** Whether what has come is no more than a sign of life. */
  readonly waiting: boolean
  readonly push: (bytes: Uint8Array) => void
  readonly text: () => string
}

/** What has arrived of an answer; the key is masked in its headers. */
export interface Arrived {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body
}

/** Where a part of an answer comes from; the key is masked in its headers. */
export interface Origin {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly mask: Mask
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
  mask: Mask
): Arrived => {
  // Both are made anew by some clients whenever they are asked for.
  const { headers, status } = response
  return {
    status,
    headers: mask.json({ ...headers }) as Record<string, string>,
    body:
      isSuccess(status) && !isDiscovery(operation)
        ? new PictureScanner(new Base64Decoder(capacityOf(headers), pictures))
        : new TextCollector()
  }
}

/** The pictures that arrived whole: only the body of a generation has any. */
export const imagesOf = (body: Body): ReadonlyArray<GeneratedImage.GeneratedImage> =>
  body instanceof PictureScanner ? body.pictures.map((bytes) => GeneratedImage.make(bytes)) : []

/** The failure that a cut is, with the pictures that had arrived whole. */
export const unfinished = (
  operation: Errors.Operation,
  images: ReadonlyArray<GeneratedImage.GeneratedImage>,
  ending: Cut,
  mask: Mask
): Errors.ConnectionError | Errors.RequestTimeoutError => {
  const sent = ending._tag === "TimedOut" || ending.broken.phase === "response"
  const billing = sent && !isDiscovery(operation) ? ("unknown" as const) : ("notBilled" as const)
  if (ending._tag === "TimedOut") {
    return new Errors.RequestTimeoutError({ operation, billing, images, timeout: ending.timeout })
  }
  const { broken } = ending
  return new Errors.ConnectionError({
    operation,
    billing,
    images,
    ...broken,
    description: mask.text(broken.description)
  })
}

/** A success that is not what the API documents, with the pictures of it that are whole. */
export const unreadable = (
  operation: Errors.Operation,
  { headers, mask, status }: Origin,
  issues: ReadonlyArray<Errors.Issue>,
  text: string,
  images: ReadonlyArray<GeneratedImage.GeneratedImage>
): Errors.ResponseValidationError =>
  new Errors.ResponseValidationError({
    operation,
    billing: isDiscovery(operation) ? "notBilled" : "billed",
    status,
    issues: mask.issues(issues),
    rawBody: mask.text(text),
    images,
    headers,
    ...present({ generationId: headers["x-generation-id"] })
  })

/** The answer of a 2xx whose text is all there is going to be. */
const read = <A, E>(
  reading: Reading<A, E>,
  arrived: Arrived,
  json: unknown,
  ending: Reached
): Either.Either<A, ReadonlyArray<Errors.Issue>> => {
  if (ending._tag === "TooLarge") {
    return Either.left([{ path: [], message: `the body is larger than ${ending.limit} bytes (maxResponseBytes)` }])
  }
  const scanner = arrived.body instanceof PictureScanner ? arrived.body : undefined
  const faults = scanner?.faults ?? []
  if (faults.length > 0) {
    return Either.left(faults.map(({ index, message }) => ({ path: ["data", index, "b64_json"], message })))
  }
  if (json === undefined) return Either.left([{ path: [], message: "the body is not JSON" }])
  return reading.decode({ json, pictures: scanner?.pictures ?? [], headers: arrived.headers })
}

/** What an attempt comes to. Pure: the same bytes and the same ending give the same outcome. */
export const conclude = <A, E>(
  reading: Reading<A, E>,
  arrived: Arrived | undefined,
  ending: Reached,
  mask: Mask,
  now: number
): Outcome<A, E> => {
  if (arrived === undefined) {
    return Either.left(unfinished(reading.operation, [], ending as Cut, mask))
  }
  const { body, headers, status } = arrived
  const text = body.text()
  const json = parseJson(text)
  const hasPictures = body instanceof PictureScanner && body.pictures.length > 0
  if (!isSuccess(status) || (!hasPictures && isErrorBody(json))) {
    return Either.left(
      responseError(reading.errors, { operation: reading.operation, status, headers, text, now }, mask)
    )
  }
  const value = read(reading, arrived, json, ending)
  // A document that is whole is whole, whatever became of the connection after it.
  if (Either.isRight(value)) return Either.right(value.right)
  const images = imagesOf(body)
  if (ending._tag === "Broken" || ending._tag === "TimedOut") {
    return Either.left(unfinished(reading.operation, images, ending, mask))
  }
  return Either.left(unreadable(reading.operation, { status, headers, mask }, value.left, text, images))
}

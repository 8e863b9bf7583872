/** From an answer to its recording. */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as Effect from "effect/Effect"
import { makeRedactor } from "../../client/redaction.js"
import { decodeBase64 } from "../../decoding/base64.js"
import { sha256 } from "../../image/sha256.js"
import { extensionOf, sniffMediaType } from "../../image/sniff.js"
import { present } from "../../schema/present.js"
import { toLatin1 } from "./bytes.js"
import { type Arrival, cut, encodeAll, type PictureFile, type Piece } from "./chunks.js"
import { failureOf } from "./failure.js"
import { partsOf } from "./pictures.js"
import { type Recording, type Request, type Response, version } from "./recording.js"
import { accountsIn, makeRedact, type Redact, secretsOfResponse } from "./secrets.js"
import { Unusable } from "./unusable.js"

/** What came in answer to a request, as far as it came. */
export interface Answer {
  readonly response?: {
    readonly atMillis: number
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    /** One character for each byte. */
    readonly body: string
    readonly arrivals: ReadonlyArray<Arrival>
  }
  readonly failure?: { readonly atMillis: number; readonly error: HttpClientError }
  readonly isInterrupted?: boolean
}

/** The heads that this library reads, and those that a support desk asks for. Others may name an account. */
const keptHeads: ReadonlySet<string> = new Set([
  ...["content-type", "location", "retry-after", "retry-after-ms", "x-generation-id", "x-provider-name"],
  ...["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "cf-ray", "request-id", "x-request-id"]
])

const headersOf = (headers: Readonly<Record<string, string>>, redact: Redact): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => keptHeads.has(name))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => [name, redact(value)])
  )

/** A shorter secret is in the bytes of many a picture by chance. */
const shortest = 8

interface Picture extends PictureFile {
  readonly base64: string
  readonly bytes: Uint8Array
}

const digits = 8

/** A picture as a file. Its bytes cannot be changed, so one that holds a secret cannot be kept. */
const pictureOf = (name: string, base64: string, secrets: ReadonlyArray<string>): Effect.Effect<Picture, Unusable> => {
  const bytes = decodeBase64(base64) ?? new Uint8Array()
  const content = toLatin1(bytes)
  const long = secrets.filter(({ length }) => length >= shortest)
  if (makeRedactor(long).text(content) !== content) {
    return new Unusable({ message: "a picture in the answer contains a secret" })
  }
  return Effect.map(sha256(bytes), (hash) => {
    const extension = extensionOf(sniffMediaType(bytes) ?? "")
    return { picture: `${name}-${hash.slice(0, digits)}.${extension}`, sha256: hash, base64, bytes }
  })
}

const picturesOf = (name: string, pieces: ReadonlyArray<Piece>, secrets: ReadonlyArray<string>) => {
  const parts = pieces.flatMap(({ text }) => partsOf(text)).filter(({ isPicture }) => isPicture)
  const different = new Set(parts.map(({ text }) => text))
  return Effect.forEach(different, (base64) => pictureOf(name, base64, secrets))
}

const responseOf = (
  { atMillis, headers, status }: NonNullable<Answer["response"]>,
  pieces: ReadonlyArray<Piece>,
  pictures: ReadonlyArray<Picture>,
  redact: Redact
): Response => {
  const files = new Map(pictures.map(({ base64, picture, sha256 }) => [base64, { picture, sha256 }]))
  const texts = new Map(pictures.map(({ base64, picture }) => [picture, base64]))
  const found = {
    fileOf: (base64: string) => files.get(base64),
    base64Of: ({ picture }: PictureFile) => texts.get(picture) ?? ""
  }
  return {
    atMillis,
    status,
    headers: headersOf(headers, redact),
    chunks: encodeAll(pieces, redact, found)
  }
}

/** A recording, and the bytes of its pictures by the names of their files. */
export interface Recorded {
  readonly recording: Recording
  readonly pictures: ReadonlyMap<string, Uint8Array>
}

/** `secrets` are those of the request. */
export const toRecording = (
  name: string,
  request: Request,
  { failure, isInterrupted, response }: Answer,
  secrets: ReadonlyArray<string>
): Effect.Effect<Recorded, Unusable> =>
  Effect.gen(function* () {
    const pieces = response === undefined ? [] : cut(response.body, response.arrivals)
    const all = [...secrets, ...secretsOfResponse(response?.headers ?? {}), ...accountsIn(response?.body ?? "")]
    const redact = makeRedact(all)
    const pictures = yield* picturesOf(name, pieces, all)
    return {
      recording: {
        version,
        request,
        ...present({
          response: response && responseOf(response, pieces, pictures, redact),
          failure: failure && failureOf(failure.error, failure.atMillis, redact),
          isInterrupted
        })
      },
      pictures: new Map(pictures.map(({ bytes, picture }) => [picture, bytes]))
    }
  })

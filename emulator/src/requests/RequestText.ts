/** The text of a request's body, up to a limit. */
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Refusal, refuse } from "../answers/Refusal.js"

/** No request that is meant seriously is larger: sixteen references of a few megabytes each. */
const largest = 64 * 1024 * 1024

const tooLarge = refuse(413, `Request payload too large: at most ${largest} bytes`)
const unreadable = () => refuse(400, "Request body could not be read")

/**
 * Reads a body whose length is not announced. What is over the limit is read and dropped: if the reading stopped, the
 * connection would be reset and the client would never see the refusal.
 */
const readUpToLimit = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<string, Refusal> =>
  Stream.runFold(request.stream, { bytes: 0, chunks: [] as Uint8Array[] }, ({ bytes, chunks }, chunk) => {
    const total = bytes + chunk.length
    if (total <= largest) chunks.push(chunk)
    else chunks.length = 0
    return { bytes: total, chunks }
  }).pipe(
    Effect.mapError(unreadable),
    Effect.filterOrFail(
      ({ bytes }) => bytes <= largest,
      () => tooLarge
    ),
    Effect.map(({ chunks }) => Buffer.concat(chunks).toString("utf8"))
  )

export const textOf = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<string, Refusal> => {
  const announced = Number(request.headers["content-length"])
  if (announced > largest) return Effect.fail(tooLarge)
  return announced >= 0 ? Effect.mapError(request.text, unreadable) : readUpToLimit(request)
}

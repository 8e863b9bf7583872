/**
 * The body of an answer that came from `fetch`, pulled from its reader. The same as a Stream of @effect/platform takes
 * ten times as long, which is a third of a small call.
 */
import { type HttpClientError, ResponseError } from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import type { Pull } from "../concurrency/pull.js"

export type FetchBody = ReadableStream<Uint8Array>

/**
 * The body within an answer of FetchHttpClient, where @effect/platform keeps it. None for the answer of another client,
 * for one without a body, and where somebody put another stream in the place of the answer's own.
 */
export const fetchBodyOf = (response: HttpClientResponse.HttpClientResponse): FetchBody | undefined => {
  if (!Object.hasOwn(response, "source") || Object.hasOwn(response, "stream")) return undefined
  const { source } = response as { readonly source?: unknown }
  return source instanceof Response && !Predicate.isNull(source.body) ? source.body : undefined
}

/** Closing the scope cancels the body. A body that somebody else reads is a defect. */
export const fromFetchBody = (
  response: HttpClientResponse.HttpClientResponse,
  body: FetchBody
): Effect.Effect<Pull<Uint8Array, HttpClientError>, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => body.getReader()),
      // A body that was cut cannot be cancelled, which is as good.
      (reader) => Effect.ignore(Effect.tryPromise(() => reader.cancel()))
    ),
    (reader) => {
      const next = Effect.tryPromise({
        try: () => reader.read(),
        catch: (cause) =>
          Option.some(new ResponseError({ request: response.request, response, reason: "Decode", cause }))
      })
      return Effect.flatMap(next, ({ done, value }) => (done ? end : Effect.succeed([value])))
    }
  )

const end = Effect.fail(Option.none())

/**
 * The body of an answer that came from `fetch`, pulled from its reader. The same as a Stream of @effect/platform takes
 * ten times as long, which is a third of a small call.
 */
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"

/** An answer of `fetch` with a body. */
export interface FetchBody {
  readonly body: ReadableStream<Uint8Array>
  readonly bodyUsed: boolean
}

/**
 * The body within an answer of FetchHttpClient, where @effect/platform keeps it. None for the answer of another client,
 * for one without a body, and where somebody put another stream in the place of the answer's own.
 */
export const fetchBodyOf = (response: HttpClientResponse.HttpClientResponse): FetchBody | undefined => {
  if (!Object.hasOwn(response, "source") || Object.hasOwn(response, "stream")) return undefined
  const { source } = response as { readonly source?: unknown }
  return source instanceof Response && hasBody(source) ? source : undefined
}

const hasBody = (source: Response): source is Response & FetchBody => !Predicate.isNull(source.body)

/** Closing the scope cancels the body. A body that somebody else reads, or has read, is a defect. */
export const pullFetchBody = <E>(
  source: FetchBody,
  on: { readonly end: E; readonly error: (cause: unknown) => E }
): Effect.Effect<Effect.Effect<ReadonlyArray<Uint8Array>, E>, never, Scope.Scope> => {
  const reader = Effect.acquireRelease(
    Effect.suspend(() =>
      source.bodyUsed ? Effect.die(new TypeError("the body has been read")) : Effect.sync(() => source.body.getReader())
    ),
    // A body that was cut cannot be cancelled, which is as good.
    (reader) => Effect.ignore(Effect.tryPromise(() => reader.cancel()))
  )
  const end = Effect.fail(on.end)
  return Effect.map(reader, (reader) =>
    Effect.flatMap(Effect.tryPromise({ try: () => reader.read(), catch: on.error }), ({ done, value }) =>
      done ? end : Effect.succeed([value])
    )
  )
}

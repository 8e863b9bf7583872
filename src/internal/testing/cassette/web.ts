/** An answer whose body is pulled from an effect. */
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import type { Pull } from "../../concurrency/streams.js"

/** Opens a body. Its pull fails with what the reader is to see. Its scope closes when either of them ends. */
export type Open = Effect.Effect<Pull<Uint8Array, unknown>, never, Scope.Scope>

/** Nothing is pulled before the reader asks for it. A reader that stops waits until the scope is closed. */
const readable = (open: Open): Effect.Effect<ReadableStream<Uint8Array>> =>
  Effect.gen(function* () {
    const run = Runtime.runPromise(yield* Effect.runtime<never>())
    const scope = yield* Scope.make()
    const close = Scope.close(scope, Exit.void)
    const pull = yield* Scope.extend(open, scope)
    const next: typeof pull = Effect.flatMap(pull, (bytes) => (bytes.length > 0 ? Effect.succeed(bytes) : next))
    const give = (
      controller: ReadableStreamDefaultController<Uint8Array>,
      given: Either.Either<ReadonlyArray<Uint8Array>, Option.Option<unknown>>
    ): Effect.Effect<void> => {
      if (Either.isRight(given)) {
        return Effect.sync(() => {
          for (const each of given.right) controller.enqueue(each)
        })
      }
      const end = given.left
      return Effect.map(close, () => (Option.isNone(end) ? controller.close() : controller.error(end.value)))
    }
    return new ReadableStream<Uint8Array>(
      {
        // The fiber is one of the scope, so that a reader that stops does not wait for the next bytes. The answer may
        // have been made where nothing can be interrupted.
        pull: (controller) =>
          run(
            Effect.forkIn(Effect.interruptible(Effect.either(next)), scope).pipe(
              Effect.flatMap(Fiber.join),
              Effect.flatMap((given) => give(controller, given))
            )
          ),
        cancel: () => run(close)
      },
      { highWaterMark: 0 }
    )
  })

/** Statuses whose answers have no body, by the Fetch standard. */
const isWithoutBody = (status: number): boolean => [204, 205, 304].includes(status)

export interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

/** A Response takes no status beyond 599, which a server may send. */
const responseOf = ({ headers, status }: Head, body: ReadableStream<Uint8Array> | null): Response => {
  const isUnusual = status > 599
  const response = new Response(body, { status: isUnusual ? 200 : status, headers })
  return isUnusual ? Object.defineProperty(response, "status", { value: status }) : response
}

export const answerOf = (
  request: HttpClientRequest.HttpClientRequest,
  head: Head,
  open: Open
): Effect.Effect<HttpClientResponse.HttpClientResponse> =>
  Effect.map(
    isWithoutBody(head.status) ? Effect.as(Effect.scoped(Effect.flatMap(open, Effect.ignore)), null) : readable(open),
    (body) => HttpClientResponse.fromWeb(request, responseOf(head, body))
  )

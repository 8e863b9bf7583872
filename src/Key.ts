/**
 * What the client's API key has spent and may still spend, as OpenRouter counts it.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { OpenRouterClient, type RequestOptions } from "./Client.js"
import type { GetKeyError, Issue } from "./Errors.js"
import { show } from "./Issue.js"
import { getKeyErrors } from "./internal/attempt/responseError.js"
import { decoder } from "./internal/schema/issues.js"
import { withSpan } from "./internal/telemetry/span.js"
import * as Retry from "./Retry.js"
import { Key } from "./Schema/Key.js"

export {
  /**
   * What an API key has spent and may still spend.
   *
   * @since 0.1.0
   * @category models
   */
  Key
} from "./Schema/Key.js"

const decodeKey = decoder(Key)

const readKey = ({ json }: { readonly json: unknown }): Either.Either<Key, ReadonlyArray<Issue>> => {
  const data = Predicate.isRecord(json) ? json["data"] : undefined
  return Predicate.isRecord(data)
    ? decodeKey(data)
    : Either.left([{ path: ["data"], message: `must say what the key may spend, got ${show(data)}` }])
}

/**
 * Asks what the client's key has spent and may still spend. The numbers lag by minutes: calls in flight, and calls that
 * have just ended, are not in them. It costs nothing, and is retried like discovery.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Key } from "effect-openrouter-images"
 *
 * const report = Effect.gen(function* () {
 *   const { limitRemainingUsd, usageDailyUsd } = yield* Key.get()
 *   yield* Console.log(`today $${usageDailyUsd}, left ${limitRemainingUsd ?? "without a limit"}`)
 * })
 * ```
 */
export const get = (options?: RequestOptions): Effect.Effect<Key, GetKeyError, OpenRouterClient> =>
  Effect.flatMap(OpenRouterClient, (client) =>
    client.execute(
      {
        operation: "getKey",
        method: "GET",
        accept: "application/json",
        path: "/key",
        errors: getKeyErrors,
        decode: readKey,
        timeout: Duration.seconds(30),
        retry: Retry.eager
      },
      options
    )
  ).pipe(withSpan("Key.get"))

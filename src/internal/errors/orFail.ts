/** An Either as an effect. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"

export const orFail = <A, E>(either: Either.Either<A, E>): Effect.Effect<A, E> =>
  Either.match(either, { onLeft: (error) => Effect.fail(error), onRight: (value) => Effect.succeed(value) })

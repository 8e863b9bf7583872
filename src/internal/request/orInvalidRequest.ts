/** Turns the result of a check before sending into an effect. */
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Errors from "../../Errors.js"
import { orFail } from "../errors/orFail.js"

/** The valid value, or the error that nothing was sent. */
export const orInvalidRequest = <A>(
  operation: Errors.Operation,
  checked: Either.Either<A, ReadonlyArray<Errors.Issue>>
): Effect.Effect<A, Errors.InvalidRequestError> =>
  Effect.mapError(orFail(checked), (issues) => new Errors.InvalidRequestError({ operation, issues }))

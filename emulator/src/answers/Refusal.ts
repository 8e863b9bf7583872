/** An answer of OpenRouter's own that says no: its envelope, with the status it comes by. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ImagesSchema } from "effect-openrouter-images"

export class Refusal extends Data.TaggedError("Refusal")<{
  readonly status: number
  readonly response: ImagesSchema.ErrorResponse
}> {}

export const refuse = (
  status: number,
  message: string,
  more: Omit<ImagesSchema.ErrorResponse, "message" | "code"> = {}
): Refusal => new Refusal({ status, response: { code: status, message, ...more } })

/** A refusal while a provider is looked for: which step left nobody, and how many endpoints there were before it. */
export const unroutable = (status: number, message: string, step: string, endpoints: number): Refusal =>
  refuse(status, message, {
    metadata: {
      routing_funnel: [{ step: "Initial Endpoints", endpoint_count: endpoints }],
      failed_routing_step: step
    }
  })

/** What was read, as an effect. */
export const orRefuse = <A>(read: Either.Either<A, Refusal>): Effect.Effect<A, Refusal> =>
  Either.match(read, { onLeft: (refusal) => Effect.fail(refusal), onRight: (value) => Effect.succeed(value) })

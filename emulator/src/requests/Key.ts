/** The key that a request brings: any one will do. */
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Effect from "effect/Effect"
import { type Refusal, refuse } from "../answers/Refusal.js"

export const keyOf = ({ headers }: HttpServerRequest.HttpServerRequest): Effect.Effect<string, Refusal> => {
  const [, key] = /^Bearer (\S+)$/.exec(headers["authorization"] ?? "") ?? []
  return key === undefined ? Effect.fail(refuse(401, "Missing Authentication header")) : Effect.succeed(key)
}

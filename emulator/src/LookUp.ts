/** Looks up what the API tells afterwards. */
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Effect from "effect/Effect"
import * as Answer from "./answers/Answer.js"
import { type Refusal, refuse } from "./answers/Refusal.js"
import { answerWith, type Routed } from "./faults/Spoil.js"
import { recordOf } from "./records/Record.js"
import { keyOf } from "./requests/Key.js"
import type { State } from "./State.js"

/** The query of a request whose address has no host. */
const queryOf = ({ url }: HttpServerRequest.HttpServerRequest): URLSearchParams =>
  new URL(url, "http://emulator.invalid").searchParams

/** The record of the generation that the request names. */
export const lookUpGeneration = (state: State): Effect.Effect<Routed, Refusal, HttpServerRequest.HttpServerRequest> =>
  Effect.gen(function* () {
    const http = yield* HttpServerRequest.HttpServerRequest
    yield* keyOf(http)
    const id = queryOf(http).get("id") ?? ""
    if (id === "") return yield* refuse(400, "id: must name a generation, as in /generation?id=gen-img-...")
    const generation = yield* Effect.flatten(state.generations.find(id)).pipe(
      Effect.mapError(() => refuse(404, `Generation ${id} not found`))
    )
    return answerWith(Answer.json({ data: recordOf(generation) }))
  })

/** Looks up what the API tells afterwards: about a generation, a key, and credits. */
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Answer from "./answers/Answer.js"
import { type Refusal, refuse } from "./answers/Refusal.js"
import { answerWith, type Routed } from "./faults/Spoil.js"
import * as Account from "./records/Account.js"
import { recordOf } from "./records/Record.js"
import { keyOf } from "./requests/Key.js"
import type { State } from "./State.js"

type Found = Effect.Effect<Routed, Refusal, HttpServerRequest.HttpServerRequest>

/** Answers whoever has a key with what is found. */
const answer = (
  find: (key: string, request: HttpServerRequest.HttpServerRequest) => Effect.Effect<object, Refusal>
): Found =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const key = yield* keyOf(request)
    return answerWith(Answer.json({ data: yield* find(key, request) }))
  })

/** The id that the query of a request names. */
const idIn = ({ url }: HttpServerRequest.HttpServerRequest): Effect.Effect<string, Refusal> => {
  const id = new URL(url, "http://emulator.invalid").searchParams.get("id") ?? ""
  return id === ""
    ? Effect.fail(refuse(400, "id: must name a generation, as in /generation?id=gen-img-..."))
    : Effect.succeed(id)
}

/** The record of a generation, once it has appeared. */
export const generation = (state: State): Found =>
  answer((_, request) =>
    Effect.flatMap(idIn(request), (id) =>
      Effect.flatMap(
        state.generations.find(id),
        Option.match({
          onNone: () => Effect.fail(refuse(404, `Generation ${id} not found`)),
          onSome: (found) => Effect.succeed(recordOf(found))
        })
      )
    )
  )

export const key = (state: State): Found =>
  answer((key) =>
    Effect.map(Effect.all([state.limits, state.ledger, Clock.currentTimeMillis]), ([limits, ledger, now]) =>
      Account.describeKey(limits, ledger, key, now)
    )
  )

export const credits = (state: State): Found =>
  answer(() =>
    Effect.map(Effect.all([state.limits, state.ledger]), ([limits, ledger]) => Account.describeCredits(limits, ledger))
  )

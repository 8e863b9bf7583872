/**
 * The durable clock that settles attempts whose billing is unknown. The times are in the database, so any worker may
 * ask the next question, and a restart neither loses nor repeats one.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type { Catalog } from "effect-openrouter-images/Catalog"
import type { OpenRouterClient } from "effect-openrouter-images/Client"
import type { GetGenerationError } from "effect-openrouter-images/Errors"
import * as Generations from "effect-openrouter-images/Generations"
import * as Quote from "effect-openrouter-images/Quote"
import * as Retry from "effect-openrouter-images/Retry"
import { inTransaction } from "../database/transaction.js"
import { decodeRequest } from "../items/request.js"
import * as Questions from "./questions.js"
import { resolve } from "./resolve.js"

type Services = SqlClient.SqlClient | OpenRouterClient | Catalog

/** How many questions a worker asks at once, and at most in a second. */
const atOnce = 3

/** How long a worker pauses after questions, and how often it looks while none is due. */
const pause = Duration.seconds(1)
const pollInterval = Duration.seconds(5)

/** Finds out what the attempt may have cost, where its job has no limit and so nobody has asked. It may fail. */
const findQuote = (question: Questions.Question): Effect.Effect<void, SqlError, SqlClient.SqlClient | Catalog> =>
  Effect.gen(function* () {
    if (question.unknown_at === null || question.min_usd !== null || question.asked > 0) return
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ readonly request: string }>`
      SELECT request FROM images_items WHERE id = ${question.item}`
    if (row === undefined) return
    const quote = yield* Effect.option(Effect.timeout(Quote.estimate(decodeRequest(row.request)), "20 seconds"))
    if (Option.isSome(quote)) yield* Questions.quoted(question, quote.value.minUsd, quote.value.maxUsd)
  })

/** One question, at once. It ends before its lease does, whatever the client's own timeout is. */
const ask = (generationId: string) =>
  Generations.settle(generationId, { schedule: Schedule.recurs(1), retry: Retry.none, timeout: "30 seconds" })

const keepFailure = (question: Questions.Question, error: GetGenerationError) =>
  Effect.zipRight(
    Effect.logWarning(`What ${question.generation_id} cost could not be asked; it is asked again later`, error),
    Questions.notAnswered(question, "retryAfter" in error ? Duration.toMillis(error.retryAfter ?? 0) : 0)
  )

const keepAnswer = (question: Questions.Question, settlement: Generations.Settlement) => {
  switch (settlement._tag) {
    case "Billed":
      return Questions.recorded(question, settlement.costUsd)
    case "NotBilled":
      return Questions.recorded(question, 0)
    case "NoRecord":
      return Questions.notRecorded(question)
  }
}

/** Asks one question, and tells the item what is known then. An answer that has come is not lost. */
const settle = (question: Questions.Question): Effect.Effect<void, SqlError, Services> =>
  Effect.gen(function* () {
    if (question.settlement === null) yield* findQuote(question)
    const tell = Effect.zipRight(inTransaction(resolve(question.item)), Questions.close(question))
    if (question.settlement !== null || question.generation_id === null) return yield* tell
    const answer = yield* Effect.either(ask(question.generation_id))
    const keep = answer._tag === "Left" ? keepFailure(question, answer.left) : keepAnswer(question, answer.right)
    yield* Effect.uninterruptible(Effect.zipRight(keep, tell))
  })

const settleSafely = (question: Questions.Question): Effect.Effect<void, never, Services> =>
  Effect.catchAllCause(settle(question), (cause) =>
    Effect.logWarning(`The worker could not settle an attempt at ${question.item}; it tries again later`, cause)
  )

const settleDue: Effect.Effect<number, never, Services> = Questions.claim(atOnce).pipe(
  Effect.tap(Effect.forEach(settleSafely, { concurrency: atOnce, discard: true })),
  Effect.map((questions) => questions.length),
  Effect.catchAllCause((cause) =>
    Effect.as(Effect.logWarning("The worker could not look for attempts to settle; it tries again", cause), 0)
  )
)

/** Settles what is due, for ever. */
export const run: Effect.Effect<never, never, Services> = Effect.forever(
  Effect.flatMap(settleDue, (count) => Effect.sleep(count === 0 ? pollInterval : pause))
)

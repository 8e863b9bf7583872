/** How a workflow ends an item, or leaves it to somebody's decision. */
import type * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type { Billing } from "effect-openrouter-images/Errors"
import type { Failed, Outcome } from "../../Generation.js"
import { giveUpOpen } from "../attempt/unknown.js"
import { inTransaction } from "../database/transaction.js"
import { doorOf } from "../job/door.js"
import { worseBilling } from "../settlement/billing.js"
import { resolve } from "../settlement/resolve.js"
import * as Item from "./updates.js"

/** A defect may have left an attempt open. */
const giveUpLeft = (key: Item.ItemKey, { error }: Failed) =>
  error._tag === "OutcomeUnknownError" ? giveUpOpen(key) : Effect.void

/** Records a failure. What may have been billed is then judged by the record of all attempts. */
const finishFailed = (key: Item.ItemKey, outcome: Failed, billing: Billing) =>
  Effect.gen(function* () {
    const known = yield* Item.finishFailed(key, outcome, billing)
    if (known !== undefined && known !== "notBilled") yield* resolve(key.item)
  }).pipe(inTransaction)

/** Parks an item that the API was not there for, where that cost nothing. Says whether it did. */
const parkAtDoor = (key: Item.ItemKey, outcome: Failed, billing: Billing) => {
  const door = doorOf(outcome)
  if (billing !== "notBilled" || (door !== "closed" && door !== "trouble")) return Effect.succeed(false)
  return Item.park(key, door === "trouble" ? "trouble" : "httpStatus" in outcome.error ? "refused" : "gone")
}

/**
 * Records how an item ended. `earlier` is the billing of its attempts but the last. A second call changes nothing.
 */
export const finish = (
  key: Item.ItemKey,
  outcome: Outcome,
  earlier: Billing
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  outcome._tag === "Made"
    ? Item.finishMade(key, outcome)
    : Effect.gen(function* () {
        const billing = worseBilling(earlier, outcome.error.billing)
        yield* giveUpLeft(key, outcome)
        if (!(yield* parkAtDoor(key, outcome, billing))) yield* finishFailed(key, outcome, billing)
      })

/** Has the item wait for a decision, unless its record knows more than the attempt. A second call changes nothing. */
export const askForDecision = (
  key: Item.ItemKey,
  attempt: number,
  outcome: Failed
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.zipLeft(Item.markUndecided(key, attempt, outcome), resolve(key.item)).pipe(inTransaction)

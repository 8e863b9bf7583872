/** How a workflow ends an item, or leaves it to somebody's decision. */
import type * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type { Billing } from "effect-openrouter-images/Errors"
import type { Failed, Outcome } from "../../Generation.js"
import { giveUpOpen } from "../attempt/unknown.js"
import { inTransaction } from "../database/transaction.js"
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
    : Effect.zipRight(
        giveUpLeft(key, outcome),
        finishFailed(key, outcome, worseBilling(earlier, outcome.error.billing))
      )

/** Has the item wait for a decision, unless its record knows more than the attempt. A second call changes nothing. */
export const askForDecision = (
  key: Item.ItemKey,
  attempt: number,
  outcome: Failed
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.zipRight(Item.markUndecided(key, attempt, outcome), resolve(key.item)).pipe(inTransaction)

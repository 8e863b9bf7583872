/** What the budget still allows, and when it allows more. */
import * as BigDecimal from "effect/BigDecimal"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { Budget, Quote } from "effect-openrouter-images"
import { formatTime } from "../../../cli/src/output/Text.js"
import { Settings } from "../Settings.js"

/** A limit within a window that ends now. */
export interface Limit {
  readonly limitUsd: number
  /** In milliseconds. */
  readonly window: number
}

const decimal = BigDecimal.unsafeFromNumber

/** What leaves the window, the first first. What runs is not known to leave: it ends before, at its own cost. */
const leaving = ({ reserved, spent }: Budget.Ledger) =>
  [...spent, ...reserved.filter(({ state }) => state !== "running")].sort((one, other) => one.at - other.at)

/**
 * When an amount fits into the limit, in milliseconds since 1970, if nothing else is spent until then. Undefined where
 * it never does, or where only the end of a running call can tell.
 */
export const whenFits = (ledger: Budget.Ledger, { limitUsd, window }: Limit, usd: number): number | undefined => {
  const all = [...ledger.spent, ...ledger.reserved].map((one) => decimal(one.usd))
  let taken = BigDecimal.sumAll([...all, decimal(usd)])
  for (const { at, usd } of leaving(ledger)) {
    taken = BigDecimal.subtract(taken, decimal(usd))
    if (BigDecimal.lessThanOrEqualTo(taken, decimal(limitUsd))) return at + window
  }
  return undefined
}

/** `$0.42 is left; the limit is $2 in any 1d` */
const left = ({ limitUsd, remainingUsd }: Budget.Status, window: number): string => {
  const [rest, limit] = [remainingUsd, limitUsd].map(Quote.formatUsd)
  return `${rest} is left; the limit is ${limit} in any ${Duration.format(window)}`
}

const readLedger = Effect.flatMap(Budget.BudgetStore, (store) => store.modify((ledger) => [ledger, ledger]))

/** What is left now. A ledger that cannot be read allows nothing. */
export const status: Effect.Effect<string, never, Budget.Budget | Settings> = Effect.gen(function* () {
  const { window } = yield* Settings
  return left(yield* Budget.status, window)
}).pipe(Effect.catchAll(({ message }) => Effect.succeed(`not known: ${message}`)))

/** What is left, and when an amount will fit. */
export const outlook = (usd: number): Effect.Effect<string, never, Budget.Budget | Budget.BudgetStore | Settings> =>
  Effect.gen(function* () {
    const { limitUsd, window } = yield* Settings
    const now = yield* Budget.status
    if (usd > limitUsd) return `${left(now, window)}; ${Quote.formatUsd(usd)} is more than all of it`
    const at = whenFits(yield* readLedger, { limitUsd, window }, usd)
    const when = at === undefined ? "when the calls under way have ended" : `at ${formatTime(new Date(at))}`
    const isOver = at !== undefined && at <= (yield* Clock.currentTimeMillis)
    return `${left(now, window)}; ${Quote.formatUsd(usd)} fits again ${isOver ? "now" : when}`
  }).pipe(Effect.catchAll(({ message }) => Effect.succeed(`not known: ${message}`)))

/** Finds out what a reservation's generation cost, and tells the budget. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import type * as Tracer from "effect/Tracer"
import type { Service as BudgetService, Reservation } from "../../Budget.js"
import type { OpenRouterClient } from "../../Client.js"
import type { GetGenerationError } from "../../Errors.js"
import * as Generations from "../../Generations.js"
import type { Settled } from "../../Reconcile.js"
import * as Metrics from "../telemetry/metrics.js"
import { annotateSpan, withSpan } from "../telemetry/span.js"

/** A reservation whose generation is known. */
export interface Named extends Reservation {
  readonly generationId: string
}

/** The amount that counts in this budget. */
const amountOf = (settlement: Generations.Billed | Generations.NotBilled, budget: BudgetService): number => {
  if (settlement._tag === "NotBilled") return 0
  const { costUsd, generation } = settlement
  return budget.countsUpstreamCost ? costUsd : (generation.totalCostUsd ?? costUsd)
}

/** What was found out is not lost to a store that is away for a while. */
const untilStored = Schedule.union(Schedule.exponential("1 second"), Schedule.spaced("1 minute"))

const outcomes = { Billed: "billed", NotBilled: "notBilled", NoRecord: "unknown" } as const

const apply = (reservation: Named, settlement: Generations.Settlement, budget: BudgetService): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const billing = outcomes[settlement._tag]
    yield* annotateSpan({ "openrouter.billing": billing })
    yield* Metric.increment(Metric.tagged(Metrics.settlements, "openrouter.billing", billing))
    if (settlement._tag === "NoRecord") {
      const time = Duration.format(settlement.waited)
      yield* Effect.logWarning(
        `Generation ${reservation.generationId} has no record after ${time}: $${reservation.usd} stay set aside`
      )
      return true
    }
    const usd = amountOf(settlement, budget)
    yield* annotateSpan({ "openrouter.cost_usd": usd })
    yield* Metric.incrementBy(Metrics.settledCost, usd)
    return yield* budget.settle(reservation.id, usd).pipe(Effect.retry(untilStored), Effect.orDie)
  })

/** Returns nothing where another process has settled it in the meantime. */
export const settleReservation = (
  reservation: Named,
  budget: BudgetService,
  span: Tracer.Span | undefined,
  options: Generations.SettleOptions
): Effect.Effect<Settled | undefined, GetGenerationError, OpenRouterClient> =>
  Effect.gen(function* () {
    const settlement = yield* Generations.settle(reservation.generationId, options)
    const isOurs = yield* apply(reservation, settlement, budget).pipe(
      withSpan("Reconcile.settle", {
        attributes: { "gen_ai.response.id": reservation.generationId, "gen_ai.request.model": reservation.model },
        links: span === undefined ? [] : [{ _tag: "SpanLink", span, attributes: {} }]
      })
    )
    return isOurs ? { reservation, settlement } : undefined
  })

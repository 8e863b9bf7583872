/** Finds out what a reservation's generation cost, and tells the budget. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Tracer from "effect/Tracer"
import type { Service as BudgetService, Reservation } from "../../Budget.js"
import type { OpenRouterClient } from "../../Client.js"
import type { GetGenerationError } from "../../Errors.js"
import * as Generations from "../../Generations.js"
import type { Settled } from "../../Reconcile.js"
import { formatUsd } from "../endpoint/usd.js"
import { untilStored } from "../generations/schedule.js"
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

const linkTo = (span: Tracer.AnySpan) => ({ _tag: "SpanLink" as const, span, attributes: {} })

const outcomes = { Billed: "billed", NotBilled: "notBilled", NoRecord: "unknown" } as const

/** Longer than any generation takes with its retries. Until then a process that still runs may try again. */
export const longestRun = Duration.hours(1)

/** Returns whether the reservation was there, and about this generation. */
const apply = (
  reservation: Named,
  settlement: Generations.Billed | Generations.NotBilled,
  budget: BudgetService
): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const isRunning = reservation.state === "running"
    const now = yield* Clock.currentTimeMillis
    if (isRunning && settlement._tag === "NotBilled" && now - reservation.at < Duration.toMillis(longestRun))
      return false
    const usd = amountOf(settlement, budget)
    const isSettled = yield* budget
      .settle(reservation.id, usd, reservation.generationId)
      .pipe(Effect.retry(untilStored), Effect.orDie)
    if (isSettled) {
      yield* annotateSpan({ "openrouter.cost_usd": usd })
      yield* Metric.incrementBy(Metrics.settledCost, usd)
    }
    return isSettled
  })

const count = (settlement: Generations.Settlement): Effect.Effect<void> =>
  Metric.increment(Metric.tagged(Metrics.settlements, "openrouter.billing", outcomes[settlement._tag]))

/** Returns nothing where the reservation has changed in the meantime, or may still do so. */
export const settleReservation = (
  reservation: Named,
  budget: BudgetService,
  span: Tracer.Span | undefined,
  options: Generations.SettleOptions
): Effect.Effect<Settled | undefined, GetGenerationError, OpenRouterClient> =>
  Effect.gen(function* () {
    const { generationId, model, usd } = reservation
    const settlement = yield* Generations.settle(generationId, options)
    if (settlement._tag === "NoRecord") {
      const time = Duration.format(settlement.waited)
      yield* Effect.logWarning(
        `Generation ${generationId} has no record that says its cost after ${time}: ${formatUsd(usd)} stay set aside`
      )
    } else {
      const isSettled = yield* apply(reservation, settlement, budget).pipe(
        withSpan("Reconcile.settle", {
          attributes: {
            "gen_ai.response.id": generationId,
            "gen_ai.request.model": model,
            "openrouter.billing": outcomes[settlement._tag]
          },
          links: span === undefined ? [] : [linkTo(span)]
        })
      )
      if (!isSettled) return undefined
    }
    yield* count(settlement)
    return { reservation, settlement }
  })

/** A budget's account: a limit over a ledger that is kept somewhere. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Errors from "../Errors.js"
import type { BudgetStoreError, Store } from "./budgetStore.js"
import * as Ledger from "./ledger.js"
import { show } from "./show.js"

export interface Options {
  /** US dollars; zero lets only through what is free. */
  readonly limitUsd: number
  /** The time that the limit is for, ending now: what was spent before it no longer counts. Default: everything counts, for ever. */
  readonly window?: Duration.DurationInput | undefined
  /**
   * What to do with a request whose cost has no known upper bound, or whose price cannot be asked for. `refuse` (the default) fails; `allow` sets
   * aside the least that it costs, so that the limit may be exceeded.
   */
  readonly onUnknownCost?: "refuse" | "allow" | undefined
}

export interface Status {
  readonly limitUsd: number
  readonly spentUsd: number
  readonly reservedUsd: number
  /** What a request may cost at most; never below zero. */
  readonly remainingUsd: number
  readonly reservations: ReadonlyArray<Ledger.Reservation>
}

/** What is asked to be set aside. */
export interface Claim {
  readonly operation: Errors.Operation
  readonly model: string
  readonly usd: number
}

type Reason = Errors.BudgetExceededError["reason"]

export interface Account {
  readonly status: Effect.Effect<Status, BudgetStoreError>
  /** The error that a claim is refused with. */
  readonly refuse: (claim: Claim, reason: Reason) => Effect.Effect<never, Errors.BudgetExceededError>
  readonly reserve: (
    claim: Claim
  ) => Effect.Effect<Ledger.Reservation, Errors.BudgetExceededError | Errors.InvalidRequestError>
  /** Puts what it cost in the place of a reservation. */
  readonly close: (reservation: Ledger.Reservation, outcome: Ledger.Outcome) => Effect.Effect<void, BudgetStoreError>
  /** The same by its id, once it is known; whether there was such a reservation. */
  readonly settle: (id: string, costUsd: number) => Effect.Effect<boolean, BudgetStoreError>
}

const issuesOf = ({ limitUsd }: Options): ReadonlyArray<Errors.Issue> =>
  limitUsd >= 0
    ? []
    : [{ path: ["budget", "limitUsd"], message: `must be US dollars, zero or more, got ${show(limitUsd)}` }]

const exceeded = (
  { operation, usd }: Claim,
  reason: Reason,
  { limitUsd, reservedUsd, spentUsd }: Pick<Status, "limitUsd" | "reservedUsd" | "spentUsd">
) => new Errors.BudgetExceededError({ operation, reason, quoteUsd: usd, limitUsd, spentUsd, reservedUsd })

export const make = (store: Store, options: Options): Account => {
  const { limitUsd } = options
  const window = options.window === undefined ? Number.POSITIVE_INFINITY : Duration.toMillis(options.window)
  const issues = issuesOf(options)

  /** Changes the ledger as it is now. */
  const change = <A>(f: (ledger: Ledger.Ledger, now: number) => readonly [A, Ledger.Ledger]) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      store.modify((ledger) => f(Ledger.prune(ledger, now, window), now))
    )
  const statusOf = (ledger: Ledger.Ledger): Status => ({
    limitUsd,
    ...Ledger.totals(ledger, limitUsd),
    reservations: ledger.reserved
  })
  const status = change((ledger) => [statusOf(ledger), ledger])

  /** A ledger that cannot be kept stops the spending. */
  const guarded = <A>({ operation, usd }: Claim, effect: Effect.Effect<A, BudgetStoreError>) =>
    Effect.mapError(effect, ({ message }) => {
      const nothing = { limitUsd, spentUsd: 0, reservedUsd: 0, quoteUsd: usd }
      return new Errors.BudgetExceededError({ operation, reason: "ledger", description: message, ...nothing })
    })

  const reserved = (claim: Claim, number: number) =>
    change((ledger, at): readonly [Effect.Effect<Ledger.Reservation, Errors.BudgetExceededError>, Ledger.Ledger] => {
      const { model, usd } = claim
      if (!Ledger.fits(ledger, usd, limitUsd)) return [Effect.fail(exceeded(claim, "limit", statusOf(ledger))), ledger]
      const reservation = { id: number.toString(36), model, usd, at, state: "running" } as const
      return [Effect.succeed(reservation), Ledger.reserve(ledger, reservation)]
    })

  return {
    status,
    refuse: (claim, reason) =>
      Effect.flatMap(guarded(claim, status), (now) => Effect.fail(exceeded(claim, reason, now))),
    reserve: (claim) =>
      issues.length > 0
        ? Effect.fail(new Errors.InvalidRequestError({ operation: claim.operation, issues }))
        : Effect.flatMap(Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER), (number) =>
            Effect.flatten(guarded(claim, reserved(claim, number)))
          ),
    close: (reservation, outcome) =>
      change((ledger, now) => [undefined, Ledger.settle(ledger, reservation, outcome, now)]),
    settle: (id, costUsd) =>
      change((ledger, now) => {
        const found = ledger.reserved.find((one) => one.id === id)
        return found === undefined
          ? [false, ledger]
          : [true, Ledger.settle(ledger, found, { spentUsd: costUsd, unknown: 0 }, now)]
      })
  }
}

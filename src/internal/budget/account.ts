/** A budget's account: a limit over a ledger, wherever that is kept. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import type { Options, Status, Store } from "../../Budget.js"
import * as Errors from "../../Errors.js"
import { show } from "../../Issue.js"
import { orFail } from "../errors/orFail.js"
import { withinTime } from "../layer/bestEffort.js"
import { effectOf } from "../layer/effectOf.js"
import { dollarsIssues, isAmount, notDollars } from "../schema/amount.js"
import * as Ledger from "./ledger.js"
import { BudgetStoreError } from "./store.js"

export class InvalidSettlementError extends Schema.TaggedError<InvalidSettlementError>()("InvalidSettlementError", {
  /** The id of the reservation, which stays as it is. */
  id: Schema.String,
  message: Schema.String
}) {}

/** A request to reserve an amount. */
export interface Claim {
  readonly operation: Errors.Operation
  readonly model: string
  readonly usd: number
}

type Reason = Errors.BudgetExceededError["reason"]

type Restore = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>

export interface Account {
  readonly status: Effect.Effect<Status, BudgetStoreError>
  /** Fails where the budget's own options are invalid. Such a budget limits nothing, so nothing is sent. */
  readonly check: (operation: Errors.Operation) => Effect.Effect<void, Errors.InvalidRequestError>
  /** Refuses a claim with an error. */
  readonly refuse: (claim: Claim, reason: Reason) => Effect.Effect<never, Errors.BudgetExceededError>
  /**
   * Run it uninterruptibly, so that every reservation is closed. `restore` makes the wait for a slow store
   * interruptible.
   */
  readonly reserve: (claim: Claim, restore: Restore) => Effect.Effect<Ledger.Reservation, Errors.BudgetExceededError>
  /**
   * Keeps the generation that a running attempt is about, so that it can be settled even if this process dies. None once
   * the attempt has ended: the next one has another generation.
   */
  readonly name: (
    reservation: Ledger.Reservation,
    generationId: string | undefined
  ) => Effect.Effect<void, BudgetStoreError>
  /** Replaces a reservation by what it cost. */
  readonly close: (reservation: Ledger.Reservation, outcome: Ledger.Outcome) => Effect.Effect<void, BudgetStoreError>
  /**
   * The same by the reservation's id, once the cost is known. With a generation only while the reservation is still about
   * it. Returns whether there was such a reservation.
   */
  readonly settle: (
    id: string,
    costUsd: number,
    generationId?: string
  ) => Effect.Effect<boolean, BudgetStoreError | InvalidSettlementError>
  /** Whether what a provider charges for your own key counts. */
  readonly countsUpstreamCost: boolean
}

/** Whole milliseconds, or NaN where it is no duration. */
const millisOf = (window: unknown): number =>
  Option.match(Duration.decodeUnknown(window), {
    onNone: () => Number.NaN,
    onSome: (duration) => Math.ceil(Duration.toMillis(duration))
  })

const windowIssues = (window: unknown): ReadonlyArray<Errors.Issue> => {
  const millis = window === undefined ? 1 : millisOf(window)
  if (millis > 0 && millis < Number.POSITIVE_INFINITY) return []
  const shown = Duration.isDuration(window) ? Duration.format(window) : show(window)
  const message = `must be a positive and finite duration, such as "1 day", or absent for a limit for ever, got ${shown}`
  return [{ path: ["budget", "window"], message }]
}

const issuesOf = ({ limitUsd, onUnknownCost, window }: Options): ReadonlyArray<Errors.Issue> => [
  ...dollarsIssues(["budget", "limitUsd"], limitUsd),
  ...windowIssues(window),
  ...(onUnknownCost === undefined || onUnknownCost === "refuse" || onUnknownCost === "allow"
    ? []
    : [{ path: ["budget", "onUnknownCost"], message: `must be "refuse" or "allow", got ${show(onUnknownCost)}` }])
]

const exceededError = (
  { operation, usd }: Claim,
  reason: Reason,
  { limitUsd, reservedUsd, spentUsd }: Pick<Status, "limitUsd" | "reservedUsd" | "spentUsd">
) => new Errors.BudgetExceededError({ operation, reason, quoteUsd: usd, limitUsd, spentUsd, reservedUsd })

/**
 * How long to wait for a store. A file waits almost as long for its lock, and its error explains better why it did not
 * get it.
 */
const patience = Duration.seconds(35)

/** How long an interrupted caller waits until its reservation is given back. */
const grace = Duration.seconds(1)

const waitFor = <A, E>(work: Effect.Effect<A, E>): Effect.Effect<A, E | BudgetStoreError> =>
  Effect.catchIf(
    withinTime(patience, () => work),
    Cause.isTimeoutException,
    () => Effect.fail(new BudgetStoreError({ message: `the store did not answer within ${Duration.format(patience)}` }))
  )

const storeErrorOf = (defect: unknown): BudgetStoreError =>
  new BudgetStoreError({
    message: `the store broke: ${Predicate.hasProperty(defect, "message") ? String(defect.message) : show(defect)}`
  })

type Change<A> = (ledger: Ledger.Ledger) => readonly [result: A, ledger: Ledger.Ledger]

/**
 * Changes a ledger after checking that its amounts can be summed. A store that throws, or returns an unusable ledger,
 * counts as one that fails.
 */
const modify = <A>(store: Store, change: Change<A>): Effect.Effect<A, BudgetStoreError> =>
  effectOf(() =>
    store.modify((ledger): readonly [Either.Either<A, BudgetStoreError>, Ledger.Ledger] => {
      const problem = Ledger.problemOf(ledger)
      if (problem !== undefined) {
        return [Either.left(new BudgetStoreError({ message: `the ledger makes no sense: ${problem}` })), ledger]
      }
      const [result, changed] = change(ledger)
      return [Either.right(result), changed]
    })
  ).pipe(
    Effect.flatMap(orFail),
    Effect.catchAllDefect((defect) => Effect.fail(storeErrorOf(defect)))
  )

export const make = (store: Store, options: Options): Account => {
  const { limitUsd } = options
  const issues = issuesOf(options)
  /** Nothing has left an invalid window. */
  const window = options.window === undefined || issues.length > 0 ? Number.POSITIVE_INFINITY : millisOf(options.window)

  /** Changes the ledger as of now. */
  const change = <A>(f: (ledger: Ledger.Ledger, date: number) => readonly [A, Ledger.Ledger]) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      modify(store, (ledger) => f(Ledger.prune(ledger, now, window), Ledger.dateOf(ledger, now, window)))
    )
  const statusOf = (ledger: Ledger.Ledger): Status => ({
    limitUsd,
    ...Ledger.totals(ledger, limitUsd),
    reservations: ledger.reserved
  })
  const status = waitFor(change((ledger) => [statusOf(ledger), ledger]))
  const close: Account["close"] = (reservation, outcome) =>
    waitFor(change((ledger, date) => [undefined, Ledger.close(ledger, reservation, outcome, date)]))

  /** A ledger that cannot be kept stops the spending. */
  const guarded = <A>({ operation, usd }: Claim, effect: Effect.Effect<A, BudgetStoreError>) =>
    Effect.mapError(effect, ({ message }) => {
      const nothing = { limitUsd, spentUsd: 0, reservedUsd: 0, quoteUsd: usd }
      return new Errors.BudgetExceededError({ operation, reason: "ledger", description: message, ...nothing })
    })
  const refuse: Account["refuse"] = (claim, reason) =>
    Effect.flatMap(guarded(claim, status), (now) => Effect.fail(exceededError(claim, reason, now)))

  const reserved = (claim: Claim, number: number) =>
    change((ledger, at): readonly [Effect.Effect<Ledger.Reservation, Errors.BudgetExceededError>, Ledger.Ledger] => {
      const { model, usd } = claim
      if (!Ledger.fits(ledger, usd, limitUsd))
        return [Effect.fail(exceededError(claim, "limit", statusOf(ledger))), ledger]
      const reservation = { id: Ledger.freeId(ledger, number.toString(36)), model, usd, at, state: "running" } as const
      return [Effect.succeed(reservation), Ledger.reserve(ledger, reservation)]
    })

  /**
   * Reserves in a fiber of its own. A caller that stops waiting sends nothing, and the reservation is given back as
   * soon as it exists.
   */
  const reserve = (claim: Claim, number: number, restore: Restore) =>
    Effect.flatMap(Effect.forkDaemon(reserved(claim, number)), (fiber) => {
      const giveBack = Effect.flatMap(
        Effect.flatten(Fiber.await(fiber)),
        Effect.flatMap((reservation) => close(reservation, Ledger.free))
      )
      return restore(waitFor(Fiber.join(fiber))).pipe(
        Effect.onError(() =>
          Effect.flatMap(Effect.forkDaemon(giveBack), (giving) =>
            Effect.ignore(withinTime(grace, () => Fiber.await(giving)))
          )
        )
      )
    })

  return {
    status,
    check: (operation) =>
      issues.length === 0 ? Effect.void : Effect.fail(new Errors.InvalidRequestError({ operation, issues })),
    refuse,
    reserve: (claim, restore) =>
      isAmount(claim.usd)
        ? Effect.flatMap(Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER), (number) =>
            Effect.flatten(guarded(claim, reserve(claim, number, restore)))
          )
        : restore(refuse(claim, "unknownCost")),
    name: ({ id }, generationId) => waitFor(change((ledger) => [undefined, Ledger.name(ledger, id, generationId)])),
    close,
    countsUpstreamCost: options.countUpstreamCost ?? true,
    settle: (asked, costUsd, generationId) => {
      const id = asked.trim()
      if (!isAmount(costUsd)) {
        return Effect.fail(new InvalidSettlementError({ id, message: `costUsd ${notDollars(costUsd)}` }))
      }
      const settled = change((ledger, date) => {
        const found = ledger.reserved.find(
          (one) => one.id === id && (generationId === undefined || one.generationId === generationId)
        )
        return found === undefined ? [false, ledger] : [true, Ledger.settle(ledger, found, costUsd, date)]
      })
      return waitFor(settled)
    }
  }
}

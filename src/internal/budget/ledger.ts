/** A budget's ledger: the amounts spent and reserved. Pure: each change returns a new ledger. */
import * as BigDecimal from "effect/BigDecimal"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { isAmount, notDollars } from "../schema/amount.js"
import { every, fromParseError, type SchemaFailure } from "../schema/issues.js"
import { present } from "../schema/present.js"
import { exact } from "../schema/primitives.js"

const Usd = Schema.Number.pipe(Schema.filter((usd) => isAmount(usd) || notDollars(usd)))

/** Milliseconds since 1970. */
const Moment = Schema.Number.pipe(Schema.finite())

/** An amount that one attempt may have cost. */
const Reservation = Schema.Struct({
  id: Schema.String,
  model: Schema.String,
  usd: Usd,
  at: Moment,
  /**
   * `running`: the attempt is in flight, or its process died. `unknown`: it failed, and may have been billed. `billed`: it
   * was billed, but nobody said how much; `usd` is the most, and counts as spent.
   */
  state: Schema.Literal("running", "unknown", "billed"),
  /** The generation that the amount is for, once the head of an answer has named it. See `Generations`. */
  generationId: exact(Schema.String)
})
export type Reservation = typeof Reservation.Type

/** A reservation that was settled while its attempt seemed to run, in case that attempt still ends. */
const Settled = Schema.Struct({ id: Schema.String, usd: Usd, at: Moment, generationId: exact(Schema.String) })

export const Ledger = Schema.Struct({
  spent: Schema.Array(Schema.Struct({ usd: Usd, at: Moment })),
  reserved: Schema.Array(Reservation),
  settled: exact(Schema.Array(Settled))
})
export type Ledger = typeof Ledger.Type

/** A ledger has the list of the settled only where there are any. */
const withSettled = (ledger: Ledger, settled: Ledger["settled"] = []): Ledger => {
  const { settled: _, ...rest } = ledger
  return settled.length === 0 ? rest : { ...rest, settled }
}

export const empty: Ledger = { spent: [], reserved: [] }

const mostSaid = 250

const wordsOf = (error: SchemaFailure): string =>
  fromParseError(error)
    .map(({ message, path }) => (path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`))
    .join("; ")
    .slice(0, mostSaid)

const decodeText = Schema.decodeEither(Schema.parseJson(Ledger), every)
const encodeText = Schema.encodeEither(Schema.parseJson(Ledger), every)
const validate = Schema.validateEither(Ledger, every)

/** Reads a ledger from its text, or says what is wrong with the text. */
export const parse = (text: string): Either.Either<Ledger, string> => Either.mapLeft(decodeText(text), wordsOf)

/** Equal ledgers have equal texts. A ledger that no text can hold gives what is wrong with it. */
export const print = (ledger: Ledger): Either.Either<string, string> => Either.mapLeft(encodeText(ledger), wordsOf)

/** What is wrong with a ledger that a store returns. Its types promise less than its sums need. */
export const problemOf = (ledger: Ledger): string | undefined =>
  Either.match(validate(ledger), { onLeft: wordsOf, onRight: () => undefined })

/** A sum of decimals does not drift. */
const sum = (all: ReadonlyArray<{ readonly usd: number }>): BigDecimal.BigDecimal =>
  BigDecimal.sumAll(all.map(({ usd }) => BigDecimal.unsafeFromNumber(usd)))

/** The sum of very large amounts is still a finite number. */
const toNumber = (usd: BigDecimal.BigDecimal): number => Math.min(Number.MAX_VALUE, BigDecimal.unsafeToNumber(usd))

/** A difference of decimals does not drift. */
const subtract = (usd: number, less: number): number =>
  less === 0 ? usd : toNumber(BigDecimal.subtract(BigDecimal.unsafeFromNumber(usd), BigDecimal.unsafeFromNumber(less)))

const isBilled = ({ state }: Reservation): boolean => state === "billed"

/** The sums, and what is left of the limit. Nothing is left where the limit is no amount. */
export const totals = ({ reserved, spent }: Ledger, limitUsd: number) => ({
  spentUsd: toNumber(sum([...spent, ...reserved.filter(isBilled)])),
  reservedUsd: toNumber(sum(reserved.filter((one) => !isBilled(one)))),
  remainingUsd: isAmount(limitUsd)
    ? Math.max(0, toNumber(BigDecimal.subtract(BigDecimal.unsafeFromNumber(limitUsd), sum([...spent, ...reserved]))))
    : 0
})

/** Whether the limit has room for a further amount. */
export const fits = ({ reserved, spent }: Ledger, usd: number, limitUsd: number): boolean =>
  BigDecimal.lessThanOrEqualTo(sum([...spent, ...reserved, { usd }]), BigDecimal.unsafeFromNumber(limitUsd))

/** A window has this many parts. All spending within a part is one entry. */
const parts = 64

/** The end of the part that contains a time, so that nothing leaves the window too early. */
const endOfPart = (at: number, window: number): number => Math.ceil(at / (window / parts)) * (window / parts)

/**
 * Merges spending at the same time into one entry. Without a window there is one entry for all of it, at the latest of
 * their times, in case a window is set later.
 */
const mergeSpent = (spent: Ledger["spent"], window: number): Ledger["spent"] => {
  const latest = spent.reduce((latest, { at }) => Math.max(latest, at), Number.NEGATIVE_INFINITY)
  const byMoment = new Map<number, Ledger["spent"]>()
  for (const entry of spent) {
    const at = window === Number.POSITIVE_INFINITY ? latest : endOfPart(entry.at, window)
    byMoment.set(at, [...(byMoment.get(at) ?? []), entry])
  }
  return [...byMoment].map(([at, entries]) => ({ at, usd: toNumber(sum(entries)) }))
}

/** Clocks are rarely wrong by more than this. One that is wrong by years has lost its date. */
const mostWrong = 7 * 24 * 60 * 60 * 1000

/**
 * The date of an event that happens now. The clock may be set back for a while. What is dated by it then would leave
 * the window too early once the clock is right again. So no date is earlier than the latest one in the ledger. A date
 * far in the future must not hold back all later ones, so this applies only within a week, or within the window if that
 * is longer.
 */
export const dateOf = ({ reserved, spent }: Ledger, now: number, window: number): number => {
  const latest = [...spent, ...reserved].reduce((latest, { at }) => Math.max(latest, at), now)
  return Math.min(latest, now + Math.max(window, mostWrong))
}

/** A generation still in flight after a day counts as gone. */
const longestRun = 24 * 60 * 60 * 1000

/** How long to wait for somebody to say what was billed. A record that has not appeared within a week never will. */
const longestDoubt = 7 * 24 * 60 * 60 * 1000

/** What nobody will say any more is spent. */
const giveUp = (ledger: Ledger, now: number): Ledger => {
  const isLost = (one: Reservation) => isBilled(one) && now - one.at >= longestDoubt
  return {
    ...ledger,
    spent: [...ledger.spent, ...ledger.reserved.filter(isLost).map(({ at, usd }) => ({ at, usd }))],
    reserved: ledger.reserved.filter((one) => !isLost(one))
  }
}

/** The ledger without what has left the window. `window` is in milliseconds; `Infinity` means none. */
export const prune = (ledger: Ledger, now: number, window: number): Ledger => {
  const { reserved, settled, spent } = giveUp(ledger, now)
  return withSettled(
    {
      spent: mergeSpent(spent, window).filter(({ at }) => window === Number.POSITIVE_INFINITY || now - at < window),
      reserved: reserved.filter(
        ({ at, state }) => now - at < (state === "running" ? Math.max(window, longestRun) : window)
      )
    },
    settled?.filter(({ at }) => now - at < longestRun)
  )
}

/** An id that no reservation has. Two processes whose Random has the same seed generate the same ids. */
export const freeId = (ledger: Ledger, id: string): string =>
  ledger.reserved.some((one) => one.id === id) ? freeId(ledger, `${id}+`) : id

export const reserve = (ledger: Ledger, reservation: Reservation): Ledger => ({
  ...ledger,
  reserved: [...ledger.reserved, reservation]
})

const withoutName = ({ generationId: _, ...reservation }: Reservation): Reservation => reservation

/** The ledger with the generation that a running attempt is about; with none where the attempt has ended. */
export const name = (ledger: Ledger, id: string, generationId: string | undefined): Ledger => ({
  ...ledger,
  reserved: ledger.reserved.map((one) =>
    one.id === id && one.state === "running" ? { ...withoutName(one), ...present({ generationId }) } : one
  )
})

/** An attempt that may have been billed, and its generation where that is known. */
export interface Unknown {
  readonly generationId?: string | undefined
  /** The most that it may have cost, in US dollars, where that is less than the whole reservation. */
  readonly usd?: number | undefined
}

/** How a reservation ended. */
export interface Outcome {
  /** The amount paid, in US dollars. */
  readonly spentUsd: number
  /** The generation that was paid. */
  readonly generationId?: string | undefined
  /** Whether the amount is only the most that it may have been. */
  readonly isEstimate?: boolean
  /** Further attempts that may have been billed. */
  readonly unknown: ReadonlyArray<Unknown>
}

/** Nothing was sent. */
export const free: Outcome = { spentUsd: 0, unknown: [] }

const spend = (ledger: Ledger, usd: number, at: number): Ledger =>
  usd === 0 ? ledger : { ...ledger, spent: [...ledger.spent, { usd, at }] }

/**
 * Replaces a reservation by what it cost, even one that has left the window. What was settled in the meantime is not
 * counted again.
 */
export const close = (ledger: Ledger, reservation: Reservation, outcome: Outcome, now: number): Ledger => {
  const settled = ledger.settled?.find(({ id }) => id === reservation.id)
  const isSettled = ({ generationId }: Unknown) => settled !== undefined && settled.generationId === generationId
  const { id, model, usd } = reservation
  const { generationId, spentUsd } = outcome
  // An estimate waits for a record, if there may be one.
  const isWaiting = outcome.isEstimate === true && generationId !== undefined
  const counted = isSettled(outcome) ? (settled?.usd ?? 0) : 0
  const open = [
    ...(isWaiting && !isSettled(outcome) ? [{ usd: spentUsd, state: "billed", generationId } as const] : []),
    ...outcome.unknown
      .filter((one) => !isSettled(one))
      .map((one) => ({ usd, state: "unknown", ...present(one) }) as const)
  ]
  const closed: Ledger = {
    ...ledger,
    reserved: [
      ...ledger.reserved.filter((one) => one.id !== id),
      ...open.map((one, i) => ({ id: i === 0 ? id : `${id}-${i}`, model, at: now, ...one }))
    ]
  }
  const others = ledger.settled?.filter((one) => one.id !== id)
  return spend(withSettled(closed, others), isWaiting ? 0 : subtract(spentUsd, Math.min(spentUsd, counted)), now)
}

/** Replaces a reservation by its cost, which was found out otherwise. Its attempt may still seem to run, and end. */
export const settle = (ledger: Ledger, reservation: Reservation, usd: number, now: number): Ledger => {
  const { generationId, id, state } = reservation
  const others = ledger.settled ?? []
  return spend(
    withSettled(
      { ...ledger, reserved: ledger.reserved.filter((one) => one.id !== id) },
      state === "running" ? [...others, { id, usd, at: now, ...present({ generationId }) }] : others
    ),
    usd,
    now
  )
}

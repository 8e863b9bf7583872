/** A budget's ledger: what was spent, and what is set aside. Pure: each change gives a new one. */
import * as BigDecimal from "effect/BigDecimal"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { isAmount, notDollars } from "../schema/amount.js"

const Usd = Schema.Number.pipe(Schema.filter((usd) => isAmount(usd) || notDollars(usd)))

/** Milliseconds since 1970. */
const Moment = Schema.Number.pipe(Schema.finite())

/** An amount set aside for one attempt. */
const Reservation = Schema.Struct({
  id: Schema.String,
  model: Schema.String,
  usd: Usd,
  at: Moment,
  /** `running`: it is under way, or its process died. `unknown`: it failed, and may have been billed. */
  state: Schema.Literal("running", "unknown")
})
export type Reservation = typeof Reservation.Type

export const Ledger = Schema.Struct({
  spent: Schema.Array(Schema.Struct({ usd: Usd, at: Moment })),
  reserved: Schema.Array(Reservation)
})
export type Ledger = typeof Ledger.Type

export const empty: Ledger = { spent: [], reserved: [] }

const mostSaid = 250

const wordsOf = (error: ParseResult.ParseError): string =>
  ParseResult.ArrayFormatter.formatErrorSync(error)
    .map(({ message, path }) => (path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`))
    .join("; ")
    .slice(0, mostSaid)

const decodeText = Schema.decodeEither(Schema.parseJson(Ledger), { errors: "all" })
const encodeText = Schema.encodeEither(Schema.parseJson(Ledger), { errors: "all" })
const validate = Schema.validateEither(Ledger, { errors: "all" })

/** A ledger as it is kept in a text, or what is wrong with the text. */
export const parse = (text: string): Either.Either<Ledger, string> => Either.mapLeft(decodeText(text), wordsOf)

/** Equal ledgers are equal texts; what is wrong with one that no text can hold. */
export const print = (ledger: Ledger): Either.Either<string, string> => Either.mapLeft(encodeText(ledger), wordsOf)

/** What is wrong with a ledger that a store gives; its types promise less than its sums need. */
export const problemOf = (ledger: Ledger): string | undefined =>
  Either.match(validate(ledger), { onLeft: wordsOf, onRight: () => undefined })

/** Sums in decimals do not drift. */
const sum = (all: ReadonlyArray<{ readonly usd: number }>): BigDecimal.BigDecimal =>
  BigDecimal.sumAll(all.map(({ usd }) => BigDecimal.unsafeFromNumber(usd)))

/** The sum of very large amounts is still one. */
const toNumber = (usd: BigDecimal.BigDecimal): number => Math.min(Number.MAX_VALUE, BigDecimal.unsafeToNumber(usd))

/** The sums, and what is left of the limit; nothing where the limit is no amount. */
export const totals = ({ reserved, spent }: Ledger, limitUsd: number) => ({
  spentUsd: toNumber(sum(spent)),
  reservedUsd: toNumber(sum(reserved)),
  remainingUsd: isAmount(limitUsd)
    ? Math.max(0, toNumber(BigDecimal.subtract(BigDecimal.unsafeFromNumber(limitUsd), sum([...spent, ...reserved]))))
    : 0
})

/** Whether an amount may be set aside as well. */
export const fits = ({ reserved, spent }: Ledger, usd: number, limitUsd: number): boolean =>
  BigDecimal.lessThanOrEqualTo(sum([...spent, ...reserved, { usd }]), BigDecimal.unsafeFromNumber(limitUsd))

/** Into how many parts a window is divided: what was spent within a part is one entry. */
const parts = 64

/** The end of the part that a moment lies in, so that nothing falls out of the window too early. */
const endOfPart = (at: number, window: number): number => Math.ceil(at / (window / parts)) * (window / parts)

/** What was spent at the same moment is one entry; without a window all of it is, at the latest of them, should there be a window one day. */
const mergeSpent = (spent: Ledger["spent"], window: number): Ledger["spent"] => {
  const latest = spent.reduce((latest, { at }) => Math.max(latest, at), Number.NEGATIVE_INFINITY)
  const byMoment = new Map<number, Ledger["spent"]>()
  for (const entry of spent) {
    const at = window === Number.POSITIVE_INFINITY ? latest : endOfPart(entry.at, window)
    byMoment.set(at, [...(byMoment.get(at) ?? []), entry])
  }
  return [...byMoment].map(([at, entries]) => ({ at, usd: toNumber(sum(entries)) }))
}

/** The time of day is rarely wrong by more; a clock that is wrong by years has lost its date. */
const mostWrong = 7 * 24 * 60 * 60 * 1000

/**
 * The date of what happens now. The time of day may be set back for a while; what is dated by it then would leave the window too early once it is right
 * again. So nothing is dated before what is in the ledger already. A date far in the future must not hold all that comes after it, so this goes
 * for a week, or a longer window.
 */
export const dateOf = ({ reserved, spent }: Ledger, now: number, window: number): number => {
  const latest = [...spent, ...reserved].reduce((latest, { at }) => Math.max(latest, at), now)
  return Math.min(latest, now + Math.max(window, mostWrong))
}

/** A generation that is still under way after a day is none. */
const longestRun = 24 * 60 * 60 * 1000

/** The ledger without what has left the window (milliseconds; `Infinity` for none). */
export const prune = ({ reserved, spent }: Ledger, now: number, window: number): Ledger => ({
  spent: mergeSpent(spent, window).filter(({ at }) => window === Number.POSITIVE_INFINITY || now - at < window),
  reserved: reserved.filter(({ at, state }) => now - at < (state === "running" ? Math.max(window, longestRun) : window))
})

/** An id that no reservation has: two processes whose Random has the same seed come by the same. */
export const freeId = (ledger: Ledger, id: string): string =>
  ledger.reserved.some((one) => one.id === id) ? freeId(ledger, `${id}+`) : id

export const reserve = ({ reserved, spent }: Ledger, reservation: Reservation): Ledger => ({
  spent,
  reserved: [...reserved, reservation]
})

/** How a reservation ended. */
export interface Outcome {
  /** What was paid, in US dollars. */
  readonly spentUsd: number
  /** How many attempts may have been billed besides. */
  readonly unknown: number
}

/** Nothing was sent. */
export const free: Outcome = { spentUsd: 0, unknown: 0 }

/** Puts what a reservation cost in its place. One that has left the window is settled all the same. */
export const settle = (
  { reserved, spent }: Ledger,
  reservation: Reservation,
  { spentUsd, unknown }: Outcome,
  now: number
): Ledger => ({
  spent: spentUsd === 0 ? spent : [...spent, { usd: spentUsd, at: now }],
  reserved: [
    ...reserved.filter(({ id }) => id !== reservation.id),
    ...Array.from({ length: unknown }, (_, i) => ({
      ...reservation,
      id: i === 0 ? reservation.id : `${reservation.id}-${i}`,
      at: now,
      state: "unknown" as const
    }))
  ]
})

/** A budget's ledger: what was spent, and what is set aside. Pure: each change gives a new one. */
import * as BigDecimal from "effect/BigDecimal"
import * as Schema from "effect/Schema"

/** An amount set aside for one attempt. */
const Reservation = Schema.Struct({
  id: Schema.String,
  model: Schema.String,
  usd: Schema.Number,
  /** Milliseconds since 1970. */
  at: Schema.Number,
  /** `running`: it is under way, or its process died. `unknown`: it failed, and may have been billed. */
  state: Schema.Literal("running", "unknown")
})
export type Reservation = typeof Reservation.Type

export const Ledger = Schema.Struct({
  spent: Schema.Array(Schema.Struct({ usd: Schema.Number, at: Schema.Number })),
  reserved: Schema.Array(Reservation)
})
export type Ledger = typeof Ledger.Type

export const empty: Ledger = { spent: [], reserved: [] }

/** Sums in decimals do not drift. */
const sum = (all: ReadonlyArray<{ readonly usd: number }>): BigDecimal.BigDecimal =>
  BigDecimal.sumAll(all.map(({ usd }) => BigDecimal.unsafeFromNumber(usd)))

const toNumber = (usd: BigDecimal.BigDecimal): number => BigDecimal.unsafeToNumber(usd)

/** The sums, and what is left of the limit. */
export const totals = ({ reserved, spent }: Ledger, limitUsd: number) => ({
  spentUsd: toNumber(sum(spent)),
  reservedUsd: toNumber(sum(reserved)),
  remainingUsd: Number.isFinite(limitUsd)
    ? Math.max(0, toNumber(BigDecimal.subtract(BigDecimal.unsafeFromNumber(limitUsd), sum([...spent, ...reserved]))))
    : limitUsd
})

/** Whether an amount may be set aside as well. */
export const fits = ({ reserved, spent }: Ledger, usd: number, limitUsd: number): boolean =>
  limitUsd === Number.POSITIVE_INFINITY ||
  BigDecimal.lessThanOrEqualTo(sum([...spent, ...reserved, { usd }]), BigDecimal.unsafeFromNumber(limitUsd))

/** Into how many parts a window is divided: what was spent within a part is one entry. */
const parts = 64

/** The end of the part that a moment lies in, so that nothing falls out of the window too early. */
const endOfPart = (at: number, window: number): number => Math.ceil(at / (window / parts)) * (window / parts)

/** What was spent at the same moment is one entry; without a window all of it is. */
const merged = (spent: Ledger["spent"], window: number): Ledger["spent"] => {
  const byMoment = new Map<number, Ledger["spent"]>()
  for (const entry of spent) {
    const at = window === Number.POSITIVE_INFINITY ? 0 : endOfPart(entry.at, window)
    byMoment.set(at, [...(byMoment.get(at) ?? []), entry])
  }
  return [...byMoment].map(([at, entries]) => ({ at, usd: toNumber(sum(entries)) }))
}

/** A generation that is still under way after a day is none. */
const longestRun = 24 * 60 * 60 * 1000

/** The ledger without what has left the window (milliseconds; `Infinity` for none). */
export const prune = ({ reserved, spent }: Ledger, now: number, window: number): Ledger => ({
  spent: merged(spent, window).filter(({ at }) => window === Number.POSITIVE_INFINITY || now - at < window),
  reserved: reserved.filter(({ at, state }) => now - at < (state === "running" ? Math.max(window, longestRun) : window))
})

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

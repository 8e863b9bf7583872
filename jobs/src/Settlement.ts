/**
 * What becomes of attempts whose billing is unknown.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * How far the settlement of an attempt is.
 *
 * - `waiting`: its record is not there yet, and is asked for.
 * - `billed`, `notBilled`: the record says so.
 * - `unknown`: nobody will know. The answer named no generation, or the record did not appear within a week.
 *
 * @since 0.1.0
 * @category models
 */
export const SettlementState = Schema.Literal("waiting", "billed", "notBilled", "unknown")
export type SettlementState = typeof SettlementState.Type

/** Written out: an inferred declaration would name the library's files by a path. */
type Fields = {
  readonly round: typeof Schema.Number
  readonly attempt: typeof Schema.Number
  readonly state: typeof SettlementState
  readonly generationId: Schema.optionalWith<typeof Schema.String, { exact: true }>
  readonly costUsd: Schema.optionalWith<typeof Schema.Number, { exact: true }>
  readonly minUsd: Schema.optionalWith<typeof Schema.Number, { exact: true }>
  readonly maxUsd: Schema.optionalWith<typeof Schema.Number, { exact: true }>
  readonly asked: typeof Schema.Number
  readonly askedAt: Schema.optionalWith<typeof Schema.Number, { exact: true }>
  readonly nextAskAt: Schema.optionalWith<typeof Schema.Number, { exact: true }>
}

/**
 * The settlement of one attempt that may have been billed. Times are milliseconds since 1970.
 *
 * @since 0.1.0
 * @category models
 */
export interface Settlement extends Schema.Struct.Type<Fields> {}

/**
 * @since 0.1.0
 * @category models
 */
export interface SettlementEncoded extends Schema.Struct.Encoded<Fields> {}

const text = Schema.optionalWith(Schema.String, { exact: true })
const number = Schema.optionalWith(Schema.Number, { exact: true })

/**
 * @since 0.1.0
 * @category models
 */
export const Settlement: Schema.Schema<Settlement, SettlementEncoded> = Schema.Struct<Fields>({
  /** In which round of the item, from 0. */
  round: Schema.Number,
  /** Which attempt of that round, from 1. */
  attempt: Schema.Number,
  state: SettlementState,
  /** Absent where no answer named the generation. */
  generationId: text,
  /** What it cost in US dollars, where it was billed. */
  costUsd: number,
  /** The least and the most that it may have cost, by the quote. Absent where that is not known. */
  minUsd: number,
  maxUsd: number,
  /** How often the record was asked for, when last, and when it is asked for next. */
  asked: Schema.Number,
  askedAt: number,
  nextAskAt: number
})

/**
 * Attempts whose cost is not known.
 *
 * @since 0.1.0
 * @category models
 */
export const UnknownCost = Schema.Struct({
  attempts: Schema.Number,
  /** The least that they may have cost together. */
  minUsd: Schema.Number,
  /** The most; `undefined` where the quote of one of them is not known. */
  maxUsd: Schema.UndefinedOr(Schema.Number)
})
export type UnknownCost = typeof UnknownCost.Type

/**
 * The attempts of a job that may have been billed, or turned out to be.
 *
 * @since 0.1.0
 * @category models
 */
export const Settlements = Schema.Struct({
  waiting: UnknownCost,
  billed: Schema.Struct({ attempts: Schema.Number, costUsd: Schema.Number }),
  unknown: UnknownCost
})
export type Settlements = typeof Settlements.Type

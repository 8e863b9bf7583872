/**
 * What OpenRouter says about an API key.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import { amountFrom, amounts } from "../internal/schema/amount.js"
import { constrain } from "../internal/schema/checked.js"
import { readDate } from "../internal/schema/date.js"
import { openRecord, readBoolean, readText } from "../internal/schema/openRecord.js"
import * as Sample from "../internal/schema/samples.js"
import { fromWire } from "../internal/schema/wire.js"

/**
 * What an API key has spent and may still spend, in US dollars. OpenRouter's numbers lag by minutes. Each field is read
 * by itself: one that the server did not send, or sent in an unexpected shape, is absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Key {
  /** The name that you gave the key, or its first and last characters. */
  readonly label?: string
  /** The most that the key may spend. Absent where it has no limit of its own. */
  readonly limitUsd?: number
  /** What is left of that limit. Never below zero. */
  readonly limitRemainingUsd?: number
  /** When the limit starts anew, such as `monthly`. Absent where it never does. */
  readonly limitReset?: string
  /** What the key has spent since it was made. */
  readonly usageUsd?: number
  readonly usageDailyUsd?: number
  readonly usageWeeklyUsd?: number
  readonly usageMonthlyUsd?: number
  /** What providers have charged for your own keys. */
  readonly byokUsageUsd?: number
  readonly isFreeTier?: boolean
  readonly expiresAt?: Date
  /**
   * Every other field that the server sent, and each documented one that could not be read completely. Values are the
   * server's, unchanged.
   */
  readonly additionalProperties?: Readonly<Record<string, unknown>>
}

/** Less than nothing is nothing: a key may be overdrawn by the calls that were in flight. */
const readRemaining = (value: unknown): number | undefined =>
  Predicate.isNumber(value) && value < 0 && Number.isFinite(value) ? 0 : amountFrom(value)

const record = openRecord<Key>([
  ["label", ["label"], readText],
  ["limitUsd", ["limit"], amountFrom],
  ["limitRemainingUsd", ["limit_remaining"], readRemaining],
  ["limitReset", ["limit_reset"], readText],
  ["usageUsd", ["usage"], amountFrom],
  ["usageDailyUsd", ["usage_daily"], amountFrom],
  ["usageWeeklyUsd", ["usage_weekly"], amountFrom],
  ["usageMonthlyUsd", ["usage_monthly"], amountFrom],
  ["byokUsageUsd", ["byok_usage"], amountFrom],
  ["isFreeTier", ["is_free_tier"], readBoolean],
  ["expiresAt", ["expires_at"], readDate]
])

/**
 * A key on the wire: any JSON object.
 *
 * @since 0.1.0
 * @category models
 */
export type KeyEncoded = Readonly<Record<string, unknown>>

const samples = Sample.object(
  {},
  {
    label: Sample.text(),
    limit: Sample.either(amounts, Sample.oneOf(null)),
    limit_remaining: Sample.either(amounts, Sample.oneOf(null)),
    usage: amounts,
    usage_daily: amounts,
    is_free_tier: Sample.boolean,
    never_documented: Sample.text()
  }
)

const Wire = constrain("an object", (value): value is KeyEncoded => Predicate.isRecord(value), samples)

/**
 * The Schema of what OpenRouter says about a key. No field makes it fail: `additionalProperties` keeps what cannot be
 * read, and every undocumented field.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Key: Schema.Schema<Key, KeyEncoded> = fromWire<Key>("Key")(Wire, {
  decode: (wire) => record.read(wire),
  encode: record.write
})

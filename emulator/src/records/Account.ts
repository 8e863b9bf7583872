/** The emulator's one account: its limits, what it says of them, and when they refuse a generation. */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { type RecordedError, recordedErrors, userId } from "../faults/RecordedErrors.js"
import { noOtherFields, reader } from "../requests/JsonText.js"
import * as Usd from "../requests/Usd.js"
import { amount, amountOrNull } from "./Amount.js"
import type { Ledger, LedgerEntry } from "./Ledger.js"
import { nobody } from "./Record.js"

/** What changes; a field that is left out stays. */
export const Settings = Schema.Struct({
  /** What keys may spend in all. `null`, the default, is no limit. */
  limitUsd: Schema.optional(amountOrNull("US dollars, 0 or more, or null for no limit")),
  /** The credits that were bought. Default: a million dollars. */
  creditsUsd: Schema.optional(amount("US dollars, 0 or more"))
})
export type Settings = typeof Settings.Type

/** The body of `POST /emulator/account`. */
export const readSettings = reader(
  "account",
  'an object such as {"limitUsd":5,"creditsUsd":20}',
  Settings,
  noOtherFields
)

export interface Limits {
  readonly limitUsd: number | null
  readonly creditsUsd: number
}

export const unlimited: Limits = { limitUsd: null, creditsUsd: 1_000_000 }

export const change = (limits: Limits, settings: Settings): Limits => ({
  limitUsd: settings.limitUsd === undefined ? limits.limitUsd : settings.limitUsd,
  creditsUsd: settings.creditsUsd ?? limits.creditsUsd
})

const sum = (ledger: Ledger): number => Usd.round(ledger.reduce((total, { costUsd }) => total + costUsd, 0))

/** Whether it was charged to OpenRouter's credits. */
const isCharged = ({ isByok }: LedgerEntry): boolean => !isByok
const spent = (ledger: Ledger): number => sum(ledger.filter(isCharged))

/** Why a generation of this cost is refused, if it is. What has completed counts, not what is under way. */
export const refusalOf = (
  { creditsUsd, limitUsd }: Limits,
  ledger: Ledger,
  costUsd: number
): RecordedError | undefined => {
  if (costUsd === 0) return undefined
  const after = Usd.round(spent(ledger) + costUsd)
  if (limitUsd !== null && after > limitUsd) return recordedErrors.keyLimit
  return after > creditsUsd ? recordedErrors.noCredits : undefined
}

/** What the entries cost in all, and in the current day, week (from Monday) and month, by UTC. */
const usageOf = (ledger: Ledger, now: number) => {
  const since = (period: "day" | "week" | "month"): number => {
    const start = DateTime.formatIso(DateTime.startOf(DateTime.unsafeMake(now), period, { weekStartsOn: 1 }))
    return sum(ledger.filter(({ completedAt }) => completedAt >= start))
  }
  return { all: sum(ledger), daily: since("day"), weekly: since("week"), monthly: since("month") }
}

/** A key as a page may show it. Nothing is shown of one that is not like OpenRouter's. */
const labelOf = (key: string): string =>
  /^sk-or-v1-\S{32,}$/.test(key) ? `${key.slice(0, 12)}...${key.slice(-3)}` : "sk-or-v1-..."

/** What the API tells about a key, its fields in the order in which they were recorded. */
export const describeKey = ({ limitUsd }: Limits, ledger: Ledger, key: string, now: number) => {
  const charged = usageOf(ledger.filter(isCharged), now)
  const byok = usageOf(
    ledger.filter(({ isByok }) => isByok),
    now
  )
  return {
    label: labelOf(key),
    is_management_key: false,
    is_provisioning_key: false,
    limit: limitUsd,
    limit_reset: null,
    limit_remaining: limitUsd === null ? null : Math.max(0, Usd.round(limitUsd - charged.all)),
    include_byok_in_limit: false,
    usage: charged.all,
    usage_daily: charged.daily,
    usage_weekly: charged.weekly,
    usage_monthly: charged.monthly,
    byok_usage: byok.all,
    byok_usage_daily: byok.daily,
    byok_usage_weekly: byok.weekly,
    byok_usage_monthly: byok.monthly,
    is_free_tier: false,
    expires_at: null,
    creator_user_id: userId,
    organization_id: null,
    workspace_id: nobody,
    allowed_data_regions: ["global"],
    // No model of the catalogue is one of OpenRouter's free variants, whatever its providers charge.
    free_model_daily_requests: { used: 0, limit: 1000, remaining: 1000 },
    rate_limit: { requests: -1, interval: "10s", note: "This field is deprecated and safe to ignore." }
  }
}

/** What the API tells about the credits of the account. */
export const describeCredits = ({ creditsUsd }: Limits, ledger: Ledger) => ({
  total_credits: creditsUsd,
  total_usage: spent(ledger)
})

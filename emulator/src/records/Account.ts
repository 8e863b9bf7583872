/** The emulator's one account: its limits, what it says of them, and when they refuse a generation. */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { type RecordedError, recordedErrors, userId } from "../faults/RecordedErrors.js"
import { reader } from "../requests/JsonText.js"
import * as Usd from "../requests/Usd.js"
import { Amount, allowing } from "./Amount.js"
import type { LedgerEntry } from "./Ledger.js"
import { nobody } from "./Record.js"

/** What changes; a field that is left out stays. */
export const Settings = Schema.Struct({
  /** What keys may spend in all. `null`, the default, is no limit. */
  limitUsd: Schema.optional(Schema.NullOr(Amount).pipe(allowing("US dollars, 0 or more, or null for no limit"))),
  /** The credits that were bought. Default: a million dollars. */
  creditsUsd: Schema.optional(Amount.pipe(allowing("US dollars, 0 or more")))
}).annotations({ parseOptions: { onExcessProperty: "error" } })
export type Settings = typeof Settings.Type

/** The body of `POST /emulator/account`. */
export const readSettings = reader("account", 'an object such as {"limitUsd":5,"creditsUsd":20}', Settings)

export interface Limits {
  readonly limitUsd: number | null
  readonly creditsUsd: number
}

export const unlimited: Limits = { limitUsd: null, creditsUsd: 1_000_000 }

export const change = (limits: Limits, settings: Settings): Limits => ({
  limitUsd: settings.limitUsd === undefined ? limits.limitUsd : settings.limitUsd,
  creditsUsd: settings.creditsUsd ?? limits.creditsUsd
})

type Ledger = ReadonlyArray<LedgerEntry>

const sum = (ledger: Ledger): number => Usd.round(ledger.reduce((total, { costUsd }) => total + costUsd, 0))

/** What was charged to OpenRouter's credits. */
const spent = (ledger: Ledger): number => sum(ledger.filter(({ isByok }) => !isByok))

/** Why a generation of this cost is refused, if it is. What has completed counts, not what is under way. */
export const refusalOf = (
  { creditsUsd, limitUsd }: Limits,
  ledger: Ledger,
  costUsd: number
): RecordedError | undefined => {
  const after = Usd.round(spent(ledger) + costUsd)
  if (limitUsd !== null && after > limitUsd) return recordedErrors.keyLimit
  return after > creditsUsd ? recordedErrors.noCredits : undefined
}

/** What completed in the current day, week (from Monday) or month, by UTC. */
const within = (ledger: Ledger, now: number, period: "day" | "week" | "month"): Ledger => {
  const start = DateTime.formatIso(DateTime.startOf(DateTime.unsafeMake(now), period, { weekStartsOn: 1 }))
  return ledger.filter(({ completedAt }) => completedAt >= start)
}

/** A key as a page may show it. Of a key that is shorter than OpenRouter's nothing is shown. */
const labelOf = (key: string): string => (key.length < 32 ? "sk-or-v1-..." : `${key.slice(0, 12)}...${key.slice(-3)}`)

/** What the API tells about a key, its fields in the order in which they were recorded. */
export const keyOf = ({ limitUsd }: Limits, ledger: Ledger, key: string, now: number) => {
  const charged = ledger.filter(({ isByok }) => !isByok)
  const byok = ledger.filter(({ isByok }) => isByok)
  const usage = sum(charged)
  const free = within(charged, now, "day").filter(({ costUsd }) => costUsd === 0).length
  return {
    label: labelOf(key),
    is_management_key: false,
    is_provisioning_key: false,
    limit: limitUsd,
    limit_reset: null,
    limit_remaining: limitUsd === null ? null : Math.max(0, Usd.round(limitUsd - usage)),
    include_byok_in_limit: false,
    usage,
    usage_daily: sum(within(charged, now, "day")),
    usage_weekly: sum(within(charged, now, "week")),
    usage_monthly: sum(within(charged, now, "month")),
    byok_usage: sum(byok),
    byok_usage_daily: sum(within(byok, now, "day")),
    byok_usage_weekly: sum(within(byok, now, "week")),
    byok_usage_monthly: sum(within(byok, now, "month")),
    is_free_tier: false,
    expires_at: null,
    creator_user_id: userId,
    organization_id: null,
    workspace_id: nobody,
    allowed_data_regions: ["global"],
    free_model_daily_requests: { used: free, limit: freeRequests, remaining: Math.max(0, freeRequests - free) },
    rate_limit: { requests: -1, interval: "10s", note: "This field is deprecated and safe to ignore." }
  }
}

const freeRequests = 1000

/** What the API tells about the credits of the account. */
export const creditsOf = ({ creditsUsd }: Limits, ledger: Ledger) => ({
  total_credits: creditsUsd,
  total_usage: spent(ledger)
})

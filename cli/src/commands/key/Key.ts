/** `openrouter-images key`: what the key has spent and may still spend. */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Client, type Errors, Key, Quote } from "effect-openrouter-images"
import * as Connection from "../../Connection.js"
import * as Flag from "../../options/Flag.js"
import * as Print from "../../output/Print.js"
import { formatTime } from "../../output/Text.js"
import type { Screen } from "../../terminal/Screen.js"
import * as Command from "../Command.js"
import { ask } from "../catalog/Ask.js"

const config = {
  json: Flag.toggle("json", "The same as JSON, in US dollars; what is not known, or has no limit, is left out"),
  emulator: Flag.emulator
}

const limitText = ({ limitReset, limitUsd }: Key.Key): string => {
  if (limitUsd === undefined) return "none of its own"
  return `${Quote.formatUsd(limitUsd)}${limitReset === undefined ? "" : `, which starts anew ${limitReset}`}`
}

const spentText = (key: Key.Key): string | undefined => {
  const all: ReadonlyArray<readonly [amount: number | undefined, when: string]> = [
    [key.usageDailyUsd, "today"],
    [key.usageWeeklyUsd, "this week"],
    [key.usageMonthlyUsd, "this month"],
    [key.usageUsd, "in all"]
  ]
  const known = all.flatMap(([amount, when]) => (amount === undefined ? [] : [`${Quote.formatUsd(amount)} ${when}`]))
  return known.length === 0 ? undefined : known.join(", ")
}

/** What is not known is left out. */
export const rows = (key: Key.Key): ReadonlyArray<readonly [label: string, value: string]> => {
  const { byokUsageUsd = 0, expiresAt, isFreeTier, label, limitRemainingUsd } = key
  const all: ReadonlyArray<readonly [string, string | undefined]> = [
    ["key", label],
    ["limit", limitText(key)],
    ["left", limitRemainingUsd === undefined ? undefined : Quote.formatUsd(limitRemainingUsd)],
    ["spent", spentText(key)],
    ["own keys", byokUsageUsd === 0 ? undefined : `${Quote.formatUsd(byokUsageUsd)} charged by providers`],
    ["free tier", isFreeTier === undefined ? undefined : isFreeTier ? "yes" : "no"],
    ["expires", expiresAt === undefined ? "never" : formatTime(expiresAt)]
  ]
  return all.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]))
}

/** The key without what is secret in it: a server may have put the key itself into its label. */
const withoutSecret = ({ additionalProperties: _, label, ...key }: Key.Key, secret: string): Key.Key =>
  label === undefined ? key : { label: secret === "" ? label : label.replaceAll(secret, "<redacted>"), ...key }

const secretOf: Effect.Effect<string, ConfigError> = Effect.map(
  Config.option(Config.redacted("OPENROUTER_API_KEY")),
  Option.match({ onNone: () => "", onSome: (key) => Redacted.value(key).trim() })
)

/** Says what the key has spent and may still spend. */
export const key = ({
  json
}: {
  readonly json: boolean
}): Effect.Effect<void, Errors.GetKeyError | ConfigError, Client.OpenRouterClient | Screen> =>
  Effect.gen(function* () {
    const known = withoutSecret(yield* ask("key", Key.get()), yield* secretOf)
    yield* json ? Print.json(known) : Print.rows(rows(known))
    yield* Print.note([["note", "The numbers lag by minutes. The account's credits are not asked for."]])
  })

export const command = Command.make({
  name: "key",
  summary: "Show what your key has spent and may still spend",
  usage: "[options]",
  stdout: "the answer on stdout",
  examples: ["openrouter-images key", "openrouter-images key --json | jq .limitRemainingUsd"],
  config,
  run: (options) => Effect.provide(key(options), Connection.layer(options.emulator, "key"))
})

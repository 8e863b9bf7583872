// What must hold at the end, each with its figure.
import type { Call } from "./work.js"

export interface Check {
  readonly what: string
  readonly figure: string
  readonly holds: boolean
}

const count = <A>(all: Iterable<A>): ReadonlyMap<A, number> => {
  const counts = new Map<A, number>()
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1)
  return counts
}

const few = (calls: ReadonlyArray<Call>): string =>
  calls
    .slice(0, 3)
    .map(
      ({ attempts, id, outcomes, plan }) => `${id} (${plan.at(-1)?.name}): ${outcomes.join(", ")}; ${attempts} attempts`
    )
    .join(" | ")

/** None of the calls is such a one. */
const noCall = (what: string, calls: ReadonlyArray<Call>, isWrong: (call: Call) => boolean): Check => {
  const wrong = calls.filter(isWrong)
  return {
    what,
    figure: wrong.length === 0 ? `${calls.length} calls` : `${wrong.length}: ${few(wrong)}`,
    holds: wrong.length === 0
  }
}

const billingOf = ({ outcomes: [outcome = ""] }: Call): string => outcome.split(" ").at(-1) ?? ""

/** Every call came to one outcome, and to the one that what happened to it leads to. */
export const outcomeChecks = (calls: ReadonlyArray<Call>): ReadonlyArray<Check> => [
  noCall("every call has exactly one outcome", calls, ({ outcomes }) => outcomes.length !== 1),
  noCall(
    "each outcome is that of the fault which ended the call",
    calls,
    ({ outcomes, plan }) => outcomes[0] !== plan.at(-1)?.outcome
  ),
  noCall("as many attempts as the policy makes", calls, ({ attempts, plan }) => attempts !== plan.length)
]

/** What the client says was billed is what the server billed. */
export const ledgerChecks = (calls: ReadonlyArray<Call>, ledger: ReadonlyArray<string>): ReadonlyArray<Check> => {
  const entries = count(ledger)
  const billed = ({ id }: Call): number => entries.get(id) ?? 0
  const of = (billing: string) => calls.filter((call) => billingOf(call) === billing)
  const unknown = of("unknown")
  const ids = new Set(calls.map(({ id }) => id))
  const strangers = [...entries.keys()].filter((prompt) => !ids.has(prompt))
  const found = unknown.filter((call) => billed(call) > 0).length
  return [
    noCall("every success is in the ledger", of("success"), (call) => billed(call) !== 1),
    noCall("every failure that says billed is in the ledger", of("billed"), (call) => billed(call) !== 1),
    noCall("no failure that says notBilled is in the ledger", of("notBilled"), (call) => billed(call) !== 0),
    noCall("no call is in the ledger twice", calls, (call) => billed(call) > 1),
    noCall(
      "the ledger has what the faults let complete",
      calls,
      (call) => billed(call) !== Number(call.plan.at(-1)?.billed)
    ),
    { what: "the ledger has nothing else", figure: `${ledger.length} entries`, holds: strangers.length === 0 },
    {
      what: "failures that say unknown",
      figure: `${unknown.length}: ${found} were billed, ${unknown.length - found} were not`,
      holds: true
    }
  ]
}

/** How the calls ended, most frequent first. */
export const outcomeTable = (calls: ReadonlyArray<Call>): string =>
  [...count(calls.flatMap(({ outcomes }) => outcomes))]
    .sort((one, other) => other[1] - one[1])
    .map(([outcome, times]) => `${String(times).padStart(8)}  ${outcome}`)
    .join("\n")

/** What is known of the cost of generations: for people, and for programs. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Errors, Generations, Quote } from "effect-openrouter-images"
import { costCommand } from "../../failure/Explanation.js"
import { NoRecordError } from "../../failure/Failure.js"
import type { Column } from "../../output/Table.js"
import { formatEstimate, formatTime, pluralize } from "../../output/Text.js"
import type { Target } from "./Target.js"

/** What was found out about a generation. */
export interface Answer extends Target {
  readonly settlement: Generations.Settlement
}

const billings = { Billed: "billed", NotBilled: "notBilled", NoRecord: "unknown" } as const

export const billingOf = ({ _tag }: Generations.Settlement): Errors.Billing => billings[_tag]

/** In US dollars. No record is no proof: its cost is unknown. */
export const costOf = (settlement: Generations.Settlement): number | undefined => {
  if (settlement._tag === "Billed") return settlement.costUsd
  return settlement._tag === "NotBilled" ? 0 : undefined
}

const recordOf = (settlement: Generations.Settlement): Partial<Generations.Generation> =>
  settlement._tag === "NoRecord" ? {} : settlement.generation

const providersAsked = ({ providerResponses = [] }: Partial<Generations.Generation>): string =>
  providerResponses
    .map(({ providerName = "unknown", status }) => `${providerName} (${status ?? "no answer"})`)
    .join(", ")

/** `complete`, or that the caller gave up. */
const ending = ({ cancelled = false, finishReason }: Partial<Generations.Generation>): string | undefined =>
  cancelled
    ? [...(finishReason === undefined ? [] : [finishReason]), "cancelled by the caller"].join(", ")
    : finishReason

/** `$0.04`, and which part of it goes to a provider. */
const costText = (settlement: Generations.Settlement): string => {
  const cost = costOf(settlement)
  if (cost === undefined) return "unknown"
  const { isByok = false, upstreamInferenceCostUsd = 0 } = recordOf(settlement)
  const own = isByok ? `, ${Quote.formatUsd(upstreamInferenceCostUsd)} of it charged to your own key` : ""
  return Quote.formatUsd(cost) + (cost > 0 ? own : "")
}

const billedText = { Billed: "yes", NotBilled: "no", NoRecord: "not known: no record yet" } as const

/** The lines about one generation; what is not known is left out. */
export const rows = ({ files, generationId, settlement }: Answer): ReadonlyArray<readonly [string, string]> => {
  const record = recordOf(settlement)
  const all: ReadonlyArray<readonly [string, string | undefined]> = [
    ["cost", costText(settlement)],
    ["billed", billedText[settlement._tag]],
    ["model", record.model],
    ["provider", record.providerName],
    ["made", record.createdAt === undefined ? undefined : formatTime(record.createdAt)],
    ["finish", ending(record)],
    ["asked", providersAsked(record) || undefined],
    ["generation", generationId],
    [files.length === 1 ? "picture" : "pictures", files.length === 0 ? undefined : files.join("\n")]
  ]
  return all.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]))
}

const cellOf =
  (label: string) =>
  (answer: Answer): string =>
    rows(answer).find(([name]) => name === label)?.[1] ?? "-"

/** Several generations as a table; the pictures only where some are named. */
export const columns = (answers: ReadonlyArray<Answer>): ReadonlyArray<Column<Answer>> => [
  ...["generation", "cost", "billed", "model", "provider", "made", "finish", "asked"].map((label) => ({
    title: label.toUpperCase(),
    cell: cellOf(label)
  })),
  ...(answers.some(({ files }) => files.length > 0)
    ? [{ title: "PICTURES", cell: ({ files }: Answer) => files.join(" ") || "-" }]
    : [])
]

const add = (costs: ReadonlyArray<number>): number => costs.reduce((all, cost) => all + cost, 0)

const knownCosts = (answers: ReadonlyArray<Answer>): ReadonlyArray<number> =>
  answers.flatMap(({ settlement }) => costOf(settlement) ?? [])

/** `$0.12 for 3 generations; unknown for 1 more`: of so many generations that were named. */
export const sum = (answers: ReadonlyArray<Answer>, named: number): string => {
  const known = knownCosts(answers)
  const unknown = named - known.length
  if (known.length === 0) return `unknown for ${pluralize(unknown, "generation")}`
  const total = `${Quote.formatUsd(add(known))} for ${pluralize(known.length, "generation")}`
  return unknown > 0 ? `${total}; unknown for ${unknown} more` : total
}

/** The record in the names of the library. */
const documentOf = ({ files, generationId, settlement }: Answer) => {
  const { additionalProperties: _, id: __, providerResponses, ...record } = recordOf(settlement)
  return {
    ...{ generationId, ...(files.length === 0 ? {} : { files }) },
    ...{ billing: billingOf(settlement), costUsd: costOf(settlement) },
    ...record,
    providerResponses: providerResponses?.map(({ additionalProperties: _, ...response }) => response),
    ...(settlement._tag === "NoRecord"
      ? { asked: settlement.asked, waitedSeconds: Duration.toSeconds(settlement.waited) }
      : {})
  }
}

/** The same for programs: the sum is there only if the cost of each is known that was named. */
export const document = (answers: ReadonlyArray<Answer>, named: number) => {
  const known = knownCosts(answers)
  return {
    costUsd: known.length === named ? add(known) : undefined,
    generations: answers.map(documentOf)
  }
}

const decode = Schema.decodeOption(Generations.Generation)

/** How long ago a generation began, by the time in its id. */
export const ageOf = (generationId: string, now: number): Option.Option<Duration.Duration> =>
  Option.filterMap(decode({ id: generationId }), ({ createdAt }) =>
    createdAt === undefined ? Option.none() : Option.some(Duration.millis(Math.max(0, now - createdAt.getTime())))
  )

const aged = (generationId: string, now: number): string =>
  Option.match(ageOf(generationId, now), {
    onNone: () => `${generationId}, which is not written like an id of OpenRouter's (gen-img-...)`,
    onSome: (age) => `${generationId}, which began ${formatEstimate(age)} ago`
  })

/** Few records appear later than this. */
const late = Duration.hours(1)

/** How the questions were asked. */
interface How {
  /** Whether until a schedule ended. */
  readonly waited: boolean
  readonly emulated: boolean
}

/** What to do about missing records, with the line to type. */
const adviceOf = (
  missing: ReadonlyArray<Answer>,
  now: number,
  { emulated, waited }: How
): Pick<NoRecordError, "advice" | "command"> => {
  const say = (advice: string, command?: string) => ({ advice, command })
  if (emulated) return say("Set OPENROUTER_API_KEY: the embedded emulator forgets its generations with each command.")
  const isOld = ({ generationId }: Answer): boolean =>
    Option.exists(ageOf(generationId, now), Duration.greaterThan(late))
  if (missing.every(isOld)) return say("A record that is so late may never appear: look at the account's activity.")
  if (waited) return say("Ask again later: some records appear only within an hour.")
  const [first] = missing
  return first === undefined || missing.length > 1
    ? say("Records appear some minutes after a generation: ask again, or wait for them with --wait.")
    : say(
        "Records appear some minutes after a generation: wait for it with the line below.",
        costCommand(first.generationId)
      )
}

const mostNamed = 10

/** The failure that there is no record of some generations, if so. */
export const failureOf = (answers: ReadonlyArray<Answer>, now: number, how: How): Option.Option<NoRecordError> => {
  const missing = answers.filter(({ settlement }) => settlement._tag === "NoRecord")
  if (missing.length === 0) return Option.none()
  const named = missing.slice(0, mostNamed).map(({ generationId }) => aged(generationId, now))
  const more = missing.length > mostNamed ? [`and ${missing.length - mostNamed} more`] : []
  const problem =
    answers.length === 1
      ? `There is none yet of ${named.join("")}.`
      : [`There is none yet of ${missing.length} of ${answers.length} generations:`, ...named, ...more].join("\n")
  return Option.some(new NoRecordError({ problem, ...adviceOf(missing, now, how) }))
}

/** `openrouter-images job status`: how far a job is, what failed and what to do about it. */

import * as Chunk from "effect/Chunk"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Quote } from "effect-openrouter-images"
import type { Jobs } from "effect-openrouter-images-jobs"
import * as Flag from "../../options/Flag.js"
import * as Cost from "../../output/Cost.js"
import { listing, width } from "../../output/Listing.js"
import * as Print from "../../output/Print.js"
import { lines } from "../../output/Table.js"
import { formatTime, sanitize } from "../../output/Text.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import { commandLine, type Target } from "./database/Target.js"
import { adviceOf } from "./FailedItems.js"
import * as JobOptions from "./JobOptions.js"
import * as ProgressText from "./ProgressText.js"
import * as SettlementText from "./SettlementText.js"

const config = {
  name: JobOptions.name,
  all: Flag.toggle("all", "List each request that failed, waits for a decision or may have been billed, by its id"),
  json: JobOptions.json,
  database: JobOptions.database
}

/** The options as they were given. */
export type StatusOptions = Command.Options<typeof config>

type Rows = ReadonlyArray<readonly [label: string, text: string]>

const mostListed = 10

const billed: Readonly<Record<Jobs.Failures["billing"], string>> = {
  notBilled: "not billed",
  billed: "billed",
  unknown: "perhaps billed"
}

const longest = 48

/** A prompt on one line, cut if it is long. */
const shorten = (prompt: string): string => {
  const characters = Array.from(prompt.replaceAll(/\s+/g, " ").trim())
  return characters.length > longest ? `${characters.slice(0, longest).join("")}...` : characters.join("")
}

/** `line 3`; `request 3` of a submission that came from no file. */
const placeOf = ({ line, position }: Pick<Jobs.Item, "line" | "position">): string =>
  line === undefined ? `request ${position + 1}` : `line ${line}`

/** `animals/21652a08add41fca063ccdf0c634266f-0 (line 3) a fox` */
const nameItem = (item: Jobs.FailedItem): string => `${item.id} (${placeOf(item)}) ${shorten(item.prompt)}`

const failureRows = (target: Target, job: string, group: Jobs.Failures): Rows => {
  const more = group.items - group.first.length
  return [
    ["failed", `${group.items} ${group.tag}, ${billed[group.billing]}`],
    ["such as", group.example.replaceAll(/\s+/g, " ")],
    ...group.first.map((item, i) => [i === 0 ? "which" : "", nameItem(item)] as const),
    ...(more > 0 ? [["", `and ${more} more: ${commandLine(target, "status", job, "--all")}`] as const] : []),
    ["what to do", adviceOf(target, job, group)]
  ]
}

const undecidedRows = (target: Target, items: ReadonlyArray<Jobs.Item>, count: number): Rows => [
  ...items.map((item) => ["undecided", nameItem({ ...item, prompt: item.request.prompt })] as const),
  ...(count > items.length ? [["", `and ${count - items.length} more`] as const] : []),
  [
    "what to do",
    `They may have been billed: look at the account's activity, then ${commandLine(target, "decide")} ITEM retry|fail`
  ]
]

/** Sums of decimal fractions are not exact. */
const epsilon = 1e-6

const pauseRows = (target: Target, { job, paused }: Jobs.Progress): Rows => {
  if (paused === undefined) return []
  const looks =
    paused.looksAt === undefined ? "" : `, one request tries the API at ${formatTime(new Date(paused.looksAt))}`
  return [
    ["paused", `since ${formatTime(new Date(paused.since))}${looks}`],
    ["because", paused.reason.replaceAll(/\s+/g, " ")],
    [
      "what to do",
      paused.by === "user"
        ? commandLine(target, "resume", job)
        : `Nothing: it goes on when that request succeeds. At once: ${commandLine(target, "resume", job)}`
    ]
  ]
}

const noteRows = (target: Target, { job, paused, reservedUsd, running, submitting, waiting }: Jobs.Progress): Rows => [
  ...(reservedUsd > epsilon
    ? [["reserved", `${Quote.formatUsd(reservedUsd)} for what is under way, or may have been billed`] as const]
    : []),
  ...(submitting
    ? [["submission", "It is under way, or was interrupted: the same `job submit` continues it."] as const]
    : []),
  ...(waiting > 0 && running === 0 && paused === undefined
    ? [["waiting", `Nothing is running at the moment; start a worker: ${commandLine(target, "worker")}`] as const]
    : []),
  ...(running > 0 || waiting > 0 ? [["watch it", commandLine(target, "watch", job)] as const] : [])
]

/** The first items that wait for a decision. */
const undecidedOf = (jobs: Jobs.Service, { job, undecided }: Jobs.Progress) =>
  undecided === 0
    ? Effect.succeed([])
    : jobs.results(job).pipe(
        Stream.filter(({ state }) => state === "undecided"),
        Stream.take(mostListed),
        Stream.runCollect,
        Effect.map(Chunk.toReadonlyArray)
      )

/** What is not just done: a line each, with tabs between the fields. */
const listAll = (jobs: Jobs.Service, job: string) =>
  jobs.results(job).pipe(
    Stream.filter(({ settlements, state }) => state !== "done" || settlements.length > 0),
    Stream.runForEach((item) => {
      const { billing, id, outcome, request, state } = item
      const error = outcome._tag === "Made" ? "" : outcome.error._tag
      const prompt = request.prompt.replaceAll(/\s+/g, " ")
      return Console.log(sanitize([id, placeOf(item), state, billed[billing], error, prompt].join("\t")))
    })
  )

export const status = (options: StatusOptions) =>
  Database.use(options, "fail", ({ jobs, target }) =>
    Effect.gen(function* () {
      const progress = yield* jobs.status(options.name)
      const failures = yield* jobs.failures(options.name)
      const undecided = yield* undecidedOf(jobs, progress)
      if (options.json) {
        const items = undecided.map(({ id, line, position, request: { prompt } }) => ({ id, line, position, prompt }))
        const groups = failures.map(({ error: _, ...group }) => group)
        return yield* Print.json({ ...progress, failures: groups, undecidedItems: items })
      }
      const columns = yield* width
      const groups = [
        pauseRows(target, progress),
        noteRows(target, progress),
        SettlementText.rows(progress.settlements, Cost.isEmulated(progress)),
        ...failures.map((group) => failureRows(target, options.name, group)),
        ...(undecided.length > 0 ? [undecidedRows(target, undecided, progress.undecided)] : [])
      ].filter(({ length }) => length > 0)
      yield* Console.log(yield* listing(ProgressText.columns([progress]), [progress]))
      if (options.all) return yield* listAll(jobs, options.name)
      for (const rows of groups) yield* Console.log(`\n${sanitize(lines(rows, columns))}`)
    })
  )

export const command = Command.make({
  name: "status",
  summary: "Show the progress of a job, what failed and what to do about it",
  usage: "[options] <NAME>",
  examples: ["openrouter-images job status meadows", "openrouter-images job status meadows --json | jq .failures"],
  config,
  run: status
})

/**
 * Asks what requests of earlier runs cost, before anything is sent. What was not billed is then sent again like any
 * request, and what was billed has its cost. Without a record, a request stays as it was.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { type Client, type Errors, type Generations, Retry } from "effect-openrouter-images"
import { FileError, systemMessage } from "../../failure/Failure.js"
import * as Print from "../../output/Print.js"
import { pluralize } from "../../output/Text.js"
import type { Screen } from "../../terminal/Screen.js"
import * as Asking from "../cost/Asking.js"
import { billingOf, costOf } from "../cost/Report.js"
import type { RequestLine } from "./Requests.js"
import { type Entry, interruptedEntry, ok, type Results } from "./Results.js"

/** What was found out. */
export interface Settlement {
  /** What earlier runs tell, and what was found out. */
  readonly results: Results
  /** The results that were settled, as they are now. */
  readonly settled: ReadonlyArray<Entry>
}

/** A request whose generation is known, and whose cost is not. */
export interface Open {
  readonly job: RequestLine
  readonly generation: string
  readonly entry: Entry
}

/** What is known of a request. A mark is of a later attempt than the results, unless they have the pictures. */
const entryOf = (job: RequestLine, { marks, previous }: Results): Entry | undefined => {
  const before = previous.get(job.key)
  const mark = marks.pending.get(job.key)
  return mark === undefined || before?.result === ok ? before : interruptedEntry(job, mark)
}

/** What can be asked. */
export const openOf = (jobs: ReadonlyArray<RequestLine>, results: Results): ReadonlyArray<Open> =>
  jobs.flatMap((job) => {
    const entry = entryOf(job, results)
    return entry?.generation === undefined || entry.cost !== undefined
      ? []
      : [{ job, generation: entry.generation, entry: { ...entry, index: job.index, line: job.line } }]
  })

/** The entry with what its record says; none without a record. */
const settledEntry = ({ entry }: Open, settlement: Generations.Settlement): Entry | undefined => {
  const cost = costOf(settlement)
  return cost === undefined ? undefined : { ...entry, cost, billing: billingOf(settlement), settled: true }
}

const withEntries = (results: Results, settled: ReadonlyArray<Entry>): Results => {
  const entries = settled.map((entry) => [entry.key, entry] as const)
  const pending = [...results.marks.pending].filter(([key]) => !settled.some((entry) => entry.key === key))
  return {
    ...results,
    previous: new Map([...results.previous, ...entries]),
    marks: { ...results.marks, pending: new Map(pending) }
  }
}

/** A question that fails keeps nobody from going on: what is not known was not known before either. */
const reportUnanswered = (count: number) => (error: Errors.GetGenerationError) =>
  Print.note([
    ["not asked", `${error._tag}: ${error.message}\nWhat ${pluralize(count, "earlier request")} cost stays unknown.`]
  ])

/**
 * Asks once for each, or with `wait` until there are records. Each answer is in the results as soon as it is there. A
 * server that cannot be reached is not waited for: the requests would wait as well.
 */
export const settle = (
  jobs: ReadonlyArray<RequestLine>,
  results: Results,
  wait: boolean
): Effect.Effect<Settlement, FileError, Client.OpenRouterClient | Screen> =>
  Effect.gen(function* () {
    const open = new Map(openOf(jobs, results).map((one) => [one.generation, one]))
    if (open.size === 0) return { results, settled: [] }
    const settled = yield* Ref.make<ReadonlyArray<Entry>>([])
    const keep = (generation: string, settlement: Generations.Settlement) =>
      Effect.gen(function* () {
        const one = open.get(generation)
        const entry = one === undefined ? undefined : settledEntry(one, settlement)
        if (one === undefined || entry === undefined) return
        yield* results.append(entry)
        yield* results.marks.end(one.job)
        yield* Ref.update(settled, (before) => [...before, entry])
      }).pipe(
        Effect.mapError(
          (error) =>
            new FileError({
              problem: `${results.file} cannot be written: ${systemMessage(error)}.`,
              cost: "Nothing was billed.",
              advice: "Free some space; nothing was sent."
            })
        ),
        Effect.uninterruptible
      )
    yield* Asking.settleAll([...open.keys()], { wait, retry: Retry.safe }, keep).pipe(
      Effect.onInterrupt(() => Console.error("cancelled: nothing was sent")),
      Effect.catchAll((error) =>
        error._tag === "FileError"
          ? Effect.fail(error)
          : Effect.flatMap(Ref.get(settled), ({ length }) => reportUnanswered(open.size - length)(error))
      )
    )
    const entries = yield* Ref.get(settled)
    return { results: withEntries(results, entries), settled: entries }
  })

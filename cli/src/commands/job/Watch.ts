/** `openrouter-images job watch`: how far a job is, until it ends. */
import * as Args from "@effect/cli/Args"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { Jobs } from "effect-openrouter-images-jobs"
import { UsageError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import * as Print from "../../output/Print.js"
import { lines, table } from "../../output/Table.js"
import { sanitize } from "../../output/Text.js"
import * as LiveLines from "../../terminal/LiveLines.js"
import { Screen } from "../../terminal/Screen.js"
import * as Command from "../Command.js"
import type { Opened } from "./database/Database.js"
import * as Database from "./database/Database.js"
import { commandLine, type Target } from "./database/Target.js"
import { toJobError } from "./FailedItems.js"
import * as JobOptions from "./JobOptions.js"
import * as Package from "./Package.js"
import * as ProgressText from "./ProgressText.js"
import * as SettlementText from "./SettlementText.js"

const config = {
  name: Args.text({ name: "NAME" }).pipe(
    Args.withDescription("The job's name. Default: the newest job"),
    Args.optional,
    Args.map((given) => (given._tag === "Some" ? given.value : undefined))
  ),
  json: Flag.toggle("json", "Print a line of JSON on stdout for each change"),
  database: JobOptions.database
}

/** The options as they were given. */
export type WatchOptions = Command.Options<typeof config>

/** The job that was named, or the newest. */
const jobOf = ({ jobs }: Opened, { name }: WatchOptions) =>
  name === undefined
    ? Effect.flatMap(jobs.list, ([newest]) =>
        newest === undefined
          ? Effect.fail(
              new UsageError({ problem: "There is no job yet.", advice: "`openrouter-images job submit` makes one." })
            )
          : Effect.succeed(newest.job)
      )
    : Effect.succeed(name)

const noWorkerText = (target: Target): string =>
  `nothing is running at the moment; this starts a worker: ${commandLine(target, "worker")}`

type Rows = ReadonlyArray<readonly [label: string, text: string]>

/** What somebody has to do before the job continues. */
const hints = (target: Target, progress: ProgressText.Paced, stillFor: number): Rows => {
  const { job, running, submitting, undecided, unsettled, waiting } = progress
  if (undecided > 0) return [["undecided", `${undecided} wait for a decision: ${commandLine(target, "status", job)}`]]
  if (running === 0 && waiting > 0 && stillFor > 3_000) return [["waiting", noWorkerText(target)]]
  if (running + waiting === 0 && unsettled > 0) return [["unsettled", SettlementText.waitingText(unsettled)]]
  return submitting && running + waiting === 0
    ? [["submission", "it is under way, or was interrupted: the same `job submit` continues it"]]
    : []
}

/** The lines of a terminal. */
export const linesOf =
  (target: Target, progress: ProgressText.Paced, stillFor: number) =>
  (columns: number): ReadonlyArray<string> => {
    const shown = progress.finished ? ProgressText.columns([progress]) : ProgressText.pacedColumns(progress)
    const rows = hints(target, progress, stillFor)
    return [
      ...sanitize(table(shown, [progress], columns - 1)).split("\n"),
      "",
      ProgressText.bar(progress, columns),
      ...(rows.length === 0 ? [] : ["", ...sanitize(lines(rows, columns - 1)).split("\n")])
    ]
  }

/** Draws every second even without a change, for the pace falls while nothing comes. */
const draw = ({ jobs, target }: Opened, job: string) =>
  Effect.gen(function* () {
    const { Jobs } = yield* Package.jobs
    const live = yield* LiveLines.make
    let [before, since] = ["", yield* Clock.currentTimeMillis]
    return yield* Stream.repeatEffectWithSchedule(jobs.status(job), Schedule.spaced("1 second")).pipe(
      Stream.takeUntil(({ finished }) => finished),
      Jobs.withPace,
      Stream.tap((progress) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const text = ProgressText.format({ ...progress, picturesPerMinute: 0, remaining: undefined })
          if (text !== before) [before, since] = [text, now]
          yield* live.draw(linesOf(target, progress, now - since))
        })
      ),
      Stream.runLast
    )
  })

const printChanges = ({ jobs, target }: Opened, job: string, json: boolean) =>
  Effect.gen(function* () {
    const { Jobs } = yield* Package.jobs
    const first = yield* jobs.status(job)
    if (first.waiting > 0 && first.running === 0) yield* Print.note([["waiting", noWorkerText(target)]])
    return yield* jobs.watch(job).pipe(
      Jobs.withPace,
      Stream.tap((progress) =>
        json
          ? Print.jsonLine(ProgressText.document(progress))
          : Console.log(sanitize(`${job}: ${ProgressText.format(progress)}`))
      ),
      Stream.runLast
    )
  })

/** Fails when the job has ended and not every request has its pictures. */
const checkOutcome = ({ jobs, target }: Opened, last: Option.Option<Jobs.Progress>) =>
  Effect.gen(function* () {
    if (Option.isNone(last)) return
    const failures = yield* jobs.failures(last.value.job)
    const failure = toJobError(target, [{ progress: last.value, failures }])
    if (Option.isSome(failure)) return yield* failure.value
  })

export const watch = (options: WatchOptions) =>
  Database.use(options, "fail", (opened) =>
    Effect.gen(function* () {
      const screen = yield* Screen
      const job = yield* jobOf(opened, options)
      const isSeen = (yield* screen.stdout).isTerminal && (yield* screen.stderr).isTerminal
      const last = yield* isSeen && !options.json ? draw(opened, job) : printChanges(opened, job, options.json)
      yield* checkOutcome(opened, last)
    })
  )

export const command = Command.make({
  name: "watch",
  summary: "Follow the progress of a job until it ends",
  usage: "[options] [NAME]",
  examples: ["openrouter-images job watch meadows", "openrouter-images job watch --json | jq .done"],
  config,
  run: watch
})

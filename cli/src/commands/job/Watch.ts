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
import * as Said from "../../output/Json.js"
import { lines, table } from "../../output/Table.js"
import { block, printable } from "../../output/Text.js"
import * as Panel from "../../terminal/LiveLines.js"
import { Screen } from "../../terminal/Screen.js"
import * as Command from "../Command.js"
import type { Opened } from "./database/Database.js"
import * as Database from "./database/Database.js"
import { commandLine, type Target } from "./database/Target.js"
import { ofAll } from "./FailedItems.js"
import * as JobOptions from "./JobOptions.js"
import * as Package from "./Package.js"
import * as Line from "./Progress.js"

const config = {
  name: Args.text({ name: "NAME" }).pipe(
    Args.withDescription("The job. Default: the newest"),
    Args.optional,
    Args.map((given) => (given._tag === "Some" ? given.value : undefined))
  ),
  json: Flag.isSet("json", "A line of JSON on stdout for each change"),
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

const nobodyWorks = (target: Target): string =>
  `nothing is running at the moment; this makes the pictures: ${commandLine(target, "worker")}`

type Rows = ReadonlyArray<readonly [label: string, text: string]>

/** What somebody has to do before it goes on. */
const hints = (target: Target, progress: Line.Paced, stillFor: number): Rows => {
  const { job, running, submitting, undecided, waiting } = progress
  if (undecided > 0) return [["undecided", `${undecided} wait for a decision: ${commandLine(target, "status", job)}`]]
  if (running === 0 && waiting > 0 && stillFor > 3_000) return [["waiting", nobodyWorks(target)]]
  return submitting && running + waiting === 0
    ? [["submission", "it is under way, or broke off: the same `job submit` goes on"]]
    : []
}

/** The lines of a terminal. */
export const linesOf =
  (target: Target, progress: Line.Paced, stillFor: number) =>
  (columns: number): ReadonlyArray<string> => {
    const shown = progress.finished ? Line.columns([progress]) : Line.pacedColumns(progress)
    const rows = hints(target, progress, stillFor)
    return [
      ...printable(table(shown, [progress], columns - 1)).split("\n"),
      "",
      Line.bar(progress, columns),
      ...(rows.length === 0 ? [] : ["", ...printable(lines(rows, columns - 1)).split("\n")])
    ]
  }

/** Looks every second whether it has changed or not, for the pace falls while nothing comes. */
const drawn = ({ jobs, target }: Opened, job: string) =>
  Effect.gen(function* () {
    const { Jobs } = yield* Package.jobs
    const panel = yield* Panel.make
    let [before, since] = ["", yield* Clock.currentTimeMillis]
    return yield* Stream.repeatEffectWithSchedule(jobs.status(job), Schedule.spaced("1 second")).pipe(
      Stream.takeUntil(({ finished }) => finished),
      Jobs.withPace,
      Stream.tap((progress) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const text = Line.words({ ...progress, picturesPerMinute: 0, remaining: undefined })
          if (text !== before) [before, since] = [text, now]
          yield* panel.draw(linesOf(target, progress, now - since))
        })
      ),
      Stream.runLast
    )
  })

const listed = ({ jobs, target }: Opened, job: string, json: boolean) =>
  Effect.gen(function* () {
    const { Jobs } = yield* Package.jobs
    const first = yield* jobs.status(job)
    if (first.waiting > 0 && first.running === 0) yield* Console.error(block([["waiting", nobodyWorks(target)]]))
    return yield* jobs.watch(job).pipe(
      Jobs.withPace,
      Stream.tap((progress) =>
        json ? Said.line(Line.document(progress)) : Console.log(printable(`${job}: ${Line.words(progress)}`))
      ),
      Stream.runLast
    )
  })

/** Fails when the job has ended and not every request has its pictures. */
const judged = ({ jobs, target }: Opened, last: Option.Option<Jobs.Progress>) =>
  Effect.gen(function* () {
    if (Option.isNone(last)) return
    const failures = yield* jobs.failures(last.value.job)
    const failure = ofAll(target, [{ progress: last.value, failures }])
    if (Option.isSome(failure)) return yield* failure.value
  })

export const watch = (options: WatchOptions) =>
  Database.using(options, "fail", (opened) =>
    Effect.gen(function* () {
      const screen = yield* Screen
      const job = yield* jobOf(opened, options)
      const isSeen = (yield* screen.stdout).isTerminal && (yield* screen.stderr).isTerminal
      const last = yield* isSeen && !options.json ? drawn(opened, job) : listed(opened, job, options.json)
      yield* judged(opened, last)
    })
  )

export const command = Command.make({
  name: "watch",
  summary: "Show how far a job is, until it ends",
  usage: "[options] [NAME]",
  examples: ["openrouter-images job watch meadows", "openrouter-images job watch --json | jq .done"],
  config,
  run: watch
})

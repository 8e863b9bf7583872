/** `openrouter-images job worker`: makes the pictures of all jobs of a database. */

import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Jobs } from "effect-openrouter-images-jobs"
import * as Connection from "../../../Connection.js"
import { DatabaseError, MissingKeyError } from "../../../failure/Failure.js"
import * as Print from "../../../output/Print.js"
import { pluralize, sanitize } from "../../../output/Text.js"
import * as LiveLine from "../../../terminal/LiveLine.js"
import { Screen } from "../../../terminal/Screen.js"
import { withSpinner } from "../../../terminal/Spinner.js"
import * as ProgressLine from "../../batch/ProgressLine.js"
import * as Command from "../../Command.js"
import * as Database from "../database/Database.js"
import * as Target from "../database/Target.js"
import { toJobError } from "../FailedItems.js"
import * as Package from "../Package.js"
import * as ProgressText from "../ProgressText.js"
import * as SettlementText from "../SettlementText.js"
import * as Store from "../store/Store.js"
import * as Callbacks from "./Callbacks.js"
import * as End from "./End.js"
import * as Engine from "./Engine.js"
import * as InFlight from "./InFlight.js"
import * as Monitor from "./Monitor.js"
import * as Snapshot from "./Snapshot.js"
import * as View from "./View.js"
import * as Warnings from "./Warnings.js"
import * as WorkerOptions from "./WorkerOptions.js"

const defaultConcurrency = 8

/** As long as a call may take by default. */
const defaultDrain = Duration.minutes(5)

/** The worker as a layer, with the lines that describe it. Its monitor is served at once. */
const prepare = (target: Target.Target, options: WorkerOptions.WorkerOptions, underWay: Ref.Ref<number>) =>
  Effect.gen(function* () {
    const { Jobs, Worker } = yield* Package.jobs
    const store = yield* Store.of(options.store)
    const engine = yield* Engine.make(target, options)
    const view = options.view === undefined ? undefined : yield* View.make(options.view)
    const monitor = options.monitor === undefined ? undefined : yield* Monitor.serve(options.monitor)
    const callbacks = options.callback === undefined ? Layer.empty : yield* Callbacks.make(options.callback)
    const { concurrency = defaultConcurrency, drain = defaultDrain, onUnknown, rate, retention } = options
    const rateLimit = rate === undefined ? undefined : { requests: rate, window: "1 minute" as const }
    const work = Worker.layer({ concurrency, drain, onUnknown, rateLimit, retention })
    const layer = Layer.mergeAll(
      Jobs.layer,
      work,
      view?.layer ?? Layer.empty,
      monitor?.layer ?? Layer.empty,
      callbacks
    ).pipe(
      Layer.provide(InFlight.layer(underWay)),
      Layer.provide(engine.layer),
      // Before the engine, which may have to wait: a wrong store is reported at once.
      Layer.provide(store.layer)
    )
    const shared = target._tag === "Postgres" ? " (all workers have to see it)" : ""
    const limit = rate === undefined ? "" : `, ${rate} a minute by all workers`
    const lines: ReadonlyArray<readonly [string, string]> = [
      ["database", Target.describe(target)],
      ["store", store.address + shared],
      ...(engine.address === undefined ? [] : [["address", engine.address] as const]),
      ...(view === undefined ? [] : [["view", view.url] as const]),
      ...(monitor === undefined ? [] : [["monitor", monitor.url] as const]),
      ...(options.callback === undefined ? [] : [["callback", options.callback] as const]),
      ["worker", `${pluralize(concurrency, "request")} at a time${limit}; Ctrl-C finishes those under way, and ends`]
    ]
    return { layer, lines }
  })

/** The line of a terminal. */
const lineOf = ({ jobs }: Snapshot.Snapshot, remaining: ProgressText.Paced["remaining"], columns: number): string => {
  const { cancelled, total, unsettled, ...counts } = Snapshot.total(jobs)
  if (counts.running + counts.waiting === 0) {
    const text = unsettled > 0 ? SettlementText.waitingText(unsettled) : "nothing to do, waiting for jobs"
    return LiveLine.truncate(`${text} (Ctrl-C ends)`, columns)
  }
  const timeLeft = remaining === undefined ? {} : { timeLeft: remaining }
  return ProgressLine.line({ ...counts, total: total - cancelled, ...timeLeft }, columns)
}

const printProgress = (progress: Jobs.Progress) =>
  LiveLine.printAbove(Console.log(sanitize(`${progress.job}: ${ProgressText.format(progress)}`)))

const reportChanges = (
  target: Target.Target,
  { newlyUndecided, changed, jobs }: Snapshot.Snapshot,
  isTerminal: boolean
) =>
  Effect.gen(function* () {
    // In a terminal, the line shows what is in flight.
    yield* Effect.forEach(changed, (progress) =>
      !isTerminal || progress.finished ? printProgress(progress) : Effect.void
    )
    const waits = jobs.find(({ undecided }) => undecided > 0)
    if (newlyUndecided > 0 && waits !== undefined) {
      const where = Target.commandLine(target, "status", waits.job)
      yield* LiveLine.printAbove(Print.note([["undecided", `${waits.undecided} wait for a decision: ${where}`]]))
    }
  })

/** Watches the jobs every second, with `--until-done` until nothing is left to do, and gives the last snapshot. */
const watchJobs = ({ jobs, target }: Database.Opened, { untilDone }: WorkerOptions.WorkerOptions) =>
  Effect.gen(function* () {
    const { Jobs } = yield* Package.jobs
    const screen = yield* Screen
    const isTerminal = (yield* screen.stdout).isTerminal && (yield* screen.stderr).isTerminal
    const start = yield* Clock.currentTimeMillis
    const last = yield* Ref.make<Snapshot.Snapshot>({
      jobs: [],
      changed: [],
      newlyUndecided: 0,
      history: Snapshot.begin(start)
    })
    const drawn = yield* Ref.make<(columns: number) => string>(() => "")
    let isFirst = true
    const inspect = (all: ReadonlyArray<Jobs.Progress>) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const snapshot = Snapshot.take((yield* Ref.get(last)).history, all, now, isFirst)
        isFirst = false
        yield* Ref.set(last, snapshot)
        yield* reportChanges(target, snapshot, isTerminal)
        return untilDone && Snapshot.isIdle(snapshot, now)
      })
    const idle = yield* Ref.make(false)
    // The worker outlives a lost database, and so does this.
    yield* Stream.repeatEffectWithSchedule(
      Effect.retry(jobs.list, Schedule.spaced("1 second")),
      Schedule.spaced("1 second")
    ).pipe(
      Stream.tap((all) => Effect.flatMap(inspect(all), (isIdle) => Ref.set(idle, isIdle))),
      Stream.map(Snapshot.total),
      Jobs.withPace,
      Stream.tap(({ remaining }) =>
        Effect.flatMap(Ref.get(last), (snapshot) => Ref.set(drawn, (columns) => lineOf(snapshot, remaining, columns)))
      ),
      Stream.takeUntilEffect(() => Ref.get(idle)),
      Stream.runDrain,
      LiveLine.withLine((columns) => Effect.map(Ref.get(drawn), (line) => line(columns)))
    )
    return yield* Ref.get(last)
  })

const checkOutcome = ({ jobs, target }: Database.Opened, snapshot: Snapshot.Snapshot) =>
  Effect.gen(function* () {
    if (snapshot.jobs.length === 0) return yield* Console.error("nothing is left to do")
    const broken = snapshot.jobs.filter(({ submitting }) => submitting).map(({ job }) => job)
    if (broken.length > 0) {
      const names = broken.join(", ")
      yield* Print.note([["submission", `of ${names} was interrupted: the same \`job submit\` continues it`]])
    }
    const groups = yield* Effect.forEach(snapshot.jobs, (progress) =>
      Effect.map(jobs.failures(progress.job), (failures) => ({ progress, failures }))
    )
    const failure = toJobError(target, groups)
    if (Option.isSome(failure)) return yield* failure.value
  })

const isAway = (error: unknown): error is DatabaseError => error instanceof DatabaseError && !error.isSetting

/** Joins a database, and waits for one that is away. A wrong setting fails at once. */
const join = <A, E, R>(target: Target.Target, layer: Layer.Layer<A, E, R>) =>
  Effect.gen(function* () {
    const said = yield* Ref.make("")
    const scope = yield* Effect.scope
    // What a failed attempt has opened is closed before the next one.
    const attempt = Effect.flatMap(Scope.fork(scope, ExecutionStrategy.sequential), (own) =>
      Database.build(target, layer).pipe(
        Scope.extend(own),
        Effect.onExit((exit) => (Exit.isFailure(exit) ? Scope.close(own, exit) : Effect.void))
      )
    )
    const say = (problem: string) =>
      Effect.flatMap(Ref.getAndSet(said, problem), (before) =>
        before === problem ? Effect.void : LiveLine.printAbove(Print.note([["waiting", problem]]))
      )
    return yield* Effect.retry(
      Effect.tapError(attempt, (error) => (isAway(error) ? say(error.problem) : Effect.void)),
      { schedule: Schedule.spaced("2 seconds"), while: isAway }
    )
  })

export const worker = (options: WorkerOptions.WorkerOptions) =>
  Effect.gen(function* () {
    const target = yield* Target.of(options.database)
    const { Jobs } = yield* Package.jobs
    const underWay = yield* Ref.make(0)
    const hasBegun = yield* Ref.make(false)
    yield* Effect.acquireUseRelease(
      Scope.make(),
      (scope) =>
        Effect.gen(function* () {
          const { layer, lines } = yield* Scope.extend(prepare(target, options, underWay), scope)
          // On an SQLite file, it waits here until no other worker has it.
          const context = yield* join(target, layer).pipe(Scope.extend(scope), withSpinner("joining the database:"))
          yield* Ref.set(hasBegun, true)
          const opened = { target, jobs: Context.get(context, Jobs.Jobs) }
          yield* Print.note(lines)
          yield* Database.explainErrors(opened)(
            Effect.flatMap(watchJobs(opened, options), (last) => checkOutcome(opened, last))
          )
        }),
      (scope, exit) =>
        Exit.isInterrupted(exit)
          ? End.interrupted(scope, { underWay, drain: options.drain ?? defaultDrain, hasBegun })
          : Scope.close(scope, exit)
    )
  }).pipe(Warnings.printAsLines)

/** The emulator has to be asked for: its pictures would be lost among those of a paid job. */
const connect = (emulator: boolean) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      if (!emulator && !(yield* Connection.hasKey)) {
        return yield* new MissingKeyError({ problem: "A worker needs OPENROUTER_API_KEY, which is not set." })
      }
      return Connection.layer(emulator, "pictures")
    })
  )

export const command = Command.make({
  name: "worker",
  summary: "Make the pictures of all jobs in a database",
  usage: "[options]",
  examples: [
    "openrouter-images job worker --until-done --emulator",
    "openrouter-images job worker --database postgres://localhost/pictures --store s3://pictures/all --view 8788"
  ],
  config: WorkerOptions.config,
  run: (options) => Effect.provide(worker(options), connect(options.emulator))
})

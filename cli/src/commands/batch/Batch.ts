/** `openrouter-images batch`: a file of requests, their pictures and results in a folder. */

import * as Args from "@effect/cli/Args"
import * as Options from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Chunk from "effect/Chunk"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Batch, type Client, GeneratedImage, type Images, Quote } from "effect-openrouter-images"
import * as Connection from "../../Connection.js"
import * as ExitCode from "../../failure/ExitCode.js"
import { costCommand } from "../../failure/Explanation.js"
import {
  BatchError,
  type FailedRequest,
  type FileError,
  NoPictureError,
  type UsageError
} from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import * as Limits from "../../options/Limits.js"
import * as RequestOptions from "../../options/RequestOptions.js"
import * as Timeout from "../../options/Timeout.js"
import * as Cost from "../../output/Cost.js"
import * as Print from "../../output/Print.js"
import { block, formatDuration, pluralize, sanitize } from "../../output/Text.js"
import * as Link from "../../terminal/Link.js"
import * as LiveLine from "../../terminal/LiveLine.js"
import type { Screen } from "../../terminal/Screen.js"
import * as Command from "../Command.js"
import * as EqualLines from "./EqualLines.js"
import * as Plan from "./Plan.js"
import * as ProgressLine from "./ProgressLine.js"
import * as Recorder from "./Recorder.js"
import * as Requests from "./Requests.js"
import * as Results from "./Results.js"
import * as Settlement from "./Settlement.js"

const config = {
  file: Args.text({ name: "FILE.jsonl" }).pipe(
    Args.withDescription("One request per line: JSON with the API's field names, or just a prompt")
  ),
  out: Options.text("out").pipe(
    Options.withPseudoName("DIR"),
    Options.withDescription("The folder for the pictures and results.jsonl; run again with the same folder to continue")
  ),
  model: RequestOptions.model("The model for lines that name none"),
  concurrency: Flag.count("concurrency", "How many requests to send at once. Default: 4"),
  ordered: Flag.toggle("ordered", "Report the requests in the order of the file, not as they finish"),
  unique: EqualLines.option,
  retryUnknown: Flag.toggle(
    "retry-unknown",
    "Also resend requests that failed before and were billed, or may have been"
  ),
  settle: Flag.toggle(
    "settle",
    "Wait, for up to 13 minutes, for the records that say what requests of earlier runs cost. Default: ask once"
  ),
  noProvenance: Flag.noProvenance,
  timeout: Flag.timeout,
  budget: Flag.budget,
  maxCost: Flag.maxCost,
  emulator: Flag.emulator
}

/** The options as they were given. */
export type BatchOptions = Command.Options<typeof config>

/** The failure of an item, if it has one. */
const failureOf = ({ request, result }: Batch.Item): FailedRequest | undefined => {
  if (Either.isRight(result)) {
    if (result.right.data.length > 0) return undefined
    const error = new NoPictureError({ model: request.model })
    return { tag: error._tag, code: ExitCode.of(error), billing: "billed" }
  }
  return { tag: result.left._tag, code: ExitCode.of(result.left), billing: result.left.billing }
}

const sumOf = (entries: ReadonlyArray<Results.Entry>): number => entries.reduce((sum, { cost = 0 }) => sum + cost, 0)

/** Once a budget is used up, every request that follows fails alike. */
const isRepeated = ({ entries }: Recorder.Recorder, entry: Results.Entry): boolean =>
  entry.result === "BudgetExceededError" &&
  entry !== [...entries.values()].find(({ result }) => result === entry.result)

/** The generation of a failure of which it is not known whether it was billed. */
const askableOf = ({ billing, generation }: Results.Entry): string | undefined =>
  billing === "unknown" ? generation : undefined

/** How the pictures of an item are not what was asked for, each way once. */
const deviationsOf = ({ request, result }: Batch.Item): ReadonlyArray<string> => {
  const found = Either.isRight(result)
    ? result.right.data.flatMap((image) => GeneratedImage.deviation(image, request) ?? [])
    : []
  return [...new Set(found.map(GeneratedImage.formatDeviation))]
}

/**
 * Prints the paths of an item's pictures on stdout. On stderr it says what of them was asked for otherwise, or why there
 * are none, and how to ask what that cost.
 */
const reportItem = (
  recorder: Recorder.Recorder,
  item: Batch.Item,
  emulated: boolean
): Effect.Effect<void, never, Screen | Path.Path> =>
  Effect.gen(function* () {
    const paths = yield* Path.Path
    const entry = recorder.entries.get(item.request)
    if (entry === undefined) return
    for (const file of entry.files) yield* Link.print(paths.join(recorder.results.folder, file))
    for (const deviation of deviationsOf(item)) yield* Print.note([[`line ${entry.line}`, deviation]])
    if (entry.result === Results.ok || isRepeated(recorder, entry)) return
    const words = entry.message ?? "answered without a picture"
    yield* Print.note([[`line ${entry.line}`, `${entry.result}: ${words}`]])
    const askable = emulated ? undefined : askableOf(entry)
    if (askable !== undefined) yield* Console.error(costCommand(askable))
  }).pipe(LiveLine.printAbove)

/** What requests of earlier runs cost, as it was found out now. */
const settledLine = (settled: ReadonlyArray<Results.Entry>): ReadonlyArray<readonly [string, string]> =>
  settled.length === 0
    ? []
    : [["settled", `${pluralize(settled.length, "earlier request")}: ${Quote.formatUsd(sumOf(settled))}`]]

/** The lines at the end. */
const summary = (
  { entries, results }: Recorder.Recorder,
  plan: Plan.Plan,
  settled: ReadonlyArray<Results.Entry>,
  took: Duration.Duration,
  emulated: boolean
): string => {
  const all = [...entries.values()]
  const done = plan.done.length + all.filter(({ result }) => result === Results.ok).length
  const requests = plan.todo.length + plan.done.length + Plan.heldBack(plan).length
  const before = plan.done.length === 0 ? "" : `, ${plan.done.length} of them before`
  return block([
    ["done", `${done} of ${pluralize(requests, "request")}${before}`],
    ["cost", Cost.format(sumOf(all), emulated)],
    ...settledLine(settled),
    ["time", formatDuration(took)],
    ["results", sanitize(results.file)]
  ])
}

/** What else may have been billed when the run was cancelled. */
const describeUnknown = (unknown: ReadonlyArray<Results.Entry>, emulated: boolean): string => {
  if (emulated) return "the emulator bills nothing"
  if (unknown.length === 0) return "nothing else is billed"
  return `${pluralize(unknown.length, "request")} may have been billed: ${Plan.linesOf(unknown)}`
}

const reportCancelled = ({ entries, results }: Recorder.Recorder, emulated: boolean): Effect.Effect<void> =>
  Effect.suspend(() => {
    const all = [...entries.values()].sort((one, other) => one.line - other.line)
    const done = all.filter(({ result }) => result === Results.ok).length
    const unknown = all.filter(({ billing }) => billing === "unknown")
    const folder = sanitize(results.folder)
    return Console.error(
      `cancelled: ${pluralize(done, "request")} done and saved in ${folder}; ${describeUnknown(unknown, emulated)}\n` +
        (unknown.length === 0
          ? "the same command continues with the rest"
          : "the same command continues, and sends neither again, unless it learns that nothing was billed")
    )
  })

/** Sends the requests, and gives the failures. */
const send = (recorder: Recorder.Recorder, { todo }: Plan.Plan, options: Batch.Options, emulated: boolean) =>
  Batch.run(
    todo.map(({ request }) => request),
    options
  ).pipe(
    Stream.tap((item) => reportItem(recorder, item, emulated)),
    Stream.filterMap((item) => Option.fromNullable(failureOf(item))),
    Stream.runCollect,
    Effect.map(Chunk.toReadonlyArray)
  )

/** Interrupts the effect when `stopped` fails, and waits until all within it has ended and is recorded. */
const stopOn =
  <E2>(stopped: Deferred.Deferred<never, E2>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | E2, R> =>
    Effect.acquireUseRelease(
      Effect.fork(Effect.interruptible(effect)),
      (fiber) => Effect.raceFirst(Fiber.join(fiber), Deferred.await(stopped)),
      Fiber.interrupt
    )

/** What earlier runs tell. The embedded emulator knows nothing of them. */
const recall = (jobs: ReadonlyArray<Requests.RequestLine>, { out, settle }: BatchOptions) =>
  Effect.gen(function* () {
    const { emulated } = yield* Connection.Connection
    const results = yield* Results.open(out)
    return emulated ? { results, settled: [] } : yield* Settlement.settle(jobs, results, settle)
  })

/** Of how many requests without pictures it is not known whether they were billed, and can be asked. */
const countAskable = ({ entries, results }: Recorder.Recorder, plan: Plan.Plan): number =>
  [...entries.values()].filter((entry) => askableOf(entry) !== undefined).length +
  Settlement.openOf(plan.mayPayTwice ? [] : plan.unknown, results).length

/**
 * Makes the pictures of all requests of a file. Each result is written as it comes, and the next run does not send it
 * again. Whatever happens, everything that was paid for and has arrived is in the folder.
 */
export const batch = (
  options: BatchOptions
): Effect.Effect<
  void,
  BatchError | FileError | UsageError,
  Images.Images | Client.OpenRouterClient | Connection.Connection | Screen | FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function* () {
    const { emulated } = yield* Connection.Connection
    const { concurrency, file, model, ordered, retryUnknown, unique } = options
    const requestOptions = yield* Timeout.ofOptions(options)
    const all = yield* Requests.read(file, model)
    const jobs = unique ? EqualLines.unique(all) : all
    const { results, settled } = yield* recall(jobs, options)
    const plan = Plan.make(jobs, results, retryUnknown)
    yield* EqualLines.report(unique ? all : plan.todo, unique)
    for (const line of Plan.announcement(plan, results, settled)) yield* Console.error(line)
    const recorder = yield* Recorder.make(results, plan.todo, !options.noProvenance)
    const tracker = yield* Batch.makeTracker
    const how = { concurrency, ordered, tracker, options: requestOptions }
    const [took, failed] = yield* send(recorder, plan, how, emulated).pipe(
      ProgressLine.withProgress(tracker, emulated),
      Effect.provide(Recorder.layer(recorder, Limits.layer(options))),
      stopOn(recorder.stopped),
      Effect.timed,
      Effect.onInterrupt(() => reportCancelled(recorder, emulated))
    )
    yield* Console.error(summary(recorder, plan, settled, took, emulated))
    const open = Plan.heldBack(plan).length
    if (failed.length + open === 0) return
    const askable = emulated ? 0 : countAskable(recorder, plan)
    return yield* new BatchError({ requests: jobs.length, failed, open, askable, emulated })
  })

export const command = Command.make({
  name: "batch",
  summary: "Make the pictures of a file with one request per line",
  usage: "--out DIR [options] <FILE.jsonl>",
  stdout: "the same paths, as the pictures arrive; results.jsonl in the folder has a line for each request",
  examples: [
    "openrouter-images batch meadows.jsonl --out meadows --budget 5",
    "openrouter-images batch meadows.jsonl --out meadows --retry-unknown"
  ],
  config,
  run: (options) => Effect.provide(batch(options), Connection.layer(options.emulator, "pictures"))
})

/** `openrouter-images job results`: writes the pictures of a job as files, and the outcome of each request. */

import * as Options from "@effect/cli/Options"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { type GeneratedImage, type ImagesSchema, Provenance, Quote } from "effect-openrouter-images"
import type { ImageStore, Jobs } from "effect-openrouter-images-jobs"
import { FileError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import { slug } from "../../output/FileName.js"
import * as Print from "../../output/Print.js"
import * as Save from "../../output/Save.js"
import { block, pluralize, sanitize } from "../../output/Text.js"
import * as Link from "../../terminal/Link.js"
import * as LiveLine from "../../terminal/LiveLine.js"
import { withSpinner } from "../../terminal/Spinner.js"
import * as Batch from "../batch/Results.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import * as Target from "./database/Target.js"
import * as JobOptions from "./JobOptions.js"
import * as Package from "./Package.js"
import * as Store from "./store/Store.js"

const config = {
  name: JobOptions.name,
  out: Options.text("out").pipe(
    Options.withPseudoName("DIR"),
    Options.withDescription("The folder for the pictures and results.jsonl; files that are there are not written again")
  ),
  store: JobOptions.store,
  noProvenance: Flag.noProvenance,
  database: JobOptions.database
}

/** The options as they were given. */
export type ResultsOptions = Command.Options<typeof config>

/** What a run has done. */
interface Tally {
  /** Requests whose pictures were written now, and those that were there before. */
  readonly saved: number
  readonly before: number
  readonly pictures: number
  readonly failed: ReadonlyMap<string, number>
  /** Requests whose pictures the store does not have. */
  readonly missing: number
}

const emptyTally: Tally = { saved: 0, before: 0, pictures: 0, failed: new Map(), missing: 0 }

const increment = (counts: ReadonlyMap<string, number>, tag: string): ReadonlyMap<string, number> =>
  new Map(counts).set(tag, (counts.get(tag) ?? 0) + 1)

interface Run {
  readonly options: ResultsOptions
  readonly results: Batch.Results
  readonly store: ImageStore.Service
  readonly tally: Ref.Ref<Tally>
}

/** An item with its pictures from the store. */
interface Fetched {
  readonly item: Jobs.Item
  readonly images: ReadonlyArray<GeneratedImage.GeneratedImage>
  /** What the store said, where it does not have a picture. */
  readonly problem: string | undefined
}

const resultOf = ({ outcome }: Jobs.Item): string => (outcome._tag === "Made" ? Batch.ok : outcome.error._tag)

const storedOf = ({ outcome }: Jobs.Item): ReadonlyArray<ImageStore.StoredImage> =>
  outcome._tag === "Made" ? outcome.generation.pictures : outcome.pictures

/** Whether an earlier run wrote the same result, and its files still exist. */
const isThere = ({ results }: Run, item: Jobs.Item) =>
  Effect.gen(function* () {
    const entry = results.previous.get(item.id)
    if (entry === undefined || entry.result !== resultOf(item) || entry.billing !== item.billing) return false
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    return yield* Effect.every(entry.files, (file) =>
      Effect.orElseSucceed(fs.exists(paths.join(results.folder, file)), () => false)
    )
  })

const fetch = ({ store }: Run, item: Jobs.Item): Effect.Effect<Fetched> =>
  Effect.forEach(storedOf(item), store.get).pipe(
    Effect.match({
      onSuccess: (images) => ({ item, images, problem: undefined }),
      onFailure: ({ description }) => ({ item, images: [], problem: description })
    })
  )

const responseOf = (
  { outcome }: Jobs.Item,
  images: Fetched["images"]
): ImagesSchema.ImageGenerationResponse | undefined => {
  if (outcome._tag === "Failed") return undefined
  const { costUsd, created, generationId } = outcome.generation
  const usage = { promptTokens: 0, completionTokens: 0, totalTokens: 0 }
  return {
    created,
    data: images,
    ...(costUsd === undefined ? {} : { usage: { ...usage, cost: costUsd } }),
    ...(generationId === undefined ? {} : { generationId })
  }
}

/** What an item cost that failed, where a record says so. */
const settledCost = ({ billing, settlements }: Jobs.Item): number | undefined =>
  billing === "billed" && settlements.length > 0
    ? settlements.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0)
    : undefined

/** A line of `results.jsonl`. */
const entryOf = ({ item, problem }: Fetched, files: ReadonlyArray<string>): Batch.Entry => {
  const { billing, id, outcome, position } = item
  const place = { index: position, line: position + 1, files, key: id }
  if (outcome._tag === "Failed") {
    const { error } = outcome
    const generation = "generationId" in error ? error.generationId : undefined
    const cost = billing === "notBilled" ? 0 : settledCost(item)
    return {
      ...{ ...place, result: error._tag, billing, message: error.message },
      ...(cost === undefined ? {} : { cost }),
      ...(generation === undefined ? {} : { generation })
    }
  }
  const { costUsd, generationId } = outcome.generation
  return {
    ...{ ...place, billing: "billed" },
    ...(problem === undefined ? { result: Batch.ok } : { result: "ImageStoreError", message: problem }),
    ...(costUsd === undefined ? {} : { cost: costUsd }),
    ...(generationId === undefined ? {} : { generation: generationId })
  }
}

const writeError = (problem: string): FileError =>
  new FileError({
    problem,
    cost: "The pictures are in the store as before.",
    advice: "Free some space, or choose another folder with --out; what is written is not written again."
  })

/** How many missing pictures are named; results.jsonl names them all. */
const mostNamed = 3

/** Writes the files before their line: what is interrupted in between is written again, and never taken for done. */
const write = ({ options, results, tally }: Run, all: Fetched) =>
  Effect.gen(function* () {
    const { images, item, problem } = all
    const paths = yield* Path.Path
    const response = options.noProvenance ? undefined : responseOf(item, images)
    const place = {
      folder: results.folder,
      stem: `${String(item.position + 1).padStart(4, "0")}-${slug(item.request.prompt)}`,
      provenance: response === undefined ? undefined : Provenance.of(item.request, response)
    }
    const saved = yield* Save.pictures(images, place)
    const wrong = saved.flatMap(({ problem }) => problem ?? [])[0]
    if (wrong !== undefined) return yield* writeError(wrong)
    const files = saved.flatMap(({ path }) => (path === undefined ? [] : [paths.relative(results.folder, path)]))
    yield* Effect.mapError(results.append(entryOf(all, files)), (error) => writeError(error.message))
    yield* LiveLine.printAbove(
      Effect.forEach(files, (file) => Link.print(paths.join(results.folder, file)), { discard: true })
    )
    const { missing } = yield* Ref.get(tally)
    if (problem !== undefined && missing < mostNamed) {
      yield* LiveLine.printAbove(Print.note([[`line ${item.position + 1}`, `ImageStoreError: ${problem}`]]))
    }
    const isMade = item.outcome._tag === "Made"
    yield* Ref.update(tally, (before) => ({
      ...before,
      pictures: before.pictures + files.length,
      saved: before.saved + (isMade && problem === undefined ? 1 : 0),
      missing: before.missing + (problem === undefined ? 0 : 1)
    }))
  }).pipe(Effect.uninterruptible)

/** Counts an item, and says whether there is something to write. */
const countNew = (run: Run, item: Jobs.Item) =>
  Effect.gen(function* () {
    const there = yield* isThere(run, item)
    yield* Ref.update(run.tally, (before) =>
      item.outcome._tag === "Failed"
        ? { ...before, failed: increment(before.failed, item.outcome.error._tag) }
        : { ...before, before: before.before + (there ? 1 : 0) }
    )
    return !there
  })

const summary = (
  { before, failed, missing, pictures, saved }: Tally,
  progress: Jobs.Progress,
  file: string
): string => {
  const count = [...failed.values()].reduce((sum, items) => sum + items, 0)
  const tags = [...failed].sort(([, one], [, other]) => other - one).map(([tag, items]) => `${items} ${tag}`)
  const open = progress.waiting + progress.running + progress.undecided + progress.unsettled
  const there = before === 0 ? "" : `; ${before} ${before === 1 ? "was" : "were"} there before`
  return block([
    [
      "saved",
      `${saved === 0 ? "nothing new" : `${pluralize(pictures, "picture")} of ${pluralize(saved, "request")}`}${there}`
    ],
    ...(count > 0
      ? [["failed", `${count} of ${pluralize(progress.total, "request")}: ${tags.join(", ")}`] as const]
      : []),
    ...(missing > 0
      ? [["missing", `the pictures of ${pluralize(missing, "request")} are not in the store`] as const]
      : []),
    ...(open > 0
      ? [["open", `${pluralize(open, "request")} not ended yet; the same command writes their pictures later`] as const]
      : []),
    ["cost", Quote.formatUsd(progress.spentUsd)],
    ["results", sanitize(file)]
  ])
}

/** How many pictures are read from the store at once. */
const ahead = 8

export const results = (options: ResultsOptions) =>
  Database.use(options, "fail", ({ jobs, target }) =>
    Effect.gen(function* () {
      const { ImageStore } = yield* Package.jobs
      const kept = yield* Store.of(options.store)
      const progress = yield* jobs.status(options.name)
      if (progress.pictures > 0) yield* kept.check
      const folder = yield* Batch.open(options.out)
      const context = yield* kept.layer.pipe((layer) => Database.build(target, layer))
      const tally = yield* Ref.make(emptyTally)
      const run: Run = { options, tally, results: folder, store: Context.get(context, ImageStore.ImageStore) }
      const label = Effect.map(
        Ref.get(tally),
        ({ before, saved }) => `${saved + before} of ${progress.done} requests written:`
      )
      yield* jobs.results(options.name).pipe(
        Stream.filter(({ state }) => state !== "undecided" && state !== "unsettled"),
        Stream.filterEffect((item) => countNew(run, item)),
        Stream.mapEffect((item) => fetch(run, item), { concurrency: ahead }),
        Stream.runForEach((item) => write(run, item)),
        withSpinner(label)
      )
      const end = yield* Ref.get(tally)
      yield* Console.error(summary(end, progress, folder.file))
      if (end.missing > 0) {
        return yield* new FileError({
          problem: `The store ${kept.address} does not have all pictures of the job.`,
          cost: "They are paid for.",
          advice: `Name the store of the workers with --store.\n${Target.commandLine(target, "status", options.name)} shows the job.`
        })
      }
    })
  )

export const command = Command.make({
  name: "results",
  summary: "Write the pictures of a job as files with readable names",
  usage: "--out DIR [options] <NAME>",
  examples: ["openrouter-images job results meadows --out meadows"],
  config,
  run: results
})

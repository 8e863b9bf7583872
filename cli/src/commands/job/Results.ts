/** `openrouter-images job results`: writes the pictures of a job as files, and the outcome of each request. */

import * as Options from "@effect/cli/Options"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Chunk from "effect/Chunk"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { type GeneratedImage, type ImagesSchema, Provenance } from "effect-openrouter-images"
import type { ImageStore, Jobs } from "effect-openrouter-images-jobs"
import { FileError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import { slug } from "../../output/FileName.js"
import * as Print from "../../output/Print.js"
import * as Save from "../../output/Save.js"
import * as SmallFiles from "../../output/SmallFiles.js"
import * as Link from "../../terminal/Link.js"
import * as LiveLine from "../../terminal/LiveLine.js"
import { withSpinner } from "../../terminal/Spinner.js"
import * as Batch from "../batch/Results.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import * as Target from "./database/Target.js"
import * as JobOptions from "./JobOptions.js"
import * as Package from "./Package.js"
import * as Tally from "./ResultsTally.js"
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

interface Run {
  readonly options: ResultsOptions
  readonly results: Batch.Results
  readonly paths: Path.Path
  readonly store: ImageStore.Service
  /** How many pictures are read at once. */
  readonly readers: number
  /** Those that earlier runs or other programs have left in the folder. */
  readonly sidecars: ReadonlySet<string>
  readonly tally: Ref.Ref<Tally.Tally>
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

const isFile = ({ paths, results }: Run, name: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.orElseSucceed(fs.exists(paths.join(results.folder, name)), () => false)
  )

/** Whether an earlier run wrote the same result, and its files still exist. */
const isThere = (run: Run, item: Jobs.Item) => {
  const entry = run.results.previous.get(item.id)
  return entry === undefined || entry.result !== resultOf(item) || entry.billing !== item.billing
    ? Effect.succeed(false)
    : Effect.every(entry.files, (file) => isFile(run, file))
}

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

/** An item whose files are there, below the folder. */
interface Written extends Fetched {
  readonly files: ReadonlyArray<string>
}

/** Where the pictures of an item go, and what is written into them. */
const placeOf = ({ options, results }: Run, { images, item }: Fetched): Save.Place => {
  const response = options.noProvenance ? undefined : responseOf(item, images)
  return {
    folder: results.folder,
    stem: `${String(item.position + 1).padStart(4, "0")}-${slug(item.request.prompt)}`,
    provenance: response === undefined ? undefined : Provenance.of(item.request, response)
  }
}

const writePictures = (run: Run, fetched: Fetched) =>
  Effect.flatMap(Save.picturesOfMany(fetched.images, placeOf(run, fetched), run.sidecars), (saved) => {
    const wrong = saved.find(({ problem }) => problem !== undefined)?.problem
    if (wrong !== undefined) return Effect.fail(writeError(wrong))
    const files = saved.flatMap(({ path }) => (path === undefined ? [] : [run.paths.basename(path)]))
    return Effect.succeed<Written>({ ...fetched, files })
  })

/** Says what was written, and counts it. */
const tell = ({ paths, results, tally }: Run, all: ReadonlyArray<Written>) =>
  Effect.gen(function* () {
    yield* Link.print(...all.flatMap(({ files }) => files.map((file) => paths.join(results.folder, file))))
    const { missing } = yield* Ref.get(tally)
    const incomplete = all.filter(({ problem }) => problem !== undefined)
    for (const { item, problem } of incomplete.slice(0, Math.max(0, mostNamed - missing))) {
      yield* Print.note([[`line ${item.position + 1}`, `ImageStoreError: ${problem}`]])
    }
    const saved = all.filter(({ item, problem }) => item.outcome._tag === "Made" && problem === undefined)
    yield* Ref.update(tally, (before) => ({
      ...before,
      pictures: before.pictures + all.reduce((sum, { files }) => sum + files.length, 0),
      saved: before.saved + saved.length,
      missing: before.missing + incomplete.length
    }))
  })

/**
 * Writes the files before their lines: what is interrupted in between is written again, and never taken for done. Where
 * one cannot be written, those before it still have their lines.
 */
const write = (run: Run, all: ReadonlyArray<Fetched>) =>
  Effect.gen(function* () {
    const written: Array<Written> = []
    const end = yield* Effect.exit(
      Effect.forEach(all, (each) => Effect.map(writePictures(run, each), (one) => written.push(one)), { discard: true })
    )
    const entries = written.map((each) => entryOf(each, each.files))
    yield* Effect.mapError(run.results.append(...entries), (error) => writeError(error.message))
    yield* LiveLine.printAbove(tell(run, written))
    yield* end
  }).pipe(Effect.uninterruptible)

/** Counts what failed and what is there, and gives the items of which there is something to write. */
const takeNew = (run: Run, items: ReadonlyArray<Jobs.Item>) =>
  Effect.gen(function* () {
    const isOld = yield* Effect.forEach(items, (item) => isThere(run, item))
    yield* Ref.update(run.tally, (before) =>
      items.reduce((tally, item, i) => Tally.add(tally, item, isOld[i] === true), before)
    )
    return items.filter((_, i) => isOld[i] === false)
  })

/** How much is in memory at once, and written before anybody can interrupt it. One item alone may have more bytes. */
const mostBytes = 16 * 1024 * 1024
const mostItems = 50

const byteLengthOf = (item: Jobs.Item): number => storedOf(item).reduce((sum, { byteLength }) => sum + byteLength, 0)

/** The items in pages, of which each is read from the store, and then written, together. */
const pagesOf = (items: ReadonlyArray<Jobs.Item>): ReadonlyArray<ReadonlyArray<Jobs.Item>> => {
  const pages: Array<Array<Jobs.Item>> = []
  let page: Array<Jobs.Item> = []
  let bytes = 0
  for (const item of items) {
    const more = byteLengthOf(item)
    if (page.length === 0 || page.length === mostItems || bytes + more > mostBytes) {
      page = []
      pages.push(page)
      bytes = 0
    }
    page.push(item)
    bytes += more
  }
  return pages
}

const writePage = (run: Run, items: ReadonlyArray<Jobs.Item>) =>
  Effect.forEach(items, (item) => fetch(run, item), { concurrency: run.readers }).pipe(
    Effect.flatMap((all) => write(run, all))
  )

const writeNew = (run: Run, items: ReadonlyArray<Jobs.Item>) =>
  Effect.flatMap(takeNew(run, items), (fresh) =>
    Effect.forEach(pagesOf(fresh), (page) => writePage(run, page), { discard: true })
  )

export const results = (options: ResultsOptions) =>
  Database.use(options, "fail", ({ jobs, target }) =>
    Effect.gen(function* () {
      const { ImageStore } = yield* Package.jobs
      const kept = yield* Store.of(options.store)
      const progress = yield* jobs.status(options.name)
      if (progress.pictures > 0) yield* kept.check
      const folder = yield* Batch.open(options.out)
      const context = yield* Database.build(target, Layer.provide(kept.layer, SmallFiles.layerReading))
      const sidecars = yield* Effect.mapError(Save.sidecarsIn(options.out), ({ message }) => writeError(message))
      const tally = yield* Ref.make(Tally.empty)
      const store = Context.get(context, ImageStore.ImageStore)
      const paths = yield* Path.Path
      const run: Run = { options, tally, sidecars, results: folder, paths, store, readers: kept.readers }
      const label = Effect.map(
        Ref.get(tally),
        ({ before, saved }) => `${saved + before} of ${progress.done} requests written:`
      )
      yield* jobs.results(options.name).pipe(
        Stream.filter(({ state }) => state !== "undecided" && state !== "unsettled"),
        Stream.runForEachChunk((items) => writeNew(run, Chunk.toReadonlyArray(items))),
        withSpinner(label)
      )
      const end = yield* Ref.get(tally)
      yield* Console.error(Tally.summary(end, progress, folder.file))
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

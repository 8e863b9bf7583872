/** `openrouter-images compare`: one prompt, several models, their pictures side by side. */
import * as Options from "@effect/cli/Options"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Batch, Catalog, type Images, type ImagesSchema, Quote } from "effect-openrouter-images"
import * as Connection from "../../Connection.js"
import { ComparisonError, FileError, systemMessage, UsageError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import * as Limits from "../../options/Limits.js"
import * as Prompt from "../../options/Prompt.js"
import * as RequestOptions from "../../options/RequestOptions.js"
import * as Timeout from "../../options/Timeout.js"
import * as Cost from "../../output/Cost.js"
import { listing } from "../../output/Listing.js"
import * as Print from "../../output/Print.js"
import * as Save from "../../output/Save.js"
import { pluralize, sanitize } from "../../output/Text.js"
import * as Link from "../../terminal/Link.js"
import * as Opener from "../../terminal/Opener.js"
import { Screen } from "../../terminal/Screen.js"
import * as Command from "../Command.js"
import { ask } from "../catalog/Ask.js"
import * as PriceRange from "../catalog/PriceRange.js"
import { checkFree } from "../gallery/Gallery.js"
import * as Live from "./Live.js"
import * as Outcome from "./Outcome.js"
import * as Page from "./Page.js"
import * as Saving from "./Saving.js"

const config = {
  prompt: Prompt.argument,
  model: Options.text("model").pipe(
    Options.withPseudoName("ID"),
    Options.withDescription("A model to compare, as `models` lists it; give it at least twice"),
    Options.repeated
  ),
  ...RequestOptions.shape,
  out: Options.text("out").pipe(
    Options.withPseudoName("DIR"),
    Options.withDescription("The folder for the pictures and the page, created if it is missing. Default: comparison"),
    Options.withDefault("comparison")
  ),
  open: Flag.toggle("open", "Open the page in the system's default program, unless stdout is a pipe"),
  json: Flag.toggle("json", "Print one JSON document on stdout instead of the table"),
  noProvenance: Flag.noProvenance,
  timeout: Flag.timeout,
  budget: Flag.budget,
  maxCost: Flag.maxCost,
  emulator: Flag.emulator
}

/** The options as they were given. */
export type CompareOptions = Command.Options<typeof config>

type Request = ImagesSchema.ImageGenerationRequest

/** The same request for each model; the same model twice would only be paid for twice. */
const requestsOf = (options: CompareOptions) =>
  Effect.gen(function* () {
    const models = [...new Set(options.model)]
    if (models.length < 2)
      return yield* new UsageError({
        problem: `There is ${models.length === 0 ? "no model" : "one model"} to compare.`,
        advice: "Give --model at least twice, each time another: `openrouter-images models` lists them."
      })
    const prompt = yield* Prompt.read(options.prompt)
    const fields = yield* RequestOptions.toFields(options)
    return models.map((model): Request => ({ model, prompt, ...fields }))
  })

const total = (prices: ReadonlyArray<PriceRange.PriceRange>): PriceRange.PriceRange => ({
  minUsd: prices.reduce((sum, { minUsd }) => sum + minUsd, 0),
  maxUsd: prices.reduce((sum, { maxUsd }) => sum + maxUsd, 0)
})

const unknownPrice: PriceRange.PriceRange = { minUsd: 0, maxUsd: Number.POSITIVE_INFINITY }

/** Tells the price of each and of all before anything is sent. What cannot be priced is sent all the same. */
const tellPrices = (requests: ReadonlyArray<Request>, emulated: boolean) =>
  Effect.gen(function* () {
    const quotes = Effect.forEach(requests, (request) => Effect.option(Quote.estimate(request)), { concurrency: 8 })
    const prices = (yield* ask("prices", quotes)).map((quote) => Option.getOrElse(quote, () => unknownPrice))
    const rows = requests.map(({ model }, i) => {
      const price = PriceRange.format(prices[i])
      return [model, emulated && price !== "unknown" ? `${price} (emulated)` : price] as const
    })
    const sum = PriceRange.format(total(prices))
    yield* Print.note([...rows, ["all of them", emulated ? `${sum} (${Cost.nothingBilled})` : sum]])
  }).pipe(Effect.provide(Catalog.layer()))

const sumOf = (outcomes: ReadonlyArray<Outcome.Outcome>): number =>
  outcomes.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0)

/** `$0.09; the cost of 1 is unknown` */
const spent = (outcomes: ReadonlyArray<Outcome.Outcome>): string => {
  const unknown = outcomes.filter(({ costUsd, emulated }) => costUsd === undefined && !emulated).length
  return `${Quote.formatUsd(sumOf(outcomes))}${unknown > 0 ? `; the cost of ${unknown} is unknown` : ""}`
}

/** Writes the page about what there is by now. */
const writePage = (file: string, prompt: string, outcomes: ReadonlyArray<Outcome.Outcome>) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.mapError(
      fs.writeFileString(file, Page.page(prompt, outcomes, spent(outcomes))),
      (error) =>
        new FileError({
          problem: `${file} cannot be written: ${systemMessage(error)}.`,
          cost: `The pictures are saved, and cost ${spent(outcomes)}.`,
          advice: "Free some space; `openrouter-images gallery` makes a page of the saved pictures."
        })
    )
  )

/** In a terminal the lines of the models say it already. */
const tellOutcome = (run: Saving.Run, { request }: Batch.Item) =>
  Effect.gen(function* () {
    if ((yield* (yield* Screen).stderr).isTerminal) return
    yield* Console.error(Live.line(request.model, run.progress.get(request), 0))
  })

const reportCancelled = (folder: string, outcomes: ReadonlyArray<Outcome.Outcome>) => {
  const pictures = outcomes.flatMap((one) => one.pictures).length
  const open = outcomes.filter(({ billing, emulated }) => billing === "unknown" && !emulated).map(({ model }) => model)
  const may = open.length === 0 ? "nothing else is billed" : `may have been billed: ${open.join(", ")}`
  return Console.error(sanitize(`cancelled: ${pluralize(pictures, "picture")} saved in ${folder}; ${may}`))
}

/** Makes the pictures of all models, with a page and a table. A model that fails takes nothing from the others. */
export const compare = (
  options: CompareOptions
): Effect.Effect<
  void,
  ComparisonError | FileError | UsageError,
  Images.Images | Connection.Connection | Screen | Opener.Opener | FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function* () {
    const { emulated } = yield* Connection.Connection
    const paths = yield* Path.Path
    const requestOptions = yield* Timeout.ofOptions(options)
    const requests = yield* requestsOf(options)
    const folder = options.out
    const page = paths.join(folder, "index.html")
    yield* Save.prepare(folder)
    yield* checkFree(page)
    yield* tellPrices(requests, emulated)
    const run: Saving.Run = { folder, provenance: !options.noProvenance, emulated, progress: new Map() }
    const outcomes = Effect.sync(() => Saving.outcomesOf(run, requests))
    const write = Effect.flatMap(outcomes, (all) => writePage(page, requests[0]?.prompt ?? "", all))
    yield* Batch.run(requests, { concurrency: requests.length, options: requestOptions }).pipe(
      Stream.runForEach((item) => tellOutcome(run, item)),
      Effect.provide(Saving.layer(run, Limits.layer(options))),
      Live.withLines(run, requests),
      Effect.onInterrupt(() =>
        Effect.zipRight(
          Effect.ignore(write),
          Effect.flatMap(outcomes, (all) => reportCancelled(folder, all))
        )
      )
    )
    yield* write
    const all = yield* outcomes
    if (options.json) yield* Print.json({ page, costUsd: sumOf(all), emulated, models: all.map(Outcome.document) })
    else {
      yield* Console.log(yield* listing(Outcome.columns, all))
      yield* Link.print(page)
    }
    yield* Print.note([["cost", emulated ? `${spent(all)} (${Cost.nothingBilled})` : spent(all)]])
    for (const line of all.flatMap(Outcome.askLine)) yield* Console.error(line)
    if (options.open) yield* Opener.openFiles([page])
    const failed = all.flatMap(Outcome.failedOf)
    if (failed.length > 0) return yield* new ComparisonError({ models: requests.length, failed, emulated })
  })

export const command = Command.make({
  name: "compare",
  summary: "Make one picture with several models, side by side on a page",
  usage: "--model ID --model ID [options] [prompt]",
  stdout: "a table of the models on stdout, and below it the path of the page",
  examples: ["openrouter-images compare 'a paper boat' --model krea/krea-2 --model bytedance-seed/seedream-4.5 --open"],
  config,
  run: (options) => Effect.provide(compare(options), Connection.layer(options.emulator, "pictures"))
})

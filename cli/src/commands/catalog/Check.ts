/** `openrouter-images check`: who accepts a request, why others do not, and the nearest request that is accepted. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { type Catalog, type Errors, type Images, type ImagesSchema, Preflight } from "effect-openrouter-images"
import { formatQuestion } from "../../failure/DidYouMean.js"
import { type FileError, UsageError } from "../../failure/Failure.js"
import * as CommandLine from "../../options/CommandLine.js"
import * as Flag from "../../options/Flag.js"
import { nameOptions, optionOf } from "../../options/OptionName.js"
import * as RequestOptions from "../../options/RequestOptions.js"
import { listing, width } from "../../output/Listing.js"
import * as Print from "../../output/Print.js"
import { type Column, lines } from "../../output/Table.js"
import { sanitize } from "../../output/Text.js"
import * as LiveLine from "../../terminal/LiveLine.js"
import type { Screen } from "../../terminal/Screen.js"
import * as Command from "../Command.js"
import { ask, layer } from "./Ask.js"
import { isOfModel, meantBy, withSuggestion } from "./UnknownModel.js"

const config = { ...RequestOptions.config, emulator: Flag.emulator }

type Options = RequestOptions.RequestOptions & { readonly emulator: boolean }

const longest = 40

/** A value as it was given, cut if it is long; for references, their number. */
const formatValue = (value: unknown): string => {
  if (Array.isArray(value)) return String(value.length)
  const text = Array.from(String(value ?? ""))
  return text.length > longest ? `${text.slice(0, longest).join("")}...` : text.join("")
}

/** How many of the accepted values are named. */
const mostAllowed = 10

/** Whether a model is by the author of another. */
const isRelative = (model: string, other: unknown): boolean => String(other).split("/")[0] === model.split("/")[0]

/** The accepted values, unless the reason names them already; of models, those of the same author. */
const allowedOf = (finding: Preflight.Finding): string => {
  const { allowed, reason, value } = finding
  if (!Array.isArray(allowed) || allowed.length === 0 || reason.includes(allowed.join(", "))) return ""
  if (isOfModel(finding) && !allowed.some((model) => isRelative(model, value)))
    return " (`openrouter-images models` lists them)"
  const more = allowed.length > mostAllowed ? ` and ${allowed.length - mostAllowed} more` : ""
  return ` (available: ${allowed.slice(0, mostAllowed).join(", ")}${more})`
}

/** The reason without the value, which has a column of its own. */
const whyOf = (finding: Preflight.Finding): string =>
  nameOptions(finding.reason.replace(/, got .*$/su, "")) + allowedOf(finding)

const columns: ReadonlyArray<Column<Preflight.Finding>> = [
  { title: "OPTION", cell: ({ path }) => optionOf(path) },
  { title: "VALUE", cell: ({ value }) => formatValue(value) || "-" },
  { title: "WHY", cell: whyOf },
  {
    title: "WHERE",
    cell: ({ endpoints }) => endpoints.map(({ providerName }) => providerName).join(", ") || "everywhere"
  }
]

const changeOf = (change: Preflight.Change): string => {
  const option = optionOf([change.parameter])
  if (!("to" in change)) return `${option} ${formatValue(change.from)} is left out`
  return "from" in change
    ? `${option} ${formatValue(change.from)} becomes ${formatValue(change.to)}`
    : `${option} ${formatValue(change.to)} is added`
}

/** The nearest accepted request: its changes, and the line to type. */
const describeFit = (
  request: ImagesSchema.ImageGenerationRequest,
  { changes, request: nearest }: Preflight.Fit,
  options: Options
): Effect.Effect<string, never, Screen> =>
  Effect.map(width, (width) => {
    const rows = changes.map((change, i) => [i === 0 ? "nearest" : "", sanitize(changeOf(change))] as const)
    return `${lines(rows, width)}\n\n${sanitize(CommandLine.of(nearest, request, options))}`
  })

/** What the request becomes with a model that may be meant. */
const fitWith = (request: ImagesSchema.ImageGenerationRequest, model: string) =>
  Effect.map(Preflight.fit({ ...request, model }), (fit) => ({
    ...fit,
    changes: [{ parameter: "model" as const, from: request.model, to: model }, ...fit.changes]
  }))

/** Of a model that there is not, nothing is known but its name: another is near by that alone. */
const fitOther = (request: ImagesSchema.ImageGenerationRequest, options: Options) =>
  Effect.gen(function* () {
    const meant = yield* meantBy(request.model)
    const [model] = meant
    if (model === undefined) return "nearest  there is no model of such a name"
    if (meant.length > 1) {
      yield* LiveLine.printAbove(Print.note([["model", `${request.model}: ${formatQuestion(meant)}`]]))
    }
    return yield* describeFit(request, yield* fitWith(request, model), options)
  })

/** The nearest request that is accepted, or that there is none. */
const describeNearest = (
  request: ImagesSchema.ImageGenerationRequest,
  isOther: boolean,
  options: Options
): Effect.Effect<string, Errors.ListModelEndpointsError, Catalog.Catalog | Images.Images | Screen> =>
  (isOther
    ? fitOther(request, options)
    : Effect.flatMap(Preflight.fit(request), (fit) => describeFit(request, fit, options))
  ).pipe(Effect.catchTag("InvalidRequestError", () => Effect.succeed("nearest  there is none")))

const refusal = (model: string): UsageError =>
  new UsageError({
    problem: `No endpoint of ${model} accepts the request.`,
    advice: "Change what is named above."
  })

/**
 * Checks a request, endpoint by endpoint. Nothing is sent but questions to the catalogue. If no endpoint accepts it,
 * the nearest request that one accepts is shown as the line to type.
 */
export const check = (
  options: Options
): Effect.Effect<
  void,
  Errors.ListModelEndpointsError | FileError | UsageError,
  Catalog.Catalog | Images.Images | Screen | FileSystem.FileSystem
> =>
  Effect.gen(function* () {
    const request = yield* RequestOptions.toRequest(options)
    const { eligible, issues, ok } = yield* ask("endpoints", Preflight.check(request))
    const providers = eligible.map(({ providerName }) => providerName).join(", ")
    yield* Console.log(
      sanitize(ok ? `accepted by ${providers}` : `refused: no endpoint of ${request.model} accepts it`)
    )
    for (const severity of ["error", "warning"] as const) {
      const found = issues.filter((issue) => issue.severity === severity)
      if (found.length === 0) continue
      const title = severity === "warning" ? "warnings: the request is accepted anyway\n" : ""
      yield* Console.log(`\n${title}${yield* listing(columns, found)}`)
    }
    if (ok) return
    const nearest = describeNearest(request, issues.some(isOfModel), options)
    yield* Console.log(`\n${yield* ask("nearest request", nearest)}`)
    return yield* refusal(request.model)
  })

export const command = Command.make({
  name: "check",
  summary: "Show who accepts a request and what is wrong with it, without sending it",
  usage: "[options] [prompt]",
  stdout: "the answer on stdout",
  examples: ["openrouter-images check 'a paper boat' --model krea/krea-2 --resolution 4K"],
  config,
  run: (options) => check(options).pipe(withSuggestion(options.model), Effect.provide(layer(options.emulator)))
})

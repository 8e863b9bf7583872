/** `quote` and `list_models`: what pictures may cost, which costs nothing to ask. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Catalog, type ImagesSchema, Quote } from "effect-openrouter-images"
import * as PriceRange from "../../../cli/src/commands/catalog/PriceRange.js"
import * as Allowance from "../drawing/Allowance.js"
import * as Consent from "../drawing/Consent.js"
import * as Report from "../drawing/Report.js"
import * as Suggestion from "../drawing/Suggestion.js"
import { Settings } from "../Settings.js"
import * as Words from "../Words.js"
import * as Parameters from "./Parameters.js"
import * as Tool from "./Tool.js"

const { Prompt, references, shape, toRequest } = Parameters

export const quote = Tool.register({
  name: "quote",
  title: "Say what a request may cost",
  description:
    "Says what `generate` would cost at least and at most with the same parameters, whether the person would be " +
    "asked, and what is left of the budget. Sends nothing, costs nothing.",
  readOnly: true,
  parameters: Schema.Struct({ prompt: Prompt, ...shape, references }),
  run: ({ prompt, references, ...shape }) =>
    Effect.gen(function* () {
      const { askAboveUsd } = yield* Settings
      const request = yield* toRequest(prompt, shape, references)
      const left = yield* Allowance.status
      const describe = (found: Quote.Quote) =>
        Words.lines([
          ["price", Quote.formatUsdRange(found)],
          ...found.reasons.map((reason) => ["why", reason] as const),
          ["model", request.model],
          ["asks the person", Consent.isNeeded(found, askAboveUsd) ? "yes" : "no"],
          ["budget", left]
        ])
      return yield* Quote.estimate(request).pipe(
        Effect.map((found) => Report.text(describe(found))),
        Suggestion.answering(request.model)
      )
    })
})

/** As many as an agent reads. */
const mostModels = 100

const supportOf = ({ supportedParameters, supportsStreaming }: ImagesSchema.ImageModelListItem): string =>
  [...(supportsStreaming ? ["streaming"] : []), ...Object.keys(supportedParameters)]
    .map((name) => (name === "input_references" ? "references" : name))
    .join(", ")

export const listModels = Tool.register({
  name: "list_models",
  title: "List the models",
  description:
    "Lists the models that make pictures: the id to use as `model`, what one picture costs, and the parameters that " +
    "it supports. Costs nothing.",
  readOnly: true,
  parameters: Schema.Struct({
    search: Schema.optional(
      Schema.String.pipe(Schema.maxLength(200)).annotations({
        title: "Search",
        description: "Only models whose id or name has this text, such as seedream"
      })
    )
  }),
  run: ({ search = "" }) =>
    Effect.gen(function* () {
      const wanted = search.trim().toLowerCase()
      const models = (yield* Catalog.models).filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(wanted))
      const offers = yield* Catalog.find()
      const rows = models.slice(0, mostModels).map((model) => {
        const price = PriceRange.format(PriceRange.of(offers.filter((offer) => offer.model === model.id)))
        return [model.id, `${price}; ${supportOf(model) || "no parameters"}`] as const
      })
      const more = models.length - rows.length
      if (rows.length === 0) return Report.text("No model fits; leave out `search` to see all.")
      return Report.text(Words.lines([...rows, ["more", more > 0 ? `${more}; use \`search\`` : undefined]]))
    })
})

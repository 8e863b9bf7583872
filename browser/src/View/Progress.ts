/** How the generation stands, in a line, and what it came to. */

import * as Either from "effect/Either"
import { Quote } from "effect-openrouter-images"
import { billing, finished, type Generation } from "../Generation.js"
import { type Html, h } from "../Html.js"
import { costOf } from "../Spending.js"
import type { State } from "../State.js"
import { counted, time } from "../Text.js"

const working = ({ previews, request, retrying, sent, view }: Generation): string => {
  if (retrying !== undefined) return `Trying again: ${retrying}`
  if (!sent) return "Starting…"
  if (view.completed.length > 0) return `${view.completed.length} of ${counted(request.n ?? 1, "picture")} finished`
  if (previews > 0) return `Drawing: preview ${previews}`
  return view.markup === "" ? "Waiting for the first preview" : "Drawing"
}

/** Announced to those who do not see the page, so it holds nothing that ticks. */
export const status = ({ generation, models }: State): string => {
  if (generation === undefined) return models && Either.isLeft(models) ? "The models could not be listed." : "Ready"
  switch (generation.outcome._tag) {
    case "Working":
      return working(generation)
    case "Done":
      return `${counted(finished(generation).length, "picture")} finished`
    case "Cancelled":
      return "Cancelled"
    default:
      return "Failed"
  }
}

export const clock = ({ generation }: State): string =>
  generation?.elapsed === undefined ? "" : time(generation.elapsed)

const fact = (name: string, value: string): Html => h("div", {}, h("dt", {}, name), h("dd", {}, value))

const cost = (generation: Generation): string => {
  const usd = costOf(generation.view)
  if (usd !== undefined) return Quote.formatUsd(usd)
  if (generation.outcome._tag === "Working") return "…"
  return billing(generation) === "notBilled" ? "nothing" : "not known"
}

export const facts = ({ generation }: State): ReadonlyArray<Html> =>
  generation === undefined
    ? []
    : [
        h(
          "dl",
          { class: "facts" },
          fact("Cost", cost(generation)),
          fact("Quoted", generation.quote === undefined ? "not known" : Quote.formatUsdRange(generation.quote)),
          fact("Model", generation.request.model)
        )
      ]

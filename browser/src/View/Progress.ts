/** How the generation stands, in a line, and what it came to. */

import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import { billing, finished, type Generation } from "../Generation.js"
import { type Html, h } from "../Html.js"
import { costOf } from "../Spending.js"
import type { State } from "../State.js"
import { counted, time } from "../Text.js"
import { dollarRange, dollars } from "./Price.js"

/** `preview 2`, and of how many where that can be guessed. */
export const previewOf = ({ previews, usualPreviews = 0 }: Generation): string =>
  usualPreviews < previews ? `preview ${previews}` : `preview ${previews} of about ${usualPreviews}`

const working = (generation: Generation): string => {
  const { previews, request, retrying, sent, view } = generation
  if (retrying !== undefined) return `Trying again: ${retrying}`
  if (!sent) return "Starting…"
  if (view.completed.length > 0) return `${view.completed.length} of ${counted(request.n ?? 1, "picture")} finished`
  if (previews > 0) return `Drawing: ${previewOf(generation)}`
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

export const clock = ({ generation }: State): string => (generation === undefined ? "" : time(generation.elapsed))

/** That the server is still there, although nothing new is to be seen. */
export const signs = ({ generation }: State): string => {
  if (generation?.outcome._tag !== "Working" || generation.heardAt === undefined) return ""
  const { elapsed, heardAt, keepAlives } = generation
  const silence = Math.floor(Duration.toSeconds(Duration.subtract(elapsed, heardAt)))
  const last = silence < 1 ? "heard just now" : `heard ${silence} s ago`
  return keepAlives === 0 ? last : `${last}, ${counted(keepAlives, "keep-alive")}`
}

const fact = (name: string, value: string): Html => h("div", {}, h("dt", {}, name), h("dd", {}, value))

const cost = (generation: Generation, state: State): string => {
  const usd = costOf(generation.view)
  if (usd !== undefined) return dollars(usd, state)
  if (generation.outcome._tag === "Working") return "…"
  return state.emulated || billing(generation) === "notBilled" ? "nothing" : "not known"
}

export const facts = (state: State): ReadonlyArray<Html> => {
  const { generation } = state
  if (generation === undefined) return []
  const { quote, request } = generation
  return [
    h(
      "dl",
      { class: "facts" },
      fact("Cost", cost(generation, state)),
      fact("Quoted", quote === undefined ? "not known" : dollarRange(quote, state)),
      fact("Model", request.model)
    )
  ]
}

/** The parts of the form that follow from the models. */
import type { ImagesSchema } from "effect-openrouter-images"
import { choicesOf, type Enumeration, mostPictures, needsReferences, summary } from "../Capabilities.js"
import { type Choice, proportion } from "../Choice.js"
import { type Html, h } from "../Html.js"
import type { Rehearsal } from "../Rehearsal.js"
import { chosenModel, listed, type State } from "../State.js"
import { dollarRange } from "./Price.js"

type Model = ImagesSchema.ImageModelListItem

const label = (model: Model, state: State): string => {
  const quote = state.quotes.byModel.get(model.id)
  if (Object.keys(model.supportedParameters).length === 0) return `${model.name} · nobody serves it yet`
  if (needsReferences(model)) return `${model.name} · needs a reference picture`
  if (quote === undefined) return model.name
  return `${model.name} · ${quote._tag === "Left" ? "not known" : dollarRange(quote.right, state)}`
}

export const models = (state: State): ReadonlyArray<Html> => {
  const all = listed(state)
  if (all.length === 0) return [h("option", { value: "" }, state.models === undefined ? "Asking…" : "None")]
  return all.map((model) =>
    h(
      "option",
      { value: model.id, selected: model.id === state.choice.model, disabled: needsReferences(model) },
      label(model, state)
    )
  )
}

export const capabilities = (state: State): ReadonlyArray<Html> => {
  const model = chosenModel(state)
  return model === undefined
    ? []
    : [
        ...(model.description === model.name ? [] : [h("p", { class: "hint" }, model.description)]),
        h("ul", { class: "chips", "aria-label": "What it can do" }, ...summary(model).map((one) => h("li", {}, one)))
      ]
}

const ratio = (value: string, { aspectRatio }: Choice): Html =>
  h(
    "label",
    { class: "ratio" },
    h("input", { type: "radio", name: "aspectRatio", value, checked: value === aspectRatio }),
    h("span", { class: value === "" ? "shape any" : "shape", style: { "--ratio": String(proportion(value)) } }),
    h("span", {}, value === "" ? "Auto" : value)
  )

/** The values of a parameter, the first of which leaves it out. */
export const options = (state: State, name: Enumeration): ReadonlyArray<Html> => {
  const model = chosenModel(state)
  return ["", ...(model === undefined ? [] : choicesOf(model, name))].map((value) =>
    h("option", { value, selected: value === state.choice[name] }, value === "" ? "Auto" : value)
  )
}

export const ratios = (state: State): ReadonlyArray<Html> => {
  const model = chosenModel(state)
  return ["", ...(model === undefined ? [] : choicesOf(model, "aspectRatio"))].map((value) =>
    ratio(value, state.choice)
  )
}

export const count = (state: State): string => {
  const model = chosenModel(state)
  if (model === undefined) return ""
  const most = mostPictures(model)
  return most === 1 ? "only 1" : `${state.choice.pictures} of ${most}`
}

export const rehearsals = (all: ReadonlyArray<Rehearsal>, { rehearsal }: Choice): ReadonlyArray<Html> =>
  all.map(({ id, label }) => h("option", { value: id, selected: id === rehearsal }, label))

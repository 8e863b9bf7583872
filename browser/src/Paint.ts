/** Puts the views into the page. */
import { choicesOf, type Enumeration, mostPictures, takesSeed } from "./Capabilities.js"
import { patch } from "./Dom.js"
import * as ObjectUrls from "./ObjectUrls.js"
import type { Page } from "./Page.js"
import { rehearsals } from "./Rehearsal.js"
import { chosenModel, isWorking, type State } from "./State.js"
import * as Choosing from "./View/Choosing.js"
import { command } from "./View/Command.js"
import * as Price from "./View/Price.js"
import * as Progress from "./View/Progress.js"
import { session } from "./View/Session.js"
import * as Stage from "./View/Stage.js"
import { trouble } from "./View/Trouble.js"

/** Only what the model takes can be chosen. */
const paintParameters = (page: Page, state: State): void => {
  const model = chosenModel(state)
  const fields = [
    ["quality", page.qualityField, page.quality],
    ["resolution", page.resolutionField, page.resolution],
    ["outputFormat", page.formatField, page.format]
  ] satisfies ReadonlyArray<readonly [Enumeration, HTMLElement, HTMLSelectElement]>
  for (const [name, field, select] of fields) {
    field.hidden = model === undefined || choicesOf(model, name).length === 0
    patch(select, Choosing.options(state, name))
  }
  page.seedField.hidden = model === undefined || !takesSeed(model)
  if (page.seedField.hidden) page.seed.value = ""
}

const paintCommand = (page: Page, state: State): void => {
  const line = command(state)
  page.commandBox.hidden = line === ""
  patch(page.commandPrice, [Price.figure(state)])
  if (page.command.textContent !== line) {
    patch(page.command, [line])
    patch(page.copied, [])
  }
}

const paintForm = (page: Page, state: State): void => {
  const model = chosenModel(state)
  const most = model === undefined ? 1 : mostPictures(model)
  patch(page.model, Choosing.models(state))
  patch(page.capabilities, Choosing.capabilities(state))
  patch(page.ratios, Choosing.ratios(state))
  patch(page.count, [Choosing.count(state)])
  patch(page.rehearsal, Choosing.rehearsals(rehearsals, state.choice))
  patch(page.keyState, [state.holdsKey ? "in memory" : "none"])
  patch(page.price, Price.amount(state))
  patch(page.why, [Price.why(state)])
  page.pictures.max = String(most)
  page.pictures.value = String(state.choice.pictures)
  page.pictures.disabled = most === 1
  page.forget.disabled = !state.holdsKey
}

/** Not `disabled`: a button that is so loses the focus, and with it the place of who goes by keyboard. */
const paintButtons = (page: Page, state: State): void => {
  page.generate.setAttribute("aria-disabled", String(isWorking(state) || chosenModel(state) === undefined))
  page.cancel.setAttribute("aria-disabled", String(!isWorking(state)))
  page.result.setAttribute("aria-busy", String(isWorking(state)))
}

/** Of one page: it knows which pictures have an address. */
export const make = (page: Page): ((state: State) => void) => {
  const urls = ObjectUrls.make()
  return (state) => {
    paintForm(page, state)
    paintParameters(page, state)
    paintCommand(page, state)
    paintButtons(page, state)
    const urlOf = urls.add(Stage.shown(state))
    patch(page.stage, Stage.stage(state, urlOf))
    urls.keepOnly(Stage.shown(state))
    patch(page.status, [Progress.status(state)])
    patch(page.clock, [Progress.clock(state)])
    patch(page.signs, [Progress.signs(state)])
    patch(page.facts, Progress.facts(state))
    patch(page.trouble, trouble(state))
    patch(page.session, session(state))
  }
}

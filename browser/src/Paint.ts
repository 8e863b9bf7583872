/** Puts the views into the page. */
import { mostPictures } from "./Capabilities.js"
import { patch } from "./Dom.js"
import * as ObjectUrls from "./ObjectUrls.js"
import type { Page } from "./Page.js"
import { rehearsals } from "./Rehearsal.js"
import { chosenModel, isWorking, type State } from "./State.js"
import * as Choosing from "./View/Choosing.js"
import * as Price from "./View/Price.js"
import * as Progress from "./View/Progress.js"
import { session } from "./View/Session.js"
import * as Stage from "./View/Stage.js"
import { trouble } from "./View/Trouble.js"

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
    paintButtons(page, state)
    const urlOf = urls.add(Stage.shown(state))
    patch(page.stage, Stage.stage(state, urlOf))
    urls.keepOnly(Stage.shown(state))
    patch(page.status, [Progress.status(state)])
    patch(page.clock, [Progress.clock(state)])
    patch(page.facts, Progress.facts(state))
    patch(page.trouble, trouble(state))
    patch(page.session, session(state))
  }
}

/** The script that makes a page live: it puts the parts into the page that the server has written and escaped. */
export const script = `"use strict"
const live = document.getElementById("live")
const said = (text) => {
  live.hidden = false
  live.textContent = text
  live.dataset.state = text
}
const elementsOf = (html) => {
  const template = document.createElement("template")
  template.innerHTML = html
  return template.content
}
// Cards that have not changed stay the same elements: pictures are not loaded again, and what has the focus keeps it.
const reconcile = (list, html) => {
  const next = [...elementsOf(html).children]
  const keys = new Set(next.map(({ dataset }) => dataset.key))
  for (const child of [...list.children]) if (!keys.has(child.dataset.key)) child.remove()
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]))
  let place = list.firstElementChild
  for (const child of next) {
    const before = old.get(child.dataset.key)
    const isSame = before !== undefined && before.dataset.version === child.dataset.version
    const element = isSame ? before : child
    if (before !== undefined && !isSame) {
      if (place === before) place = before.nextElementSibling
      before.remove()
    }
    if (element === place) place = place.nextElementSibling
    else {
      list.insertBefore(element, place)
      if (before === undefined) element.classList.add("new")
    }
  }
}
const shown = new Map()
const show = ({ announced, parts, title }) => {
  document.title = title
  const voice = document.getElementById("announced")
  if (voice !== null && voice.textContent !== announced) voice.textContent = announced
  for (const [id, html] of Object.entries(parts)) {
    const part = document.getElementById(id)
    if (part === null || shown.get(id) === html) continue
    shown.set(id, html)
    if ("keyed" in part.dataset) reconcile(part, html)
    else part.replaceChildren(elementsOf(html))
  }
}
let source
const listen = () => {
  source?.close()
  source = new EventSource(document.body.dataset.events)
  source.onopen = () => said("live")
  source.onmessage = ({ data }) => show(JSON.parse(data))
  source.onerror = () => {
    said("connecting again")
    // The browser itself tries again, but not after an answer that is no stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => document.hidden || listen(), 5000)
  }
}
// A browser has few connections to one server: a tab that nobody sees leaves them to the others.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) source?.close()
  else listen()
})
if (!document.hidden) listen()
`

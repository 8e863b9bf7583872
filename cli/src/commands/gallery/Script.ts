/** What the page of a gallery does: search, order, keys, and the view of one picture. It only moves what is in the page. */
export const script = `"use strict"
const byId = (id) => document.getElementById(id)
const list = byId("pictures")
const search = byId("search")
const sort = byId("sort")
const viewer = byId("viewer")

const cards = [...list.children].map((element, place) => {
  const prompt = element.querySelector(".prompt").textContent
  const model = element.querySelector(".model")?.textContent ?? ""
  const { cost, time } = element.dataset
  return {
    element, place, prompt, model, link: element.querySelector("a"),
    cost: cost === undefined ? undefined : Number(cost),
    time: time === undefined ? undefined : Number(time),
    words: (prompt + " " + model).toLowerCase()
  }
})
const cardOf = new Map(cards.map((card) => [card.element, card]))
let order = cards
let shown = cards
// The card that had the focus last, which may be out of sight.
let focused

// What has no such value stands last, whichever way.
const by = (value, sign) => (one, other) => {
  const [a, b] = [value(one), value(other)]
  if (a === b) return one.place - other.place
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1
  return a < b ? -sign : sign
}
const orders = {
  newest: (one, other) => one.place - other.place,
  oldest: by(({ time }) => time, 1),
  dearest: by(({ cost }) => cost, -1),
  cheapest: by(({ cost }) => cost, 1),
  model: by(({ model }) => model || undefined, 1)
}

// Only the rows in sight are in the page: all cards have one height.
const columns = () => getComputedStyle(list).gridTemplateColumns.split(" ").length
const measure = () => {
  const gap = Number.parseFloat(getComputedStyle(list).rowGap)
  const height = list.firstElementChild?.offsetHeight ?? 400
  return { across: columns(), height: height + gap, top: list.offsetTop }
}
let grid
const put = (wanted) => {
  const keep = new Set(wanted)
  for (const element of [...list.children]) if (!keep.has(element)) element.remove()
  wanted.forEach((element, i) => {
    if (list.children[i] !== element) list.insertBefore(element, list.children[i] ?? null)
  })
}
const draw = () => {
  const { across, height, top } = grid
  const rows = Math.ceil(shown.length / across)
  const first = Math.max(0, Math.min(Math.floor((scrollY - top) / height) - 2, rows - 1))
  const end = Math.min(rows, Math.ceil((scrollY - top + innerHeight) / height) + 2)
  const inSight = shown.slice(first * across, Math.max(end, first + 1) * across)
  list.style.paddingTop = first * height + "px"
  list.style.paddingBottom = Math.max(0, rows - Math.max(end, first + 1)) * height + "px"
  put(inSight.map(({ element }) => element))
  inSight.forEach(({ element }, i) => {
    element.ariaSetSize = String(shown.length)
    element.ariaPosInSet = String(first * across + i + 1)
  })
}
const resize = () => {
  grid = measure()
  draw()
}
const reveal = (index) => {
  const { across, height, top } = grid
  const y = top + Math.floor(index / across) * height
  const bar = byId("tools").offsetHeight + 16
  if (y - bar < scrollY) scrollTo(0, y - bar)
  else if (y + height > scrollY + innerHeight) scrollTo(0, y + height - innerHeight)
  draw()
  shown[index]?.link.focus({ preventScroll: true })
}

const tell = () => {
  const all = cards.length.toLocaleString("en")
  byId("found").textContent = shown.length === cards.length ? "" : shown.length.toLocaleString("en") + " of " + all + " found"
}
const filter = () => {
  const wanted = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== "")
  shown = order.filter(({ words }) => wanted.every((word) => words.includes(word)))
  focused = undefined
  scrollTo(0, Math.min(scrollY, grid.top - byId("tools").offsetHeight))
  draw()
  tell()
}
const reorder = () => {
  order = [...cards].sort(orders[sort.value])
  filter()
}

let at = -1
const show = (index) => {
  const card = shown[index]
  if (card === undefined) return
  at = index
  const { element, link, prompt } = card
  const image = link.querySelector("img")
  const whole = byId("whole")
  whole.src = image.src
  whole.alt = image.alt
  byId("position").textContent = (index + 1).toLocaleString("en") + " of " + shown.length.toLocaleString("en")
  byId("prompt").textContent = prompt
  byId("prompt-box").hidden = prompt === ""
  byId("facts").replaceChildren(element.querySelector("dl").cloneNode(true))
  const again = [...element.querySelectorAll("pre, .note")]
  byId("again").hidden = again.length === 0
  byId("command").replaceChildren(...again.map((part) => part.cloneNode(true)))
  const file = byId("file")
  file.hidden = link.getAttribute("href").startsWith("#")
  file.href = link.href
  byId("copied").textContent = ""
  byId("previous").disabled = index === 0
  byId("next").disabled = index === shown.length - 1
  if (!viewer.open) viewer.showModal()
  for (const near of [shown[index + 1], shown[index - 1]]) if (near !== undefined) new Image().src = near.link.querySelector("img").src
}
viewer.addEventListener("close", () => {
  byId("whole").removeAttribute("src")
  reveal(at)
})

const copy = async (element) => {
  let word = "Copied"
  try {
    await navigator.clipboard.writeText(element.textContent)
  } catch {
    getSelection().selectAllChildren(element)
    word = "Selected: copy it with Ctrl + C"
  }
  byId("copied").textContent = word
}
byId("copy-prompt").addEventListener("click", () => copy(byId("prompt")))
byId("copy-command").addEventListener("click", () => copy(byId("command").querySelector("code")))
byId("close").addEventListener("click", () => viewer.close())
byId("previous").addEventListener("click", () => show(at - 1))
byId("next").addEventListener("click", () => show(at + 1))
// Beside the picture and its facts is what lies behind.
viewer.addEventListener("click", ({ target }) => target.matches("dialog, .whole") && viewer.close())

list.addEventListener("click", (event) => {
  const link = event.target.closest("a")
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  show(shown.indexOf(cardOf.get(link.closest("li"))))
})

const steps = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: () => -grid.across, ArrowDown: () => grid.across }
const ends = { Home: () => 0, End: () => shown.length - 1 }
const move = (key) => {
  const isOurs = document.activeElement === document.body || list.contains(document.activeElement)
  if (!isOurs || (focused === undefined && key !== "ArrowRight")) return false
  const next = key in ends ? ends[key]() : shown.indexOf(focused) + steps[key]()
  if (shown[next] === undefined) return false
  reveal(next)
  return true
}
list.addEventListener("focusin", ({ target }) => {
  focused = cardOf.get(target.closest("li"))
})
document.addEventListener("keydown", (event) => {
  const { key, target } = event
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("select")) return
  if (target === search) {
    if (key === "Escape") {
      search.value = ""
      filter()
      search.blur()
      event.preventDefault()
    }
    if (key === "ArrowDown" || key === "Enter") {
      if (shown.length > 0) reveal(0)
      event.preventDefault()
    }
  } else if (viewer.open) {
    const index = key in ends ? ends[key]() : key === "ArrowLeft" ? at - 1 : key === "ArrowRight" ? at + 1 : undefined
    if (index === undefined) return
    show(index)
    event.preventDefault()
  } else if (key === "/") {
    search.focus()
    search.select()
    event.preventDefault()
  } else if ((key in steps || key in ends) && move(key)) event.preventDefault()
})

// One frame shows what was typed, the next one what it finds.
let waiting = false
search.addEventListener("input", () => {
  if (waiting) return
  waiting = true
  requestAnimationFrame(() => setTimeout(() => {
    waiting = false
    filter()
  }))
})
sort.addEventListener("change", reorder)
byId("tools").addEventListener("submit", (event) => event.preventDefault())
byId("tools").hidden = false
document.documentElement.classList.add("js")
list.replaceChildren(...cards.slice(0, 60).map(({ element }) => element))
resize()
addEventListener("scroll", draw, { passive: true })
addEventListener("resize", resize)
addEventListener("beforeprint", () => {
  list.style.padding = ""
  put(shown.map(({ element }) => element))
})
addEventListener("afterprint", draw)
// A page that is loaded anew keeps what stands in its fields.
if (search.value !== "" || sort.value !== "newest") reorder()
`

// The emulator's drawing in a page: each prompt is drawn as it is typed.
import { svg } from "../../emulator/dist/drawing/Picture.js"

const find = (id) => document.getElementById(id)
const [form, picture, prompt] = [find("live"), find("live-picture"), find("live-prompt")]
let seed = 7

const draw = () => {
  const words = prompt.value.trim()
  const source = svg({ prompt: words, width: 1120, height: 630, seed, format: "svg", background: "opaque" })
  picture.src = `data:image/svg+xml,${encodeURIComponent(source)}`
  picture.alt = `The emulator's picture of "${words}"`
}

if (form) {
  form.addEventListener("input", draw)
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    seed += 1
    draw()
  })
  form.hidden = false
  document.documentElement.classList.add("site-is-live")
  draw()
}

/** Under water: light from above, sand and weeds below. */
import type { Named } from "../subjects/Naming.js"
import { stroke } from "../subjects/Pen.js"
import { figuresOf, floating } from "./Cast.js"
import type { Frame } from "./Frame.js"
import { between, circle, data, mix, noise, num, path, several, shade, tag, under } from "./Shapes.js"

const rays = (frame: Frame): string => {
  const { height, width } = frame
  return several(5, (i) => {
    const x = width * (0.05 + 0.2 * i + between(frame, -0.05, 0.05))
    const [half, reach] = [width * between(frame, 0.02, 0.05), height * between(frame, 0.6, 0.95)]
    const lean = width * 0.12
    const [left, right] = [x - half * 2.6 - lean, x + half * 2.6 - lean]
    const d = data`M${x - half} -2H${x + half}L${right} ${reach}H${left}Z`
    return tag("path", { d, fill: "url(#ray)" })
  })
}

/** A weed that sways, from its root up. */
const weed = (frame: Frame, x: number, foot: number, tall: number, colour: string): string => {
  const sway = tall * between(frame, 0.08, 0.16) * (frame.random() < 0.5 ? 1 : -1)
  const third = tall / 3
  const turn = (lean: number, end: number) => data`q${lean} ${third / -2} ${end} ${-third}`
  const d = data`M${x} ${foot}` + turn(sway, 0) + turn(-sway, 0) + turn(sway, sway * 0.4)
  return stroke(d, colour, Math.max(1.5, tall * 0.055))
}

const bubbles = (frame: Frame, x: number, y: number): string => {
  const unit = Math.min(frame.width, frame.height)
  return several(9, (i) => {
    const r = unit * between(frame, 0.006, 0.018)
    const [cx, cy] = [x + unit * between(frame, -0.05, 0.05), y - unit * (0.03 + i * 0.052)]
    const line = { fill: frame.palette.paper, "fill-opacity": 0.14, stroke: frame.palette.paper, "stroke-opacity": 0.6 }
    return tag("circle", { cx, cy, r, "stroke-width": unit * 0.0025, ...line })
  })
}

/** Fish far away, all one way. */
const school = (frame: Frame): string => {
  const unit = Math.min(frame.width, frame.height)
  const [x, y] = [frame.width * between(frame, 0.12, 0.8), frame.height * between(frame, 0.12, 0.26)]
  const one = "M-1 0Q-.2-.7 .6-.06L1-.45V.45L.6 .06Q-.2 .7-1 0Z"
  return several(8, () => {
    const [dx, dy] = [unit * between(frame, -0.16, 0.16), unit * between(frame, -0.06, 0.06)]
    const at = `translate(${num(x + dx)} ${num(y + dy)})`
    return tag("path", {
      d: one,
      fill: frame.palette.ink,
      "fill-opacity": 0.28,
      transform: `${at}scale(${num(unit * between(frame, 0.014, 0.022))})`
    })
  })
}

/** The sea from within, and who swims in it. */
export const underwater = (frame: Frame, named: ReadonlyArray<Named>): string => {
  const { height, palette, width } = frame
  const unit = Math.min(width, height)
  const { hills, ink, paper, sky } = palette
  const water = [mix(sky[1], paper, 0.2), mix(sky[0], sky[1], 0.5), mix(sky[0], ink, 0.45)]
  const fade = tag(
    "linearGradient",
    { id: "ray", x1: 0, x2: 0, y1: 0, y2: 1 },
    [0.3, 0].map((opacity, i) => tag("stop", { offset: i, "stop-color": paper, "stop-opacity": opacity })).join("")
  )
  const back =
    tag("defs", {}, shade("sky", 0, height, water) + fade) +
    tag("rect", { width, height: height + 1, fill: "url(#sky)" }) +
    rays(frame)
  const roll = [noise(frame), noise(frame)]
  const floor = (i: number) => (x: number) =>
    height - unit * (i === 0 ? 0.16 : 0.07) - unit * 0.07 * (roll[i]?.(x / (unit * 0.5)) ?? 0)
  const beds = [mix(mix(hills[0], sky[0], 0.55), ink, 0.2), mix(hills[1], ink, 0.55)]
  const bed = (i: number): string => {
    const weeds = several(Math.min(40, (width / unit) * 9), (k) => {
      const x = frame.random() * width
      const clear = Math.abs(x - width / 2) < unit * 0.24 ? 0.4 : 1
      const colour = mix(palette.flats[k % 3] ?? hills[1], beds[i] ?? ink, i === 0 ? 0.62 : 0.45)
      return weed(frame, x, floor(i)(x) + 4, unit * between(frame, 0.12, 0.3) * clear, colour)
    })
    return weeds + path(under(frame, unit / 70, floor(i)), beds[i] ?? ink)
  }
  const stage = { left: width * 0.08, right: width * 0.92, floor: height * 0.84, height: height * 0.74 }
  const swimmers = floating(frame, figuresOf(named), stage, "flying", 5)
  const sand = several(14, () =>
    circle(frame.random() * width, height - unit * between(frame, 0.01, 0.05), unit * 0.004, paper, 0.3)
  )
  return (
    (frame.backdrop ? back + school(frame) : "") +
    (frame.backdrop ? bed(0) : "") +
    swimmers +
    bubbles(frame, width * between(frame, 0.16, 0.3), height * 0.6) +
    bubbles(frame, width * between(frame, 0.7, 0.86), height * 0.8) +
    (frame.backdrop ? bed(1) + sand : "")
  )
}

/** Space: stars, a planet and its moon over dark ground. */
import type { Named } from "../subjects/Naming.js"
import { stars } from "./Air.js"
import { backdropOf, figuresOf, floating } from "./Cast.js"
import { skyline } from "./City.js"
import type { Frame } from "./Frame.js"
import { peaks } from "./Peaks.js"
import { between, circle, mix, noise, num, path, several, shade, tag, under } from "./Shapes.js"

const fading = (id: string, colour: string, opacity: number): string => {
  const stop = (offset: number, share: number) =>
    tag("stop", { offset, "stop-color": colour, "stop-opacity": opacity * share })
  return tag("radialGradient", { id }, stop(0, 1) + stop(0.5, 0.35) + stop(1, 0))
}

/** Clouds of light gas, in the palette's flat colours. */
const nebula = (frame: Frame): string => {
  const unit = Math.max(frame.width, frame.height)
  return several(3, (i) => {
    const [x, y] = [frame.random() * frame.width, frame.random() * frame.height * 0.7]
    const r = unit * between(frame, 0.3, 0.55)
    return fading(`gas${i}`, frame.palette.flats[i % 4] ?? frame.palette.paper, 0.34) + circle(x, y, r, `url(#gas${i})`)
  })
}

/** A few near stars with rays. */
const bright = (frame: Frame): string => {
  const unit = Math.min(frame.width, frame.height)
  return several(7, () => {
    const [x, y, r] = [
      frame.random() * frame.width,
      frame.random() * frame.height * 0.7,
      unit * between(frame, 0.008, 0.02)
    ]
    const transform = `translate(${num(x)} ${num(y)})scale(${num(r)})`
    return path("M0-1Q.08-.08 1 0Q.08 .08 0 1Q-.08 .08-1 0Q-.08-.08 0-1Z", frame.palette.paper, transform)
  })
}

/** A planet with bands and a ring, lit from the upper left. */
const planet = (frame: Frame, x: number, y: number, r: number): string => {
  const { flats, ink, paper } = frame.palette
  const [base, stripe] = [flats[0], mix(flats[0], flats[2], 0.6)]
  const tilt = num(between(frame, -24, -12))
  const bands = several(5, (i) => {
    const [top, height] = [-0.8 + i * 0.36 + between(frame, -0.06, 0.06), between(frame, 0.08, 0.2)]
    const fill = i % 2 === 0 ? stripe : mix(base, paper, 0.35)
    return tag("rect", { x: -1.1, y: top, width: 2.2, height, fill })
  })
  const disc = tag("clipPath", { id: "disc" }, circle(0, 0, 1, paper))
  const night = circle(0.42, 0.36, 1.3, "none") + path("M.2-1.2A1.25 1.25 0 0 1 -.9 .95L1.5 1.5V-1.2Z", ink)
  const shadow = tag("g", { opacity: 0.28 }, night)
  const body = tag("g", { "clip-path": "url(#disc)" }, circle(0, 0, 1, base) + bands + shadow)
  const ring = (sweep: 0 | 1) =>
    tag("path", {
      d: `M-1.75 0A1.75 .42 0 0 ${sweep} 1.75 0`,
      fill: "none",
      stroke: mix(paper, flats[1], 0.3),
      "stroke-width": 0.13
    })
  const transform = `translate(${num(x)} ${num(y)})rotate(${tilt})scale(${num(r)})`
  return disc + tag("g", { transform }, ring(1) + body + ring(0))
}

const moon = (frame: Frame, x: number, y: number, r: number): string => {
  const { flats, sun } = frame.palette
  const craters = several(4, (i) => {
    const [angle, out] = [i * 1.7 + frame.random(), between(frame, 0.2, 0.6) * r]
    return circle(x + Math.cos(angle) * out, y + Math.sin(angle) * out, r * between(frame, 0.1, 0.22), flats[1], 0.35)
  })
  return circle(x, y, r, sun) + craters
}

/** A rocket on its way up, one unit long. */
const rocket = ({ palette }: Frame): string => {
  const { flats, paper, sun } = palette
  const flame = path("M-.09 .42Q0 1 .09 .42Z", sun) + path("M-.05 .42Q0 .75 .05 .42Z", flats[0])
  const fins = path("M-.15 .12L-.3 .46L-.12 .38Z", flats[2]) + path("M.15 .12L.3 .46L.12 .38Z", flats[2])
  const body = path("M0-.55Q.2-.25 .15 .2L.11 .42H-.11L-.15 .2Q-.2-.25 0-.55Z", paper)
  const nose = path("M0-.55Q.12-.37 .152-.2H-.152Q-.12-.37 0-.55Z", flats[2])
  return flame + fins + body + nose + circle(0, -0.04, 0.085, flats[1]) + circle(0, -0.04, 0.055, palette.ink)
}

const isRocket = /\b(rockets?|space ?ships?|spacecraft|shuttle)\b/i

const launched = (frame: Frame, x: number, y: number, size: number): string =>
  isRocket.test(frame.prompt)
    ? tag("g", { transform: `translate(${num(x)} ${num(y)})rotate(24)scale(${num(size)})` }, rocket(frame))
    : ""

/** The ground of some moon: its edge, and another range behind it. */
const ground = (frame: Frame): string => {
  const { height, palette, width } = frame
  const unit = Math.min(width, height)
  return several(2, (i) => {
    const [bumps, fine] = [noise(frame), noise(frame)]
    const base = height - unit * (i === 0 ? 0.1 : 0.04)
    const y = (x: number) => base - unit * (0.09 * bumps(x / (unit * 0.5)) + 0.014 * fine(x / (unit * 0.07)) - 0.04)
    return path(under(frame, unit / 90, y), i === 0 ? mix(palette.ink, palette.sky[1], 0.6) : palette.ink)
  })
}

/** Stars, a planet with a ring and its moon; a rocket and figures that float where the prompt names them. */
export const space = (frame: Frame, named: ReadonlyArray<Named> = []): string => {
  const { height, palette, width } = frame
  const unit = Math.min(width, height)
  const left = frame.random() < 0.5
  const across = (share: number) => width * (left ? share : 1 - share)
  const dark = [mix(palette.sky[0], palette.ink, 0.35), palette.sky[0], mix(palette.sky[0], palette.sky[1], 0.75)]
  const paint =
    tag("defs", {}, shade("sky", 0, height, dark)) + tag("rect", { width, height: height + 1, fill: "url(#sky)" })
  const sky = frame.backdrop ? paint + nebula(frame) + stars(frame, height) + bright(frame) : ""
  const [x, y, r] = [
    across(between(frame, 0.3, 0.36)),
    height * between(frame, 0.34, 0.42),
    unit * between(frame, 0.16, 0.2)
  ]
  const second = moon(
    frame,
    across(between(frame, 0.78, 0.86)),
    height * between(frame, 0.14, 0.22),
    unit * between(frame, 0.045, 0.065)
  )
  const figures = figuresOf(named)
  const mountains = backdropOf(named, "mountain") === undefined ? "" : peaks(frame, height - unit * 0.05, unit * 0.36)
  const city = backdropOf(named, "city") === undefined ? "" : skyline(frame, height - unit * 0.05, unit * 0.36)
  const heavens = sky + second + planet(frame, x, y, r) + mountains + city + (frame.backdrop ? ground(frame) : "")
  if (figures.length === 0) return heavens + launched(frame, across(0.72), height * 0.56, unit * 0.3)
  const alone = figures.length === 1 && figures[0]?.count === 1
  const [near, far] = [across(alone ? 0.4 : 0.06), across(alone ? 0.98 : 0.94)]
  const stage = { left: Math.min(near, far), right: Math.max(near, far), floor: height * 0.91, height: height * 0.8 }
  return (
    heavens + launched(frame, across(0.14), height * 0.72, unit * 0.2) + floating(frame, figures, stage, "flying", 12)
  )
}

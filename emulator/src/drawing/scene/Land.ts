/** Ground under a sky, and who stands on it. */
import type { Named } from "../subjects/Naming.js"
import { air, birds } from "./Air.js"
import { backdropOf, figuresOf, floating, standing } from "./Cast.js"
import { skyline } from "./City.js"
import type { Frame } from "./Frame.js"
import { forest } from "./Hills.js"
import { peaks } from "./Peaks.js"
import { between, circle, data, mix, noise, path, ramp, several, shade, tag, under } from "./Shapes.js"

export const isSnowy = ({ prompt }: Frame): boolean =>
  /\b(blizzard|frozen|glaciers?|icy?|snow\w*|winter\w*)\b/i.test(prompt)

const isWooded = ({ prompt }: Frame): boolean => /\b(forests?|jungle|pines?|woods?|woodland|bamboo)\b/i.test(prompt)

const isAloft = ({ prompt }: Frame): boolean => /\b(fl(y|ies|ying|ight)|hover\w*|sky|soar\w*)\b/i.test(prompt)

/** Hills far away, hazier the farther. */
const range = (frame: Frame, base: number, amp: number, colour: string): string => {
  const unit = Math.min(frame.width, frame.height)
  const [bumps, fine] = [noise(frame), noise(frame)]
  const y = (x: number) => base - amp * (bumps(x / (unit * 0.42)) + 0.12 * fine(x / (unit * 0.07)) - 0.3)
  return path(under(frame, unit / 70, y), colour)
}

const isBlooming = ({ prompt }: Frame): boolean => /\b(bloom\w*|gardens?|meadows?|parks?|spring)\b/i.test(prompt)

/** Small flowers all over the ground, larger the nearer. */
const blooms = (frame: Frame, top: number): string => {
  const { height, palette, width } = frame
  const unit = Math.min(width, height)
  return several(Math.min(160, (56 * width) / unit), () => {
    const near = frame.random()
    const r = unit * (0.003 + 0.006 * near)
    const colour = [palette.flats[0], palette.flats[2], palette.paper, palette.sun][Math.floor(frame.random() * 4)]
    return circle(frame.random() * width, top + (height - top) * (0.12 + 0.8 * near), r, colour ?? palette.paper)
  })
}

/** What stands between the sky and the ground. */
const distance = (frame: Frame, named: ReadonlyArray<Named>, horizon: number): string => {
  const { height, palette, width } = frame
  const unit = Math.min(width, height)
  const hazy = (t: number) => mix(ramp(palette, t), palette.sky[2], 0.55 - t)
  const mountains = backdropOf(named, "mountain") === undefined ? "" : peaks(frame, horizon + unit * 0.02, unit * 0.42)
  const city = backdropOf(named, "city")
  const alone = figuresOf(named).length === 0
  const tall = Math.min(height * (alone ? 0.66 : 0.52), unit * (alone ? 0.8 : 0.56))
  if (city !== undefined) return mountains + skyline(frame, horizon + unit * 0.05, tall)
  const far = mountains === "" ? range(frame, horizon - unit * 0.02, unit * 0.2, hazy(0.08)) : mountains
  return far + range(frame, horizon + unit * 0.03, unit * 0.1, hazy(0.3))
}

/** Blades along the lower edge, nearer than everything else. */
const grass = (frame: Frame): string => {
  const { height, palette, width } = frame
  const unit = Math.min(width, height)
  const blades = several(Math.min(220, width / (unit * 0.014)), () => {
    const [x, tall] = [frame.random() * width, unit * between(frame, 0.018, 0.05)]
    const [lean, half] = [between(frame, -0.5, 0.5) * tall, unit * 0.0035]
    const [x1, foot, y] = [x + lean, height + 2, height - tall * 0.55]
    const tip = height - unit * 0.012 - tall
    return data`M${x - half} ${foot}Q${x} ${y} ${x1} ${tip}Q${x + half * 2} ${y} ${x + half} ${foot}Z`
  })
  return path(blades, palette.ink) + range(frame, height - unit * 0.006, unit * 0.014, palette.ink)
}

const flakes = (frame: Frame): string => {
  const unit = Math.min(frame.width, frame.height)
  return several(Math.min(260, (110 * Math.max(frame.width, frame.height)) / unit), () =>
    circle(
      frame.random() * frame.width,
      frame.random() * frame.height,
      unit * between(frame, 0.0022, 0.0065),
      "#ffffff",
      between(frame, 0.5, 0.95)
    )
  )
}

/** A street with a kerb and a broken line along its middle. */
const street = (frame: Frame, top: number): string => {
  const { hills, ink, paper } = frame.palette
  const { height, width } = frame
  const unit = Math.min(width, height)
  const road = mix(hills[1], ink, 0.55)
  const dash = unit * 0.13
  const dashes = several(width / (dash * 1.7) + 1, (i) =>
    tag("rect", {
      x: i * dash * 1.7 - dash * 0.4,
      y: height - unit * 0.045,
      width: dash,
      height: unit * 0.012,
      rx: unit * 0.003
    })
  )
  return (
    tag("rect", { y: top, width, height: height - top + 2, fill: mix(hills[0], hills[1], 0.62) }) +
    tag("rect", { y: height - unit * 0.1, width, height: unit * 0.1 + 2, fill: road }) +
    tag("rect", { y: height - unit * 0.1, width, height: unit * 0.008, fill: mix(paper, road, 0.4) }) +
    tag("g", { fill: mix(paper, road, 0.25) }, dashes)
  )
}

const ground = (frame: Frame, named: ReadonlyArray<Named>, top: number): string => {
  const { height, palette } = frame
  const unit = Math.min(frame.width, height)
  if (backdropOf(named, "city") !== undefined) return street(frame, top)
  const roll = noise(frame)
  const y = (x: number) => top - unit * 0.05 * (roll(x / (unit * 0.8)) - 0.5)
  const trees = isWooded(frame)
    ? path(
        forest(frame, unit * 0.42, (x) => y(x) + unit * 0.02),
        ramp(palette, 0.62)
      )
    : ""
  const earth = [ramp(palette, 0.46), ramp(palette, 0.8)]
  const snow = [
    mix(palette.paper, palette.sky[2], 0.1),
    mix(palette.paper, palette.sky[1], palette.night ? 0.55 : 0.35)
  ]
  const paint = tag("defs", {}, shade("ground", top, height, isSnowy(frame) ? snow : earth))
  const folds = several(3, (i) => {
    const at = top + (height - top) * (0.22 + 0.26 * i)
    const fold = noise(frame)
    const line = under(frame, unit / 40, (x) => at + unit * 0.04 * (fold(x / (unit * 0.7)) - 0.5))
    return tag("path", { d: line, fill: palette.ink, "fill-opacity": 0.06 })
  })
  return (
    paint +
    trees +
    path(under(frame, unit / 70, y), "url(#ground)") +
    folds +
    (isBlooming(frame) ? blooms(frame, top) : "")
  )
}

/** Who stands on the ground; one bird alone sits on a branch. */
const settle = (frame: Frame, settled: ReadonlyArray<Named>): string => {
  const { height, width } = frame
  const [first] = settled
  if (first === undefined) return ""
  const stage = { left: width * 0.07, right: width * 0.93, floor: height * 0.925, height: height * 0.66 }
  return settled.length === 1 && first.kind === "bird" && first.count === 1
    ? standing(frame, settled, { ...stage, floor: height * 0.8, afloat: true }, "perched")
    : standing(frame, settled, stage)
}

/** Who flies: in the upper part where others stand below, else in the middle. */
const soar = (frame: Frame, aloft: ReadonlyArray<Named>, isAbove: boolean): string => {
  const { height, width } = frame
  if (aloft.length === 0) return ""
  const room = isAbove
    ? { floor: height * 0.34, height: height * 0.28 }
    : { floor: height * 0.74, height: height * 0.6 }
  return floating(frame, aloft, { left: width * 0.06, right: width * 0.94, ...room }, "flying", 10)
}

/** Sky, hills or what the prompt names in their place, and its figures on the ground. */
export const land = (frame: Frame, named: ReadonlyArray<Named>): string => {
  const { height, palette, width } = frame
  const unit = Math.min(width, height)
  const figures = figuresOf(named)
  const aloft = figures.filter(({ count, kind }) => kind === "bird" && (isAloft(frame) || count > 2))
  const settled = figures.filter((one) => !aloft.includes(one))
  const top = height * (settled.length === 0 ? 0.84 : 0.7)
  const side = frame.random() < 0.5 ? 1 : -1
  const [x, y] = [width / 2 + side * Math.min(width * 0.24, unit * 0.34), height * between(frame, 0.26, 0.34)]
  const sky = air(frame, top, x, y, unit * between(frame, 0.12, 0.16))
  const flock = palette.night || aloft.length > 0 ? "" : birds(frame, width - x, y * 0.7, unit * 0.014)
  const earth = distance(frame, named, top - unit * 0.04) + ground(frame, named, top)
  const front = backdropOf(named, "city") === undefined && !isSnowy(frame) ? grass(frame) : ""
  const snow = isSnowy(frame) ? flakes(frame) : ""
  return sky + flock + earth + soar(frame, aloft, settled.length > 0) + settle(frame, settled) + front + snow
}

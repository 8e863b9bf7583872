/** Hills and mountains with their trees. */
import type { Named } from "../subjects/Naming.js"
import { air, birds } from "./Air.js"
import { backdropOf } from "./Cast.js"
import type { Frame } from "./Frame.js"
import { peaks } from "./Peaks.js"
import { between, mix, noise, num, path, ramp, several, shade, tag, times, under } from "./Shapes.js"

/** A conifer as path data: tiers of branches that widen downwards, on a foot that stands in the ground. */
const conifer = (frame: Frame, x: number, foot: number, height: number): string => {
  const spread = height * between(frame, 0.17, 0.24)
  const tier = (sign: number, i: number): ReadonlyArray<string> => {
    const [reach, y] = [(sign * spread * (i + 1.1)) / 5, foot - height + (height * 0.97 * (i + 1)) / 5]
    return [`${num(x + reach)} ${num(y)}`, `${num(x + reach * 0.52)} ${num(y - height * 0.035)}`]
  }
  const side = (sign: number) => times(5, (i) => tier(sign, i)).flat()
  const tip = `${num(x)} ${num(foot - height)}`
  return `M${[tip, ...side(1), `${num(x)} ${num(foot + height * 0.05)}`, ...[...side(-1)].reverse()].join("L")}Z`
}

/** Conifers in groves, as path data. */
export const forest = (frame: Frame, tall: number, ground: (x: number) => number): string => {
  const grove = noise(frame)
  return several(frame.width / (tall * 0.2), (i) => {
    const x = (i + between(frame, -0.5, 0.5)) * tall * 0.2
    const density = grove(x / (tall * 2.6))
    const height = tall * between(frame, 0.45, 1) * (0.35 + density)
    return density > 0.46 ? conifer(frame, x, ground(x) + tall * 0.05, height) : ""
  })
}

/** Ranges of hills, hazier the farther, under a sun or a moon; behind them the mountains that the prompt names. */
export const hills = (frame: Frame, named: ReadonlyArray<Named> = []): string => {
  const { width, height, palette } = frame
  const unit = Math.min(width, height)
  const horizon = height * between(frame, 0.46, 0.56)
  const last = Math.min(8, 4 + Math.round(height / width))
  const range = (i: number): string => {
    const t = i / last
    const base = horizon + (height - unit * 0.05 - horizon) * t ** 1.1
    const [bumps, fine, reach, amp] = [noise(frame), noise(frame), unit * (0.5 - 0.12 * t), unit * (0.3 - 0.2 * t)]
    const y = (x: number) => {
      // The far ranges are mountains with sharp crests, the near ones rolling hills.
      const bump = bumps(x / reach)
      const rough = (fine((x / reach) * 5) - 0.5) * 0.26 + (fine((x / reach) * 13) - 0.5) * 0.1
      return base - amp * ((1 - Math.abs(2 * bump - 1) + rough) * (1 - t) + bump * t - 0.45)
    }
    const colour = ramp(palette, t)
    const haze = i === last ? colour : mix(colour, palette.sky[2], 0.5 - 0.35 * t)
    const trees = t > 0.6 ? forest(frame, unit * (i === last ? 0.15 : 0.075), y) : ""
    const fill = tag("defs", {}, shade(`range${i}`, base - amp * 0.5, base + unit * 0.24, [colour, haze]))
    const land = path(under(frame, unit / 110, y), `url(#range${i})`)
    return fill + land + (trees === "" ? "" : path(trees, colour))
  }
  const [x, y] = [width * between(frame, 0.28, 0.72), horizon - unit * between(frame, 0.12, 0.26)]
  const r = unit * between(frame, 0.085, 0.13)
  const flock = palette.night ? "" : birds(frame, x + unit * 0.2, y - r * 1.2, unit * 0.016)
  const sky = air(frame, horizon, x, y, r) + flock
  const mountains = backdropOf(named, "mountain") === undefined ? "" : peaks(frame, horizon + unit * 0.16, unit * 0.5)
  return sky + range(0) + mountains + several(last, (i) => range(i + 1))
}

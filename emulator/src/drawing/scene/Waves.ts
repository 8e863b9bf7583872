/** The sea, and what stands in it. */
import type { Named } from "../subjects/Naming.js"
import { air } from "./Air.js"
import { aboard, ashore, onHorizon, overhead } from "./Coast.js"
import type { Frame } from "./Frame.js"
import { landmark } from "./Landmarks.js"
import { between, noise, ramp, several, tag, under } from "./Shapes.js"

const isCalm = ({ prompt }: Frame): boolean =>
  /\b(calm|glassy|peaceful|quiet|serene|smooth|still|tranquil)\b/i.test(prompt)

/** Waves as if cut from paper: each with a soft shadow behind it and lines along its crest. */
export const waves = (frame: Frame, named: ReadonlyArray<Named> = []): string => {
  const { width, height, palette } = frame
  const unit = Math.min(width, height)
  const top = height * between(frame, 0.36, 0.44)
  const swell = isCalm(frame) ? 0.3 : 1
  const last = Math.min(13, 6 + Math.round(height / width))
  const baseOf = (i: number): number => top + (height - unit * 0.055 - top) * (i / last) ** 1.05
  const wave = (i: number): string => {
    const t = i / last
    const base = baseOf(i)
    const [phase, length, amp] = [
      between(frame, 0, 6.28),
      unit * between(frame, 0.42, 0.62),
      unit * (0.055 - 0.03 * t) * swell
    ]
    const sway = noise(frame)
    const y = (x: number) => {
      const turn = (x / length) * 6.28 + phase
      const rise = (0.35 + sway(x / length)) * Math.sin(turn + 0.75 * Math.sin(turn))
      return base + amp * (rise - sway(x / length + 40))
    }
    const id = `wave${i}`
    const copy = (dy: number, more: Readonly<Record<string, string | number>>) =>
      tag("use", { href: `#${id}`, y: dy * unit, ...more })
    // The opacity of a fill or a stroke costs nothing; that of an element is a layer as large as the picture.
    const shadows = several(3, (k) => copy(-0.006 * (k + 1), { fill: palette.ink, "fill-opacity": 0.08 }))
    const pen = { fill: "none", stroke: palette.paper, "stroke-width": unit * 0.0045 }
    const lines = several(3, (k) => copy(0.016 * (k + 1), { ...pen, "stroke-opacity": 0.5 - 0.14 * k - 0.15 * t }))
    const shape = tag("defs", {}, tag("path", { id, d: under(frame, unit / 70, y) }))
    return shape + shadows + copy(0, { fill: ramp(palette, t) }) + lines
  }
  const [x, y] = [width * between(frame, 0.3, 0.7), top - unit * between(frame, 0.03, 0.12)]
  const sky = air(frame, top, x, y, unit * between(frame, 0.12, 0.17))
  const shown = landmark(frame, x < width / 2 ? width * 0.74 : width * 0.26, unit)
  // The waves in front of it cover its foot.
  const [behind, foot] = [several(2, wave), baseOf(2) - unit * (0.045 * swell - 0.012)]
  const lighthouse = shown(foot)
  const horizon = onHorizon(frame, named, top + unit * 0.03)
  // Boats are on the side away from the sun, or from the lighthouse; a wave in front of them covers their keels.
  const isLeft = (lighthouse === "" ? x : width - x) > width / 2
  const waterline = Math.max(3, Math.round(last * 0.57))
  const boats = aboard(frame, named, width * (isLeft ? 0.38 : 0.62), baseOf(waterline) + unit * 0.012)
  const front =
    several(waterline - 2, (i) => wave(i + 2)) + boats + several(last + 1 - waterline, (i) => wave(i + waterline))
  const edges = {
    left: width * (isLeft || lighthouse === "" ? 0.08 : 0.42),
    right: width * (isLeft && lighthouse !== "" ? 0.58 : 0.92)
  }
  return sky + horizon + behind + lighthouse + front + overhead(frame, named, top, edges) + ashore(frame, named)
}

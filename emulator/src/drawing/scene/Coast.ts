/** What a sea or a lake shows of a prompt's subjects: on the horizon, on the water, in the air and on the shore. */
import type { Named } from "../subjects/Naming.js"
import { backdropOf, figuresOf, floating, type Stage, standing } from "./Cast.js"
import { skyline } from "./City.js"
import type { Frame } from "./Frame.js"
import { peaks } from "./Peaks.js"
import { between, circle, mix, noise, path, several, shade, tag, under } from "./Shapes.js"

const boatsOf = (named: ReadonlyArray<Named>): ReadonlyArray<Named> =>
  named.filter(({ subject }) => subject.home === "water")

const isAlone = (boats: ReadonlyArray<Named>): boolean => boats.length === 1 && boats[0]?.count === 1

type Edges = Pick<Stage, "left" | "right">

const isGull = ({ kind, name, suited }: Named): boolean => kind === "bird" && !suited && /gull|s$/.test(name)

/** Mountains or a city behind the water. */
export const onHorizon = (frame: Frame, named: ReadonlyArray<Named>, base: number): string => {
  const unit = Math.min(frame.width, frame.height)
  const mountains = backdropOf(named, "mountain") === undefined ? "" : peaks(frame, base + unit * 0.06, unit * 0.34)
  const city = backdropOf(named, "city") === undefined ? "" : skyline(frame, base + unit * 0.02, unit * 0.42)
  return mountains + city
}

/** How high the deck of a boat is in its box. */
const decks: Partial<Record<Named["kind"], number>> = { ship: 26, boat: 14, paperBoat: 20 }

/** Boats on the water, one alone around a middle, with whoever else the prompt names on its deck. */
export const aboard = (frame: Frame, named: ReadonlyArray<Named>, middle: number, water: number): string => {
  const boats = boatsOf(named)
  const [first] = boats
  if (first === undefined) return ""
  const { height, width } = frame
  const afloat = { floor: water, height: Math.min(height * 0.52, water * 0.86), afloat: true } as const
  if (!isAlone(boats)) {
    // Small ones float higher: the wave in front is as large as ever.
    const floor = water - Math.min(width, height) * 0.03
    return standing(frame, boats, { left: width * 0.06, right: width * 0.94, ...afloat, floor })
  }
  const half = Math.min(width * 0.36, height * 0.42)
  const boat = standing(frame, boats, { left: middle - half, right: middle + half, ...afloat })
  const crew = figuresOf(named).filter((one) => !boats.includes(one) && !isGull(one) && one.subject.size < 1.2)
  if (crew.length === 0) return boat
  const scale = Math.min(half / first.subject.reach, afloat.height / 104)
  const deck = { floor: water - (decks[first.kind] ?? 0) * scale, height: 50 * scale, afloat: true } as const
  return boat + standing(frame, crew, { left: middle - half * 0.5, right: middle + half * 0.5, ...deck })
}

/** Gulls and other birds on the wing, between two edges. */
export const overhead = (frame: Frame, named: ReadonlyArray<Named>, horizon: number, edges: Edges): string => {
  const flyers = figuresOf(named).filter(isGull)
  const stage = { ...edges, floor: horizon * 0.9, height: horizon * 0.8 }
  return flyers.length === 0 ? "" : floating(frame, flyers, stage, "flying", 9)
}

/** A beach in front, for those who are neither in a boat nor in the air. */
export const ashore = (frame: Frame, named: ReadonlyArray<Named>): string => {
  const boats = boatsOf(named)
  const settled = figuresOf(named).filter(
    (one) => !boats.includes(one) && !isGull(one) && (!isAlone(boats) || one.subject.size >= 1.2)
  )
  if (settled.length === 0) return ""
  const { height, palette, width } = frame
  const unit = Math.min(width, height)
  const top = height * 0.8
  const roll = noise(frame)
  const edge = (x: number) => top - unit * 0.06 * (roll(x / (unit * 0.7)) - 0.5)
  const sand = mix("#e9cf9f", palette.sky[palette.night ? 1 : 2], palette.night ? 0.5 : 0.25)
  const paint = tag("defs", {}, shade("sand", top, height, [sand, mix(sand, palette.ink, 0.28)]))
  const foam = tag("path", {
    d: under(frame, unit / 60, (x) => edge(x) - unit * 0.014),
    fill: palette.paper,
    "fill-opacity": 0.75
  })
  const grains = several(26, () =>
    circle(
      frame.random() * width,
      height - (height - top) * 0.7 * frame.random(),
      unit * between(frame, 0.002, 0.004),
      palette.ink,
      0.2
    )
  )
  const stage = {
    left: width * 0.08,
    right: width * 0.92,
    floor: height * 0.94,
    height: height * (boats.length > 0 ? 0.4 : 0.62)
  }
  return paint + foam + path(under(frame, unit / 60, edge), "url(#sand)") + grains + standing(frame, settled, stage)
}

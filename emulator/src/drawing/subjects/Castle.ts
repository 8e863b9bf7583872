/** A castle with a gate, towers and flags; by night its windows are lit. */
import { path, pick, several } from "../scene/Shapes.js"
import { box, darker, lighter, lit, type Pen, paint, shadow, stroke } from "./Pen.js"

interface Stone {
  readonly wall: string
  readonly edge: string
  readonly roof: string
  readonly glass: string
}

const stoneOf = (pen: Pen): Stone => {
  const { flats, ink, night, sun } = pen.palette
  const wall = paint(pen, pick(pen, ["#cfc4b4", "#b9b6bc", "#dcc9a6"]))
  return {
    wall,
    edge: darker(pen, wall, 0.2),
    roof: darker(pen, pen.colour === undefined ? flats[0] : flats[2], 0.14),
    glass: night ? sun : darker(pen, ink, 0.1)
  }
}

/** Battlements along the top of a wall. */
const merlons = ({ edge, wall }: Stone, left: number, right: number, top: number): string => {
  const count = Math.round((right - left) / 7)
  const step = (right - left) / (2 * count - 1)
  return (
    several(count, (i) => box(left + 2 * i * step, top - 5, step, 6, 0.4, wall)) +
    box(left - 1, top, right - left + 2, 2.6, 0.4, edge)
  )
}

/** A narrow window with a round head. */
const slit = ({ edge, glass }: Stone, x: number, y: number, height = 9): string =>
  path(
    `M${x - 3.2} ${y + height + 1}V${y}Q${x - 3.2} ${y - 4.2} ${x} ${y - 4.2}Q${x + 3.2} ${y - 4.2} ${x + 3.2} ${y}V${y + height + 1}Z`,
    edge
  ) +
  path(
    `M${x - 2} ${y + height}V${y}Q${x - 2} ${y - 3} ${x} ${y - 3}Q${x + 2} ${y - 3} ${x + 2} ${y}V${y + height}Z`,
    glass
  )

/** A few stones that show in a wall. */
const stones = (pen: Pen, { wall }: Stone, left: number, right: number, top: number, bottom: number): string => {
  const at = (low: number, high: number) => Math.round((low + (high - low) * pen.random()) * 10) / 10
  const marks = several(Math.round(((right - left) * (bottom - top)) / 190), () => {
    const [x, y] = [at(left + 1, right - 6), at(top + 5, bottom - 3)]
    return `M${x} ${y}h${at(3, 5)}v2.4`
  })
  return stroke(marks, darker(pen, wall, 0.22), 0.8)
}

const flag = (pen: Pen, x: number, top: number): string => {
  const { flats, ink } = pen.palette
  return (
    stroke(`M${x} ${top}v-12`, ink, 1) +
    path(`M${x + 0.4} ${top - 12}q4-2 6.4 0t6 .4v6.2q-3.6 1.4-6-.4t-6.4 0Z`, flats[1])
  )
}

/** A round tower under a pointed roof, around `x`. */
const tower = (pen: Pen, stone: Stone, x: number, half: number, top: number, peak: number): string => {
  const { edge, roof, wall } = stone
  const [left, right] = [x - half, x + half]
  return (
    flag(pen, x, peak + 1) +
    box(left, top, 2 * half, -top, 0, wall) +
    stones(pen, stone, left, right, top + 8, 0) +
    shadow(pen, `M${x + half * 0.3} ${top}H${right}V0H${x + half * 0.3}Z`, 0.13) +
    box(left - 2, top, 2 * half + 4, 4, 0.6, edge) +
    path(`M${left - 3.4} ${top + 0.4}L${x} ${peak}L${right + 3.4} ${top + 0.4}Z`, roof) +
    shadow(pen, `M${x + half * 0.3} ${top + 0.4}L${x} ${peak}L${right + 3.4} ${top + 0.4}Z`, 0.2)
  )
}

const gate = (pen: Pen, { edge }: Stone): string => {
  const wood = lit(pen, "#6d4630")
  const bars = stroke(
    "M-7-1V-22M-2.4-1V-25M2.4-1V-25M7-1V-22M-9.4-7H9.4M-9.4-13H9.4M-9.4-19H9.4",
    darker(pen, wood, 0.5),
    1.1
  )
  return (
    path("M-13.4 0V-16Q-13.4-29.4 0-29.4Q13.4-29.4 13.4-16V0Z", edge) +
    path("M-9.8 0V-15.6Q-9.8-26 0-26Q9.8-26 9.8-15.6V0Z", wood) +
    bars +
    path("M-13.4 0H13.4L20 4H-20Z", lighter(pen, wood, 0.12))
  )
}

export const castle = (pen: Pen): string => {
  const stone = stoneOf(pen)
  const { wall } = stone
  const keep =
    box(-21, -66, 42, 40, 0, darker(pen, wall, 0.07)) +
    stones(pen, stone, -21, 21, -62, -38) +
    shadow(pen, "M7-66H21V-30H7Z", 0.13) +
    merlons(stone, -22, 22, -67) +
    slit(stone, -12, -54) +
    slit(stone, 12, -54)
  const front =
    box(-44, -36, 88, 36, 0, wall) +
    stones(pen, stone, -40, -16, -32, -2) +
    stones(pen, stone, 16, 40, -32, -2) +
    merlons(stone, -38, 38, -37)
  return (
    tower(pen, stone, 0, 9, -80, -104) +
    slit(stone, 0, -74, 6) +
    keep +
    front +
    tower(pen, stone, -44, 11, -56, -84) +
    tower(pen, stone, 44, 11, -56, -84) +
    [-44, 44].map((x) => slit(stone, x, -44) + slit(stone, x, -22)).join("") +
    slit(stone, -24, -20, 7) +
    slit(stone, 24, -20, 7) +
    gate(pen, stone)
  )
}

/** Trees and flowers. */
import { circle, path, pick, several, times } from "../scene/Shapes.js"
import { darker, ellipse, lighter, lit, move, type Pen, paint, shadow, stroke, twice } from "./Pen.js"

const bark = (pen: Pen): string => lit(pen, "#6b4634")

/** A crown of round masses of leaves on a forked trunk. */
const leafy = (pen: Pen): string => {
  const own = /\bcherry|blossom|sakura\b/.test(pen.name)
    ? "#f0a3b4"
    : /\b(autumn|fall)\b/.test(pen.prompt) || /\bmaple\b/.test(pen.name)
      ? "#e07b39"
      : pick(pen, ["#6a9a58", "#7fae5c", "#4f8a66"])
  const leaves = paint(pen, own)
  const [deep, bright] = [darker(pen, leaves, 0.26), lighter(pen, leaves, 0.2)]
  const trunk =
    path("M-7 0C-4-12-4-26-6-38L-20-54L-16-57L-3-46L0-62H4L5-46L17-56L20-53L8-38C6-26 6-12 11 0Q2-2-7 0Z", bark(pen)) +
    shadow(pen, "M3-44L8-38C6-26 6-12 11 0Q7-1 4-1C4-14 4-28 3-44Z", 0.22)
  const mass = (points: ReadonlyArray<readonly [number, number, number]>, fill: string): string =>
    points.map(([x, y, r]) => circle(x, y, r, fill)).join("")
  const back = mass(
    [
      [-28, -56, 17],
      [29, -54, 17],
      [-14, -80, 20],
      [18, -80, 19],
      [0, -58, 20]
    ],
    deep
  )
  const middle = mass(
    [
      [-27, -62, 15],
      [22, -62, 15],
      [-16, -79, 17],
      [12, -82, 17],
      [0, -66, 17]
    ],
    leaves
  )
  const front = mass(
    [
      [-22, -70, 9],
      [-10, -86, 10],
      [11, -74, 8],
      [-4, -66, 6]
    ],
    bright
  )
  const fruit = /\bapple\b/.test(pen.name)
    ? several(8, (i) => circle(-32 + i * 9, -58 - ((i * 37) % 30), 3, lit(pen, "#d94a3d")))
    : several(12, (i) => {
        const [x, y] = [-34 + ((i * 29) % 68), -54 - ((i * 17) % 40)]
        return ellipse(x, y, 2.2, 1.4, i % 3 === 0 ? deep : bright)
      })
  return trunk + back + middle + front + fruit
}

/** Branches in tiers, each over the one below. */
const pine = (pen: Pen): string => {
  const needles = paint(pen, "#3f7a5e")
  const tier = (i: number): string => {
    const [top, bottom, half] = [-100 + i * 19, -68 + i * 19, 15 + i * 7]
    const [rim, hem] = [bottom - 1, bottom + 3]
    const slope = `M0 ${top}Q${half * 0.4} ${bottom - 14} ${half} ${bottom}`
    const side = `${slope}Q${half * 0.7} ${rim} ${half * 0.5} ${hem}Q${half * 0.25} ${rim} 0 ${hem}Z`
    return twice(path(side, i % 2 === 0 ? needles : darker(pen, needles, 0.14))) + shadow(pen, side, 0.16)
  }
  return path("M-4 0L-3-14H3L4 0Z", bark(pen)) + several(4, tier)
}

const palm = (pen: Pen): string => {
  const fronds = paint(pen, "#4f9a6a")
  const trunk =
    path("M-6 0C-2-26 2-50 14-74L19-72C9-48 7-24 8 0Z", bark(pen)) +
    stroke("M-3-12H7M-1.4-24H7.6M1-36H9M4-48H12M8-60H15", darker(pen, bark(pen), 0.4), 1)
  const frond = (turn: number, i: number): string => {
    const fill = i % 2 ? fronds : darker(pen, fronds, 0.22)
    const d = "M0 0C12-12 30-12 44 4C34 0 28 2 26 6C22 1 16 1 14 5C10 1 4 2 0 0Z"
    return move(path(d, fill), 17, -74, 1, turn)
  }
  const nuts = several(3, (i) => circle(13 + i * 4, -71 + (i % 2) * 3, 3, lit(pen, "#7a4a2e")))
  return trunk + [-172, -140, -100, -60, -22, 12, 168].map(frond).join("") + nuts
}

export const tree = (pen: Pen): string => {
  if (/\bpalm/.test(pen.name)) return palm(pen)
  if (/\b(pine|fir|spruce|christmas)/.test(pen.name)) return pine(pen)
  return leafy(pen)
}

/** Petals around a middle, each turned. */
const rosette = (count: number, petal: string, turn = 0): string =>
  times(count, (i) => move(petal, 0, 0, 1, (i * 360) / count + turn)).join("")

const daisy = (pen: Pen, petals: string, heart: string, size: number): string => {
  const petal = (fill: string) => path("M0-6C-8-12-8-26 0-30C8-26 8-12 0-6Z", fill)
  return (
    rosette(12, petal(darker(pen, petals, 0.16)), 15) +
    rosette(12, petal(petals)) +
    circle(0, 0, size, heart) +
    circle(0, 0, size * 0.6, darker(pen, heart, 0.22)) +
    several(8, (i) =>
      circle(Math.cos(i * 0.785) * size * 0.78, Math.sin(i * 0.785) * size * 0.78, 0.9, darker(pen, heart, 0.4))
    )
  )
}

const tulip = (pen: Pen, petals: string): string =>
  path("M-20-22C-16-14-16-28 0-34C16-28 16-14 20-22C24 0 18 16 0 18C-18 16-24 0-20-22Z", darker(pen, petals, 0.22)) +
  path("M-20-24C-10-20-2-6 2 17C-16 18-24 2-20-24Z", petals) +
  path("M20-24C10-20 4-8-2 17C16 18 24 2 20-24Z", darker(pen, petals, 0.1)) +
  path("M0-34C8-24 9 0 0 17C-9 0-8-24 0-34Z", lighter(pen, petals, 0.18))

const rose = (pen: Pen, petals: string): string => {
  const [deep, deeper, bright] = [darker(pen, petals, 0.2), darker(pen, petals, 0.38), lighter(pen, petals, 0.16)]
  return (
    path("M-26-4C-28-20-14-30 0-28C14-30 28-20 26-4C26 12 12 22 0 22C-12 22-26 12-26-4Z", deep) +
    path("M-26-6C-18-2-6 6-2 21C-18 20-28 8-26-6Z", petals) +
    path("M26-6C18-2 6 6 2 21C18 20 28 8 26-6Z", bright) +
    path("M-16-16C-6-26 12-24 17-12C19 2 8 12-2 12C-14 10-20-4-16-16Z", petals) +
    path("M-10-12C-4-20 10-18 12-9C13 0 5 7-2 6C-10 4-13-5-10-12Z", deep) +
    path("M-5-9C-1-14 7-12 7-7C7-2 2 1-2 0C-6-1-7-5-5-9Z", deeper)
  )
}

const headOf = (pen: Pen): string => {
  const chance = pen.random()
  const petals = (own: string) => paint(pen, own)
  if (/\bsunflower/.test(pen.name)) return daisy(pen, petals("#f4b73c"), lit(pen, "#6b4226"), 14)
  if (/\brose/.test(pen.name)) return rose(pen, petals("#d4425a"))
  if (/\btulip/.test(pen.name)) return tulip(pen, petals(pick(pen, ["#e5533f", "#f2a03c", "#d9608a"])))
  if (/\bdais(y|ies)/.test(pen.name)) return daisy(pen, petals("#fbf7ee"), lit(pen, "#f2b83c"), 9)
  if (/\bpopp(y|ies)/.test(pen.name)) return tulip(pen, petals("#dd4436"))
  if (chance < 0.4) return daisy(pen, petals(pick(pen, ["#f08aa0", "#fbf3e2", "#8f7fd0"])), lit(pen, "#f2b83c"), 9)
  if (chance < 0.7) return tulip(pen, petals(pick(pen, ["#e5533f", "#f2a03c", "#d9608a"])))
  return rose(pen, petals(pick(pen, ["#d4425a", "#f2a08a", "#e6739a"])))
}

export const flower = (pen: Pen): string => {
  const green = lit(pen, "#5b8f52")
  const stem = stroke("M0 0C-3-20 4-40 0-66", green, 4)
  const leaves =
    path("M-1-10C-14-12-28-22-30-42C-16-38-4-28-1-10Z", green) +
    path("M0-16C10-18 24-26 28-44C14-42 3-32 0-16Z", darker(pen, green, 0.18)) +
    stroke("M-3-14Q-16-24-26-38M3-20Q14-28 24-40", darker(pen, green, 0.36), 0.8)
  return stem + leaves + move(headOf(pen), 0, -70)
}

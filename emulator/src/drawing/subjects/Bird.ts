/** Birds: one that sits on a branch, one that stands, one that flies. */
import { path, pick } from "../scene/Shapes.js"
import { darker, eye, lighter, lit, move, type Pen, paint, shadow, stroke } from "./Pen.js"

interface Plumage {
  readonly back: string
  readonly belly: string
  readonly beak: string
}

/** Birds whose name says their colours: back, belly, beak. */
const known: ReadonlyArray<readonly [RegExp, Plumage]> = [
  [/robin/, { back: "#7d6a58", belly: "#e5743c", beak: "#4a3d36" }],
  [/crow|raven/, { back: "#33323d", belly: "#4b4a58", beak: "#26252e" }],
  [/gull/, { back: "#9fb0c0", belly: "#fbf8f0", beak: "#f0a63c" }],
  [/parrot|macaw/, { back: "#3f9e5a", belly: "#d94a3d", beak: "#3b3438" }],
  [/canar/, { back: "#f2c14e", belly: "#fbe3a0", beak: "#e58a3a" }],
  [/eagle|hawk|falcon|owl/, { back: "#7a5238", belly: "#e9d3b0", beak: "#f0b03c" }],
  [/sparrow|wren/, { back: "#98714c", belly: "#ead9bd", beak: "#5a473a" }]
]

const plain: readonly [Plumage, ...ReadonlyArray<Plumage>] = [
  { back: "#3f7fc4", belly: "#f3b26b", beak: "#3a3540" },
  { back: "#d9574a", belly: "#f6dcc0", beak: "#e9a03c" },
  { back: "#2f9a92", belly: "#f6e2a8", beak: "#3a3540" }
]

const plumageOf = (pen: Pen): Plumage => {
  const own = known.find(([words]) => words.test(pen.name))?.[1] ?? pick(pen, plain)
  const back = paint(pen, own.back)
  return {
    back,
    belly: pen.colour === undefined ? lit(pen, own.belly) : lighter(pen, back, 0.6),
    beak: lit(pen, own.beak)
  }
}

/** A bird on the ground; it looks to the left. */
export const standingBird = (pen: Pen): string => {
  const { back, beak, belly } = plumageOf(pen)
  const wing = darker(pen, back, 0.26)
  const tail =
    path("M22-34L66-10Q64-3 57-3L16-16Z", wing) + path("M20-28L57-3Q50-1 46-2L14-14Z", darker(pen, back, 0.42))
  const round = path(
    "M-37-68C-38-88-24-98-8-97C9-96 18-86 21-72C26-58 38-50 41-34C44-17 29-8 8-8C-20-8-37-28-37-50Z",
    back
  )
  const front = path("M-36-63C-24-58-10-50-3-36C2-26 6-16 5-8C-21-8-37-28-37-50Q-37-58-36-63Z", belly)
  const cheek = path("M-37-72Q-28-63-17-70Q-14-78-20-84L-36-79Z", lighter(pen, back, 0.34))
  const feathers =
    path("M-6-60C12-66 34-54 48-20C28-15 6-22-2-40Q-7-52-6-60Z", wing) +
    path("M-4-56C10-60 26-50 36-32C22-28 8-32 1-42Q-4-50-4-56Z", darker(pen, back, 0.12)) +
    stroke("M10-24Q26-18 42-22M14-31Q26-27 37-30", darker(pen, back, 0.48), 1)
  const legs = stroke("M-4-9L-5-1M8-9L8-1M-9-1H1M3-1H13", darker(pen, beak, 0.2), 2.2)
  return (
    legs +
    tail +
    round +
    front +
    shadow(pen, "M-30-31C-22-20-2-14 24-12C34-16 40-24 41-34C44-17 29-8 8-8C-10-8-23-17-30-31Z", 0.16) +
    feathers +
    cheek +
    path("M-36-80L-52-72.5L-36-68Z", beak) +
    path("M-37-74.5L-52-72.5L-36-68Z", darker(pen, beak, 0.25)) +
    eye(pen, -24, -80, 4)
  )
}

/** Leaves on the branch: their places and turns. */
const leaves = [
  [-74, 7, -20],
  [-60, 9, 165],
  [48, 4, 15],
  [70, 4, 100],
  [92, -3, -10]
] as const

/** A bird on a branch that comes in from the right, beyond the box. */
export const perchedBird = (pen: Pen): string => {
  const bark = lit(pen, "#5d4238")
  const leaf = lit(pen, pick(pen, ["#6f9a55", "#8fae5a", "#e58a74"]))
  const blade = ([x, y, turn]: (typeof leaves)[number], i: number): string =>
    move(path("M0 0C3-10 12-15 22-15C21-5 13 1 0 0Z", i % 2 === 0 ? leaf : darker(pen, leaf, 0.2)), x, y, 1, turn)
  const branch = path(
    "M-98 11C-60 3-20 3 20 3C70 2 120-8 200-14L900-50V-28L200-5C130 3 70 9 20 9C-20 9-58 8-97 14Z",
    bark
  )
  return move(branch + leaves.map(blade).join(""), 0, -7) + move(standingBird(pen), 0, -5, 0.92)
}

/** A bird on the wing; it flies to the left. */
export const flyingBird = (pen: Pen): string => {
  const { back, beak, belly } = plumageOf(pen)
  const wing = darker(pen, back, 0.24)
  return (
    path(
      "M6-56C10-78 26-96 50-100C46-92 47-90 52-88C46-84 45-80 47-76C40-74 38-68 38-62C32-56 24-48 14-44Z",
      darker(pen, back, 0.42)
    ) +
    path("M22-50L62-40Q58-36 52-36L60-30Q50-30 20-40Z", wing) +
    path("M-42-50C-40-61-28-64-18-60C0-62 18-56 30-46C20-34-6-30-22-36C-34-38-42-42-42-50Z", back) +
    path("M-41-46C-30-44-16-42 6-44C16-44 24-44 30-46C20-34-6-30-22-36C-33-38-40-41-41-46Z", belly) +
    path("M-41-54L-56-49L-41-46Z", beak) +
    eye(pen, -32, -53, 3.2) +
    path(
      "M-12-54C-18-76-8-100 10-112C9-104 12-101 17-100C13-95 14-91 18-88C14-84 15-79 18-76C14-70 16-64 16-58C14-50-4-44-12-54Z",
      wing
    ) +
    path("M-8-56C-12-72-6-88 4-96C2-84 8-72 9-60C6-52-4-50-8-56Z", lighter(pen, back, 0.16))
  )
}

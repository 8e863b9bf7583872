/** A person who stands and looks at you. */
import { path, pick } from "../scene/Shapes.js"
import { box, darker, ellipse, lit, move, type Pen, shadow, stroke, twice } from "./Pen.js"

interface Looks {
  readonly skin: string
  readonly hair: string
  readonly long: boolean
  readonly bald: boolean
}

const skins = ["#f2c9a5", "#d9a178", "#a56f4a", "#7a4d35", "#edb98e"] as const
const hairs = ["#3a2a2a", "#6b4129", "#c98d45", "#2b2630", "#8c3f2b"] as const

const looksOf = (pen: Pen): Looks => {
  const chance = pen.random()
  const woman = /\b(wom[ae]n|girls?|lady|ladies|queen|mother|grandmother)\b/.test(pen.name)
  const man = /\b(m[ae]n|boys?|guys?|king|father|grandfather)\b/.test(pen.name)
  const old = /\b(old|elderly|grand\w+)\b/.test(pen.name)
  return {
    skin: lit(pen, pick(pen, skins)),
    hair: lit(pen, old ? "#d8d5d0" : pick(pen, hairs)),
    long: woman || (!man && chance < 0.5),
    bald: old && man
  }
}

const backHair = ({ hair, long }: Looks): string =>
  long
    ? path("M0-30C20-30 30-16 29 0C28 14 32 24 28 31C16 36-16 36-28 31C-32 24-28 14-29 0C-30-16-20-30 0-30Z", hair)
    : ""

const face = (pen: Pen, { bald, hair, long, skin }: Looks): string => {
  const { ink } = pen.palette
  const blush = lit(pen, "#e8756a")
  const head = path("M0-25C15-25 23-15 23-2C23 14 12 24 0 24C-12 24-23 14-23-2C-23-15-15-25 0-25Z", skin)
  const ears = twice(ellipse(23, 2, 3.6, 5, darker(pen, skin, 0.12)))
  const fringe = long
    ? path("M-25 3C-27-18-16-30 2-30C18-30 27-17 25 3C22-4 20-10 16-14C6-10-10-9-17-14C-21-10-23-4-25 3Z", hair)
    : path(
        "M-24 0C-28-18-18-31 2-31C20-32 28-17 24 0C22-6 21-9 19-12C10-11 0-14-6-19C-10-13-16-11-20-10Q-23-5-24 0Z",
        hair
      )
  const eyes =
    twice(ellipse(9.4, 0.6, 2.6, 3.2, ink)) +
    ellipse(-8.6, -0.6, 0.8, 1, "#ffffff") +
    ellipse(10.2, -0.6, 0.8, 1, "#ffffff")
  const brows = twice(stroke("M6-6.6Q9.6-8.8 13.2-6.8", darker(pen, hair, 0.2), 1.7))
  const mouth = stroke("M-6 11.5Q0 17 6 11.5", darker(pen, "#a84a44", 0.15), 2)
  const nose = stroke("M-1.6 6.2Q0 7.8 1.8 6.2", darker(pen, skin, 0.3), 1.4)
  return (
    ears +
    head +
    twice(ellipse(14, 8, 4, 2.6, blush, 0.35)) +
    shadow(pen, "M6-24.6C17-22 23-13 23-2C23 13 12 24 1 24C16 16 18-8 6-24.6Z", 0.08) +
    eyes +
    brows +
    nose +
    mouth +
    (bald ? twice(path("M20-12C28-6 27 4 23 6Q24-4 20-12Z", hair)) : fringe)
  )
}

export const personHead = (pen: Pen): string => {
  const looks = looksOf(pen)
  return move(backHair(looks), 0, 0, 0.92) + face(pen, looks)
}

export const person = (pen: Pen): string => {
  const looks = looksOf(pen)
  const { flats } = pen.palette
  const top = pen.colour === undefined ? pick(pen, [flats[0], flats[3], flats[2]]) : lit(pen, pen.colour)
  const trousers = darker(pen, flats[2], 0.45)
  const shoe = darker(pen, trousers, 0.6)
  const legs = twice(path("M.8-30H13L11.4-3H2.4Z", trousers) + path("M2-4H12Q17-3 17 0H2Z", shoe))
  const arms =
    stroke("M-13.6-47Q-20-38-20-26", darker(pen, top, 0.12), 8) +
    stroke("M13.6-47Q20-38 20-26", darker(pen, top, 0.2), 8) +
    twice(ellipse(20, -22, 4.2, 4.6, looks.skin))
  const torso = path("M-8-53H8Q16-52 16.4-44L15.4-27Q0-23-15.4-27L-16.4-44Q-16-52-8-53Z", top)
  const neck = box(-4.5, -58, 9, 8, 3, darker(pen, looks.skin, 0.16))
  const scarf = path("M-9-54Q0-47 9-54L10.4-49.4Q0-43-10.4-49.4Z", lit(pen, flats[1]))
  const details =
    stroke("M0-47V-26", darker(pen, top, 0.34), 1) +
    shadow(pen, "M5-53H8Q16-52 16.4-44L15.4-27Q12-26 8-25.4C12-34 11-45 5-53Z")
  return (
    move(backHair(looks), 0, -75, 0.86) +
    legs +
    arms +
    neck +
    torso +
    details +
    scarf +
    move(face(pen, looks), 0, -75, 0.86)
  )
}

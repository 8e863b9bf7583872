/** An owl that sits on a stump and looks at you. */
import { path, pick, several } from "../scene/Shapes.js"
import { box, circleLine, darker, ellipse, eye, lighter, lit, type Pen, paint, stroke, twice } from "./Pen.js"

/** Rows of feathers on the breast. */
const feathers = (colour: string): string =>
  several(3, (row) =>
    several(4 - row, (i) => {
      const x = (i - (3 - row) / 2) * 9
      const y = -52 + row * 8
      return stroke(`M${x - 3} ${y}Q${x} ${y + 4.4} ${x + 3} ${y}`, colour, 1.5)
    })
  )

export const owl = (pen: Pen): string => {
  const own = /\b(snowy|barn)\b/.test(pen.name) ? "#eae4d6" : pick(pen, ["#9a6b43", "#8a7460", "#b0835a", "#77695f"])
  const plumage = paint(pen, own)
  const [deep, pale] = [darker(pen, plumage, 0.3), lighter(pen, plumage, 0.72)]
  const amber = lit(pen, "#f4b63c")
  const bark = lit(pen, "#6b4a36")
  const stump =
    path("M-25 0C-21-6-22-12-22-18H22C22-12 21-6 25 0Z", bark) +
    stroke("M-12-14V-3M-3-13V-6M8-14V-4M16-13V-7", darker(pen, bark, 0.4), 1) +
    ellipse(0, -18, 22, 4.4, lighter(pen, bark, 0.4)) +
    stroke("M-12-18Q0-21 12-18Q0-15.4-12-18", darker(pen, lighter(pen, bark, 0.4), 0.24), 0.8)
  const tail = box(-8, -30, 16, 15, 5, deep)
  const tufts = twice(path("M-27-80C-30-90-31-97-29-103C-22-100-13-95-8-89Z", deep))
  const body = path("M0-94C20-94 30-84 29-68C33-46 25-18 0-18C-25-18-33-46-29-68C-30-84-20-94 0-94Z", plumage)
  const breast = path("M0-62C14-62 21-54 20-42C19-29 11-21 0-21C-11-21-19-29-20-42C-21-54-14-62 0-62Z", pale)
  const wings = twice(path("M27-66C37-52 35-32 21-20C19-32 22-50 27-66Z", deep))
  const disc = twice(ellipse(12, -73, 15, 15, pale))
  const brow = path("M-28-88Q-10-88 0-76Q10-88 28-88Q12-96 0-85Q-12-96-28-88Z", deep)
  const eyes =
    twice(ellipse(12, -73, 9.6, 9.6, amber) + circleLine(12, -73, 9.6, deep, 1.2)) +
    eye(pen, -12, -73, 5.6) +
    eye(pen, 12, -73, 5.6)
  const beak = path("M-4.6-69Q0-72.6 4.6-69Q3-60 0-58Q-3-60-4.6-69Z", darker(pen, amber, 0.16))
  const claws = twice(stroke("M6-20V-15.6M10-20V-15.6M14-19.6V-15.6", darker(pen, amber, 0.2), 2.8))
  return tail + stump + tufts + body + breast + feathers(deep) + wings + disc + brow + eyes + beak + claws
}

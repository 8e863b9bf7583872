/** Boats, cars and a paper plane. */
import { circle, path, pick, several } from "../scene/Shapes.js"
import { box, darker, lighter, lit, move, type Pen, paint, shadow, stroke, twice } from "./Pen.js"

/** A boat folded from a sheet of paper; the water is at 0. */
export const paperBoat = (pen: Pen): string => {
  const sheet = paint(pen, "#fbf6ea")
  const [shade, deep] = [darker(pen, sheet, 0.16), darker(pen, sheet, 0.3)]
  return (
    path("M0-100L-44-34L0-22Z", sheet) +
    path("M0-100L44-34L0-22Z", shade) +
    path("M0-100L10-28L0-22Z", deep) +
    path("M-90-48L-48 12H0V-20L-34-30Z", sheet) +
    path("M90-48L48 12H0V-20L34-30Z", shade) +
    path("M-90-48L-34-30L0-20V12H-6L-40-22Z", deep.concat("55")) +
    stroke("M-90-48L-34-30L0-20L34-30L90-48M0-20V12", deep, 0.8)
  )
}

/** A plane folded from a sheet of paper, in the air, with the line of its flight behind it. */
export const paperPlane = (pen: Pen): string => {
  const sheet = paint(pen, "#fbf6ea")
  const [shade, deep] = [darker(pen, sheet, 0.14), darker(pen, sheet, 0.3)]
  const flight = { "stroke-dasharray": "4 6" }
  return (
    stroke("M-14-30C-34-12-52-24-46-38C-41-48-29-40-36-28C-44-14-66-8-86-12", pen.palette.paper, 1.8, flight) +
    path("M62-96L-56-66L-20-50Z", sheet) +
    path("M62-96L-20-50L-14-24L-4-42Z", deep) +
    path("M62-96L-4-42L26-24Z", shade) +
    path("M62-96L-4-42L-14-24Z", deep.concat("66")) +
    stroke("M62-96L-20-50M62-96L-4-42", deep, 0.8)
  )
}

/** A boat under sail; the water is at 0. */
export const sailingBoat = (pen: Pen): string => {
  const { flats, ink, paper } = pen.palette
  const sail = pen.colour === undefined ? paper : lit(pen, pen.colour)
  const hull = darker(pen, flats[2], 0.35)
  const mainsail = "M4-98Q36-60 38-20H4Z"
  return (
    path("M-1.2-100H1.4V-10H-1.2Z", ink) +
    path(mainsail, sail) +
    shadow(pen, "M22-74Q37-48 38-20H26Q30-48 22-74Z") +
    path("M4-66L24-74Q27-69 29-63L4-53Z", pen.colour === undefined ? flats[0] : lighter(pen, sail, 0.6)) +
    path("M-4-86Q-26-52-34-20H-4Z", pen.colour === undefined ? lighter(pen, flats[1], 0.45) : lighter(pen, sail, 0.4)) +
    path("M1.4-100L16-96L1.4-92Z", flats[0]) +
    path("M-42-14H48Q42 4 32 10H-26Q-38 4-42-14Z", hull) +
    path("M-42-14H48L46.4-9H-40.6Z", paper) +
    shadow(pen, "M14-14H48Q42 4 32 10H6Q16-2 14-14Z")
  )
}

/** A ship with a funnel and rows of windows; the water is at 0. */
export const ship = (pen: Pen): string => {
  const { flats, ink, paper, sun } = pen.palette
  const hull = paint(pen, "#b5403a")
  const glass = pen.palette.night ? sun : darker(pen, pen.palette.sky[0], 0.2)
  const smoke = several(3, (i) => circle(22 + i * 11, -96 - i * 8, 6 + i * 3, paper, 0.45 - i * 0.11))
  return (
    smoke +
    box(8, -90, 17, 34, 1, flats[0]) +
    box(8, -90, 17, 7, 1, ink) +
    box(-18, -72, 13, 24, 1, flats[0]) +
    box(-18, -72, 13, 6, 1, ink) +
    path("M-40-42H52V-60H-34Z", darker(pen, paper, 0.1)) +
    path("M-56-26H66V-44H-50Z", paper) +
    several(7, (i) => circle(-34 + i * 14, -35, 3, glass)) +
    several(5, (i) => box(-26 + i * 15, -55, 8, 6, 1.4, glass)) +
    stroke("M-66-30V-52M-66-50L-40-42", ink, 1.4) +
    path("M-92-30Q-60-24-50-26H84Q82 0 70 12H-66Q-82 0-92-30Z", hull) +
    path("M-73 4H77Q74 9 70 12H-66Q-70 9-73 4Z", darker(pen, hull, 0.5)) +
    stroke("M-84-19H82", paper, 2.4, { "stroke-linecap": "butt" }) +
    shadow(pen, "M20-26H84Q82 0 70 12H6Q24-4 20-26Z")
  )
}

const wheel = (pen: Pen, x: number): string => {
  const { ink, paper } = pen.palette
  return (
    circle(x, -13, 15, darker(pen, ink, 0.4)) +
    circle(x, -13, 8.4, darker(pen, paper, 0.16)) +
    move(twice(stroke("M0 0L6 0M0 0L2-6M0 0L3.4 5", darker(pen, paper, 0.5), 1.4)), x, -13) +
    circle(x, -13, 2.4, ink)
  )
}

/** A car that drives to the left. */
export const car = (pen: Pen): string => {
  const { ink, night, sky, sun } = pen.palette
  const taxi = /\b(taxi|cab)s?\b/.test(pen.name)
  const body = paint(pen, taxi ? "#f2bd3c" : pick(pen, ["#d8523f", "#3f86b8", "#eab04a", "#5f9c86"]))
  const glass = lighter(pen, night ? sky[1] : sky[0], 0.42)
  const trim = darker(pen, body, 0.34)
  const cabin = path("M-46-50C-36-72-24-82-10-82H26C42-82 54-66 62-48Z", body)
  const windows = path("M-36-51C-29-66-20-75-9-75H4V-51Z", glass) + path("M10-75H25C37-75 45-64 51-51H10Z", glass)
  const gleam = path("M-20-51L-6-75H0L-14-51Z", "#ffffff44") + path("M22-51L34-72Q37-69 39-66L29-51Z", "#ffffff44")
  const lower = path(
    "M-94-24C-94-40-86-46-70-49L-46-53C-20-56 40-56 66-50C86-47 92-38 92-22V-16Q92-12 88-12H-90Q-94-12-94-16Z",
    body
  )
  const arches = path("M-78-12A21 21 0 0 1-36-12ZM34-12A21 21 0 0 1 76-12Z", darker(pen, ink, 0.2))
  const beam = night ? path("M-93-34L-170-22V6L-93-25Z", sun.concat("33")) : ""
  return (
    beam +
    (taxi ? box(-4, -90, 22, 9, 2, ink) + box(0, -88, 14, 5, 1, sun) : "") +
    cabin +
    windows +
    gleam +
    lower +
    shadow(pen, "M-94-24Q0-34 92-24V-16Q92-12 88-12H-90Q-94-12-94-16Z", 0.2) +
    arches +
    stroke("M7-78V-18M-46-52L-40-18", trim, 1.1) +
    stroke("M12-44H22", trim, 2.4) +
    (taxi ? several(10, (i) => box(-26 + i * 6, -36 + (i % 2) * 4, 6, 4, 0, ink)) : "") +
    path("M-93-36Q-84-40-80-38Q-80-30-92-28Z", sun) +
    path("M91-38L82-39V-30L92-29Z", lit(pen, "#e8443a")) +
    box(-96, -20, 14, 5, 2.5, darker(pen, ink, 0.1)) +
    box(80, -20, 14, 5, 2.5, darker(pen, ink, 0.1)) +
    wheel(pen, -57) +
    wheel(pen, 55)
  )
}

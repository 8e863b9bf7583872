/** An astronaut's suit, whoever is in it. */
import { circle, path } from "../scene/Shapes.js"
import { box, circleLine, darker, ellipse, lit, move, type Pen, shadow, stroke, twice } from "./Pen.js"

/** What is in the suit: a head, its middle at (0, 0) and about 60 wide, and a tail from (0, 0) up. */
export interface Wearer {
  readonly head?: ((pen: Pen) => string) | undefined
  readonly tail?: ((pen: Pen) => string) | undefined
}

/** A dark visor in which the light is seen: there is no face behind it. */
const visor = ({ palette: { ink, paper, sky, sun } }: Pen): string =>
  path("M-24-4C-24-20-14-25 0-25C14-25 24-20 24-4C24 12 14 17 0 17C-14 17-24 12-24-4Z", ink) +
  path("M-24-4C-24-20-14-25 0-25C14-25 24-20 24-4C12-14-12-14-24-4Z", sky[1]) +
  path("M-17-10Q-13-20-3-20.6Q-11-16-13-7Q-16-6-17-10Z", paper) +
  circle(13, 6, 2.6, sun, 0.8)

/** Someone who floats, one arm up, in a suit with a round helmet; the middle is about (0, -45). */
export const suit = (pen: Pen, { head, tail }: Wearer): string => {
  const { flats, ink, paper, sky, sun } = pen.palette
  // A colour that the prompt gives is that of whose head is seen.
  const cloth = head === undefined && pen.colour !== undefined ? lit(pen, pen.colour) : paper
  const fold = darker(pen, cloth, 0.2)
  const trim = flats[0]
  const glove = darker(pen, flats[2], 0.1)
  const pack = box(-27, -45, 54, 40, 9, darker(pen, cloth, 0.42)) + box(-27, -38, 54, 4, 0, fold)
  const arms =
    stroke("M-18-33Q-33-30-40-44", cloth, 14) +
    stroke("M18-33Q35-29 40-15", fold, 14) +
    stroke("M-36.6-37.5L-38-40.4", trim, 14, { "stroke-linecap": "butt" }) +
    stroke("M38-22L39-19", trim, 14, { "stroke-linecap": "butt" }) +
    circle(-41.5, -48, 7.4, glove) +
    stroke("M-36-48L-34-52", glove, 4.4) +
    circle(41.4, -10, 7.4, glove)
  const legs =
    stroke("M-10-6Q-12 6-21 12", cloth, 15.5) +
    stroke("M11-6Q18 2 14 15", fold, 15.5) +
    stroke("M-18.4 10.4L-20.6 11.8", trim, 15.5, { "stroke-linecap": "butt" }) +
    stroke("M15.2 10.5L14.6 13", trim, 15.5, { "stroke-linecap": "butt" }) +
    move(path("M-9-4H8V4Q8 8 4 8H-13Q-15 1-9-4Z", glove), -24, 15, 1, 40) +
    move(path("M-9-4H8V4Q8 8 4 8H-9Z", glove), 14, 20, 1, -8)
  const body = path("M-20-42C-26-26-25-8-17-2Q0 3 17-2C25-8 26-26 20-42Z", cloth)
  const panel =
    box(-11, -26, 22, 14, 3, fold) +
    circle(-6, -19, 2.4, trim) +
    circle(0.4, -19, 2.4, sun) +
    box(4.6, -22.4, 3.6, 7, 1, ink)
  const glass = head === undefined ? "" : circle(0, -65, 33, sky[1], 0.42)
  const inside =
    head === undefined ? move(circle(0, -4, 31, cloth) + visor(pen), 0, -63) : move(head(pen), 0, -62, 0.83)
  const rim = head === undefined ? "" : circleLine(0, -65, 33, paper, 2)
  const shine =
    head === undefined
      ? ""
      : stroke("M-25-76Q-19-91-4-93.5", "#ffffff", 3, { "stroke-opacity": "0.75" }) +
        circle(-27, -68.5, 1.6, "#ffffff", 0.75)
  const ring = path("M-21-43Q0-31 21-43L22-37Q0-24-22-37Z", trim) + twice(ellipse(20, -39, 3, 4, fold))
  return (
    (tail === undefined ? "" : move(tail(pen), 16, -10)) +
    pack +
    arms +
    legs +
    body +
    shadow(pen, "M8-42H20C26-26 25-8 17-2Q12 0 7 .6C16-12 16-30 8-42Z", 0.16) +
    panel +
    glass +
    inside +
    rim +
    ring +
    shine
  )
}

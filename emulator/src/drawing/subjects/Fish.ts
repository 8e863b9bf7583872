/** A fish that swims to the left; its middle is (0, -50). */
import { circle, mix, path, pick } from "../scene/Shapes.js"
import { darker, eye, lighter, lit, move, type Pen, paint, shadow, stroke } from "./Pen.js"

const outline = "M-56 2C-44-20-20-30 4-28C24-26 38-14 46-3C38 12 24 24 2 27C-22 28-46 20-56 2Z"

export const fish = (pen: Pen): string => {
  const own = /gold/.test(pen.name) ? "#f0953c" : pick(pen, ["#f0853c", "#3f8fc4", "#e9635c", "#f2b84b"])
  const scales = paint(pen, own)
  const [fin, pale] = [darker(pen, scales, 0.24), lighter(pen, scales, 0.8)]
  const tail =
    path("M40-3C52-8 62-22 74-27C76-14 72-5 68 0C73 6 77 16 74 28C62 22 52 9 40 5Z", fin) +
    stroke("M50 0L68-16M52 1H64M50 3L68 18", darker(pen, scales, 0.4), 1.1)
  const fins =
    path("M-24-25C-14-42 14-44 30-34C26-28 24-24 24-18Z", fin) +
    path("M-10 25C-6 36 4 40 14 38C12 32 14 26 18 22Z", fin) +
    stroke("M-10-28L-4-37M2-28L9-38M13-26L20-36", darker(pen, scales, 0.4), 1.1)
  const bands =
    path("M-26-24C-20-10-20 12-26 24.5L-16 26.6C-10 12-10-12-16-27Z", pale) +
    path("M6-28C13-12 13 12 6 26.6L15 25C22 10 22-10 15-26Z", pale)
  const gill = path("M-8-6C2-10 12-4 15 4C6 9-6 8-8-6Z", fin)
  const mouth = stroke("M-54 5Q-48 6.5-44 3", darker(pen, scales, 0.55), 1.6)
  const look = circle(-40, -4, 7, lit(pen, "#ffffff")) + eye(pen, -41, -4, 4.6)
  const shade = shadow(pen, "M-56 2C-30 16 10 16 46-3C38 12 24 24 2 27C-22 28-46 20-56 2Z")
  return move(tail + fins + path(outline, scales) + bands + shade + gill + mouth + look, -6, -50)
}

/** A fish in a bowl of glass, where there is no water around. */
export const fishBowl = (pen: Pen): string => {
  const { paper, sky } = pen.palette
  const water = lit(pen, lighter(pen, "#4fa8c9", 0.25))
  const glass = "M-26-92C-58-82-62-30-36-6Q-32 0-24 0H24Q32 0 36-6C62-30 58-82 26-92Z"
  return (
    path(glass, paper.concat("44")) +
    path(
      "M-49-66C-54-44-50-20-36-6Q-32 0-24 0H24Q32 0 36-6C50-20 54-44 49-66Q24-60 0-66Q-24-72-49-66Z",
      water.concat("cc")
    ) +
    path("M-38-8Q-20-16 0-11Q22-18 38-8Q34 0 24 0H-24Q-32 0-38-8Z", lit(pen, "#e5c48a")) +
    stroke("M26-9Q20-22 27-34Q32-42 28-50", lit(pen, "#4f8f5a"), 3) +
    move(fish(pen), -2, -16, 0.5) +
    stroke(glass, mix(paper, sky[2], 0.2), 1.8, { "stroke-opacity": "0.8" }) +
    stroke("M-30-92H30", paper, 3.4) +
    stroke("M-43-72Q-51-56-48-38", "#ffffff", 3, { "stroke-opacity": "0.6" })
  )
}

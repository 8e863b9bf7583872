/** A house with a chimney; by night its windows are lit. */
import { path, pick, several } from "../scene/Shapes.js"
import { box, darker, ellipse, lighter, lit, type Pen, paint, shadow, stroke } from "./Pen.js"

const windowOf = (pen: Pen, x: number, y: number, width: number, height: number): string => {
  const { night, sky, sun } = pen.palette
  const glass = night ? sun : lighter(pen, sky[0], 0.35)
  const frame = lit(pen, "#fffaf0")
  return (
    box(x - 1.4, y - 1.4, width + 2.8, height + 2.8, 1, frame) +
    box(x, y, width, height, 0.6, glass) +
    path(`M${x} ${y}H${x + width * 0.62}L${x} ${y + height * 0.7}Z`, "#ffffff33") +
    stroke(`M${x + width / 2} ${y}V${y + height}M${x} ${y + height / 2}H${x + width}`, frame, 1.2) +
    box(x - 3, y + height + 1, width + 6, 2.2, 0.8, darker(pen, frame, 0.16))
  )
}

export const house = (pen: Pen): string => {
  const { flats, ink } = pen.palette
  const wall = paint(
    pen,
    /\bbarn\b/.test(pen.name) ? "#b8432f" : pick(pen, ["#f3e4c8", "#e8b89a", "#c9d8d0", "#f0cf8a"])
  )
  const roof = darker(pen, pen.colour === undefined ? flats[0] : flats[2], 0.16)
  const door = darker(pen, flats[2], 0.2)
  const smoke = several(3, (i) =>
    ellipse(31 + i * 5 + i * i, -101 - i * 9, 5 + i * 2.2, 4 + i * 1.4, pen.palette.paper, 0.5 - i * 0.12)
  )
  const chimney =
    box(24, -97, 12, 30, 0, darker(pen, roof, 0.3)) + box(22.4, -99, 15.2, 4.4, 1, darker(pen, roof, 0.45))
  const gable = path("M-44 0V-52L-2-90L40-52V0Z", wall)
  const boards = stroke("M-44-13H40M-44-26H40M-44-39H40", darker(pen, wall, 0.14), 0.8)
  const eaves = path("M-2-98L52-49L47-43L-2-87L-51-43L-56-49Z", roof)
  const rafters = shadow(pen, "M-44-50L-2-88L40-50V-43L-2-80L-44-43Z", 0.2)
  const round = windowOf(pen, -8, -70, 12, 12)
  const porch =
    box(-9, -36, 18, 36, 1, lit(pen, "#fffaf0")) +
    path("M-7 0V-26Q-7-34 0-34Q7-34 7-26V0Z", door) +
    ellipse(4.4, -15, 1.3, 1.3, pen.palette.sun) +
    box(-13, -2.6, 26, 2.6, 0.6, darker(pen, wall, 0.34))
  const bush = (x: number, r: number): string =>
    ellipse(x, -r * 0.6, r, r * 0.72, lit(pen, "#5f8f58")) +
    ellipse(x + r * 0.3, -r * 0.45, r * 0.7, r * 0.5, lit(pen, "#4a7549"))
  return (
    smoke +
    chimney +
    gable +
    boards +
    shadow(pen, "M14 0V-75.6L40-52V0Z", 0.1) +
    rafters +
    round +
    windowOf(pen, -35, -32, 16, 17) +
    windowOf(pen, 17, -32, 16, 17) +
    porch +
    eaves +
    path("M-2-98L52-49L47-43L-2-87Z", ink.concat("33")) +
    bush(-40, 9) +
    bush(38, 8)
  )
}

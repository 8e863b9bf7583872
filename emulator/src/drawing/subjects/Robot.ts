/** A robot that stands and waves. */
import { circle, path, pick, several } from "../scene/Shapes.js"
import { box, darker, lighter, lit, move, type Pen, paint, shadow, stroke, twice } from "./Pen.js"

const shellOf = (pen: Pen): string => paint(pen, pick(pen, ["#e9e4d8", "#8fc1c4", "#f0b35c", "#b9c4cf"]))

const face = (pen: Pen, shell: string): string => {
  const { flats, ink, night, sun } = pen.palette
  const glow = night ? sun : lighter(pen, "#57e0d0", 0.25)
  const antenna =
    stroke("M0-24V-34", darker(pen, shell, 0.4), 2.6) +
    circle(0, -36, 4.2, flats[0]) +
    circle(-1.2, -37.4, 1.3, "#ffffff", 0.6)
  const ears = twice(box(27, -9, 8, 18, 3, darker(pen, shell, 0.36)))
  const head = box(-30, -25, 60, 48, 15, shell)
  const screen = box(-23, -15, 46, 28, 11, ink)
  const eyes = twice(box(6.6, -8.5, 8, 12, 4, glow))
  const smile = stroke("M-5 6.5Q0 10.4 5 6.5", glow, 2)
  const gleam = path("M-19-4Q-18-12-10-12Q-15-8-16-2Q-18-1-19-4Z", "#ffffff55")
  return (
    antenna +
    ears +
    head +
    shadow(pen, "M12-25H15A15 15 0 0 1 30-10V8A15 15 0 0 1 15 23H8C24 12 24-14 12-25Z") +
    screen +
    eyes +
    smile +
    gleam
  )
}

export const robotHead = (pen: Pen): string => face(pen, shellOf(pen))

/** A hand of two fingers, open to the right. */
const claw = (colour: string): string => stroke("M6-5.4A7 7 0 1 0 6 5.4", colour, 4.4, { "stroke-linecap": "butt" })

export const robot = (pen: Pen): string => {
  const shell = shellOf(pen)
  const { flats, ink, sun } = pen.palette
  const [joint, side] = [darker(pen, shell, 0.45), darker(pen, shell, 0.14)]
  const legs = twice(
    box(5, -22, 8, 18, 2, joint) +
      several(3, (i) => box(4, -19.4 + i * 5, 10, 2.4, 1.2, darker(pen, joint, 0.3))) +
      path("M2.4 0V-4Q3-9 9-9Q17-9 18-2V0Z", side)
  )
  const left = stroke("M-22-44Q-35-42-38-57", joint, 6.4) + move(claw(side), -39.5, -65, 1, -96)
  const right = stroke("M22-44Q34-40 34-27", joint, 6.4) + move(claw(side), 34, -20, 1, 90)
  const body = path("M-21-51H21Q25-51 25-46L21-23Q20-18 15-18H-15Q-20-18-21-23L-25-46Q-25-51-21-51Z", shell)
  const panel =
    box(-13, -44, 26, 17, 4, darker(pen, shell, 0.3)) +
    circle(-6, -35.5, 4.4, ink) +
    stroke("M-6-35.5L-4-38.4", flats[0], 1.3) +
    several(3, (i) => circle(3 + i * 4, -39, 1.5, [flats[0], sun, flats[1]][i] ?? sun)) +
    box(1.4, -34.6, 10, 3.4, 1.2, ink)
  const bolts = twice(circle(19.6, -46, 1.4, joint))
  return (
    left +
    right +
    legs +
    box(-6, -56, 12, 7, 2, joint) +
    body +
    shadow(pen, "M9-51H21Q25-51 25-46L21-23Q20-18 15-18H6C16-26 18-40 9-51Z") +
    panel +
    bolts +
    move(face(pen, shell), 0, -73, 0.78) +
    stroke("M-21-49.6H18", lit(pen, "#ffffff"), 0.9, { "stroke-opacity": "0.5" })
  )
}

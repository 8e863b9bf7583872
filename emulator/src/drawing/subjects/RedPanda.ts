/** A red panda that sits and looks at you. */
import { path } from "../scene/Shapes.js"
import { darker, ellipse, eye, lighter, lit, move, type Pen, paint, shadow, stroke, twice } from "./Pen.js"

interface Coat {
  readonly fur: string
  readonly rust: string
  readonly pale: string
  readonly dark: string
}

const coatOf = (pen: Pen): Coat => {
  const fur = paint(pen, "#d9652f")
  return { fur, rust: darker(pen, fur, 0.3), pale: lighter(pen, fur, 0.93), dark: lit(pen, "#3b2122") }
}

const face = (pen: Pen, { dark, fur, pale, rust }: Coat): string => {
  const { ink } = pen.palette
  const ear =
    path("M-31-4C-38-18-38-32-31-34C-23-36-11-29-7-21Z", pale) +
    path("M-28-9C-33-19-33-27-29-28C-24-29-17-24-13-19Z", rust)
  const head = path(
    "M0-26C18-26 29-17 31-5L37 5L32 8L33 15L25 17C18 23 9 26 0 26C-9 26-18 23-25 17L-33 15L-32 8L-37 5L-31-5C-29-17-18-26 0-26Z",
    fur
  )
  const cheek = path("M13 10C18 3 26 2 31-5L37 5L32 8L33 15L25 17C19 22 12 26 3 26C9 20 11 15 13 10Z", pale)
  const tear = path("M8 0C13 1 20 4 24 12C26 16 24 20 19 21C15 15 9 10 8 0Z", rust)
  const brow = path("M7-12C10-18 19-17 20-10C16-12 11-11 7-12Z", pale)
  const muzzle = path("M0 1C7 1 8 6 12 9C16 13 13 26 0 26C-13 26-16 13-12 9C-8 6-7 1 0 1Z", pale)
  const crown = path("M-4-26Q0-27 4-26L2-12Q0-9-2-12Z", rust)
  const nose = path("M-5 6Q0 3.4 5 6Q5.4 10.6 0 12Q-5.4 10.6-5 6Z", dark) + ellipse(-1.8, 6.6, 1.6, 0.8, "#ffffff", 0.5)
  const mouth = stroke("M0 12V14.6Q-3 18.4-7.4 15.6M0 14.6Q3 18.4 7.4 15.6", ink, 1.3)
  const eyes = eye(pen, -12.5, -2.5, 4.2) + eye(pen, 12.5, -2.5, 4.2)
  return twice(ear) + head + crown + twice(cheek + tear + brow) + muzzle + mouth + nose + eyes
}

export const redPandaHead = (pen: Pen): string => face(pen, coatOf(pen))

/** The tail with its rings, from the root at (0, 0) up. */
const brush = ({ fur, pale, rust }: Coat): string => {
  const d = "M0 0C24 9 37-10 31-32"
  const rings = { "stroke-dasharray": "7 8.5", "stroke-dashoffset": "-9", "stroke-linecap": "butt" }
  return stroke(d, fur, 16) + stroke(d, pale, 16, rings) + stroke("M31.6-29L31-33", rust, 16)
}

export const redPandaTail = (pen: Pen): string => brush(coatOf(pen))

export const redPanda = (pen: Pen): string => {
  const coat = coatOf(pen)
  const { dark, fur, rust } = coat
  const back = path("M-17-46C-29-36-35-20-32-7C-31-1-26 0-21 0H21C26 0 31-1 32-7C35-20 29-36 17-46Z", fur)
  const belly = path("M-13-42Q0-36 13-42C20-30 20-10 13-3Q0 1-13-3C-20-10-20-30-13-42Z", dark)
  const arms = twice(path("M-18-41C-27-34-27-20-17-14C-11-11-5-14-6-19C-8-24-14-27-10-36Z", darker(pen, dark, 0.35)))
  const feet = twice(
    path("M12 1C5 1 4-8 10-12C17-17 30-14 31-6C32 0 27 1 24 1Z", darker(pen, dark, 0.35)) +
      ellipse(16.5, -4.6, 4.6, 3.6, lighter(pen, dark, 0.26))
  )
  return (
    move(brush(coat), 22, -8) +
    back +
    twice(path("M32-7C34-16 32-26 27-34C31-20 26-10 18-2L22 0C26 0 31-1 32-7Z", rust)) +
    belly +
    arms +
    feet +
    shadow(pen, "M8-46H17C29-36 35-20 32-7C31-1 26 0 21 0H12C24-12 22-34 8-46Z", 0.12) +
    shadow(pen, "M-20-43Q0-30 20-43Q0-37-20-43Z", 0.3) +
    move(face(pen, coat), 0, -64)
  )
}

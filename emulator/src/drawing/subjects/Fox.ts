/** A fox that sits and looks at you, its tail around its feet. */
import { path } from "../scene/Shapes.js"
import { darker, ellipse, eye, lighter, lit, move, type Pen, paint, shadow, stroke, twice } from "./Pen.js"

interface Coat {
  readonly fur: string
  readonly pale: string
  readonly dark: string
}

/** An arctic fox is white all over. */
const coatOf = (pen: Pen): Coat => {
  const isArctic = /\barctic\b/.test(pen.name)
  const fur = paint(pen, isArctic ? "#eef1f4" : "#e2702c")
  return {
    fur,
    pale: lighter(pen, fur, 0.92),
    dark: isArctic ? darker(pen, fur, 0.34) : lit(pen, "#3a2526")
  }
}

const face = (pen: Pen, { dark, fur, pale }: Coat): string => {
  const ears = twice(
    path("M-31-2C-33-18-33-34-29-42Q-27-44.5-24-42C-16-36-8-28-4-21Z", fur) +
      path("M-30.5-31C-31-36-30.5-39.5-29-42Q-27-44.5-24-42C-20.5-39.2-16.6-35.6-13-31.6Q-22-35-30.5-31Z", dark) +
      path("M-26.5-11C-28-19-28-25-26.6-30C-21-27-14-22-10.6-18.4Z", darker(pen, fur, 0.5))
  )
  const head = path(
    "M0-25C16-25 28-17 31-4L41 8L32 9.5L34 15L25 15.5C18 21 10 25 5 28.4Q0 31-5 28.4C-10 25-18 21-25 15.5L-34 15L-32 9.5L-41 8L-31-4C-28-17-16-25 0-25Z",
    fur
  )
  const cheeks = twice(
    path("M5.6 17C9 6 18 0 31-1L41 8L32 9.5L34 15L25 15.5C18 21 10 25 5 28.4Q2.6 29.6 0 29.7V22Z", pale)
  )
  const bridge = path("M0-12C7-4 8.6 8 6.4 17Q3.6 22.6 0 22.6Q-3.6 22.6-6.4 17C-8.6 8-7-4 0-12Z", fur)
  const brows = twice(path("M8-9.6C11-13.4 17-13 18.6-8.6C15-10 11.6-10.4 8-9.6Z", pale))
  const nose = path("M-5.2 19.4Q0 16.4 5.2 19.4Q5 25 0 26Q-5 25-5.2 19.4Z", pen.palette.ink)
  const light = ellipse(-1.8, 20.2, 1.6, 0.8, "#ffffff", 0.5)
  const mouth = stroke("M0 26V27.6Q-2.6 29.4-5.4 28M0 27.6Q2.6 29.4 5.4 28", pen.palette.ink, 1)
  const eyes = eye(pen, -13, 0.4, 4.2) + eye(pen, 13, 0.4, 4.2)
  return ears + head + cheeks + bridge + brows + mouth + nose + light + eyes
}

export const foxHead = (pen: Pen): string => face(pen, coatOf(pen))

/** The brush, from the root at (0, 0) up, with its white tip. */
const brush = ({ fur, pale }: Coat): string =>
  path("M-4 6C14 12 36 6 40-16C42-30 34-42 25-50C25-40 20-34 15-26C11-19 10-8-4-6Z", fur) +
  path("M25-50C34-42 42-30 40.4-18Q37.4-24 34-23.4Q33-29 28-28.6Q25.6-33.6 20-34.4C23-39 25-43 25-50Z", pale)

export const foxTail = (pen: Pen): string => brush(coatOf(pen))

export const fox = (pen: Pen): string => {
  const coat = coatOf(pen)
  const { dark, fur, pale } = coat
  const back = path("M-14-50C-25-38-30-22-28-8C-27-1-24 0-19 0H19C24 0 27-1 28-8C30-22 25-38 14-50Z", fur)
  const bib = path(
    "M-13-48Q0-40 13-48C18-38 17-30 12-24L13-20L7-20L5-14L0-18L-5-14L-7-20L-13-20L-12-24C-17-30-18-38-13-48Z",
    pale
  )
  const haunches = twice(path("M13 0C9-12 14-22 22-20C31-17 31 0 24 0Z", darker(pen, fur, 0.12)))
  const legs = twice(
    path("M1-28Q6-31 10.6-27L11.4-5Q12 0 7.4 0H4.4Q.6 0 .6-4Z", fur) +
      path("M.8-15Q6-18.6 11-15L11.4-5Q12 0 7.4 0H4.4Q.6 0 .6-4Z", dark) +
      ellipse(6.6, -2.6, 6.2, 3.6, dark)
  )
  return (
    move(brush(coat), 19, -7, 1.1) +
    back +
    haunches +
    legs +
    stroke("M0-25V-2", darker(pen, fur, 0.4), 1) +
    bib +
    shadow(pen, "M6-50H14C25-38 30-22 28-8C27-1 24 0 19 0H8C19-12 19-32 6-50Z") +
    shadow(pen, "M-17-46Q0-30 17-46Q0-39-17-46Z", 0.25) +
    move(face(pen, coat), 0, -62)
  )
}

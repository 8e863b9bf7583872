/** A cat that sits and looks at you. */
import { path, pick } from "../scene/Shapes.js"
import { darker, ellipse, eye, lighter, lit, move, type Pen, paint, shadow, stroke, twice } from "./Pen.js"

interface Coat {
  readonly fur: string
  readonly mark: string
  readonly pale: string
  readonly eyes: string
}

const coatOf = (pen: Pen): Coat => {
  const own = /\btabby\b/.test(pen.name) ? "#9a8f80" : pick(pen, ["#e79a4f", "#8d8f9b", "#d9b48a", "#4b4654"])
  const fur = paint(pen, own)
  return {
    fur,
    mark: darker(pen, fur, 0.32),
    pale: lighter(pen, fur, 0.78),
    eyes: lit(pen, pick(pen, ["#d7e07a", "#8fd0c0", "#f5cf6a"]))
  }
}

const face = (pen: Pen, { eyes, fur, mark, pale }: Coat): string => {
  const pink = lit(pen, "#f2a5a0")
  const ear = path("M-29 2L-26.5-35Q-25.5-38.5-22.5-36L-3-22Z", fur) + path("M-24-14L-23-29.5L-11-21Z", pink)
  const head = path(
    "M0-25C18-25 30.5-14 30.5 1C30.5 16 16 23.5 0 23.5C-16 23.5-30.5 16-30.5 1C-30.5-14-18-25 0-25Z",
    fur
  )
  const stripes =
    path("M-2.6-25H2.6L0-12.5Z", mark) +
    twice(
      path("M5.5-24.8L11-23.5L7-14.5Z", mark) +
        path("M30.5-.5L20 2L29.6 5Z", mark) +
        path("M28.6 8L20 8L25.6 12.5Z", mark)
    )
  const muzzle = twice(ellipse(5.8, 11, 9, 7.4, pale)) + ellipse(0, 15, 7, 6.2, pale)
  const look = twice(ellipse(12.5, -1, 6, 6.8, eyes)) + eye(pen, -12.5, -1, 4.6) + eye(pen, 12.5, -1, 4.6)
  const line = pen.palette.ink
  const mouth = stroke("M0 8.5V11Q-2.6 15-7 12.6M0 11Q2.6 15 7 12.6", line, 1.2)
  const whiskers = twice(stroke("M16 9.5L36 5.5M16 12L36 13.5", lighter(pen, fur, 0.7), 0.8))
  const nose = path("M-3.6 4.6Q0 3.6 3.6 4.6L0 8.8Z", pink)
  return twice(ear) + head + stripes + muzzle + look + mouth + nose + whiskers
}

export const catHead = (pen: Pen): string => face(pen, coatOf(pen))

export const cat = (pen: Pen): string => {
  const coat = coatOf(pen)
  const { fur, mark, pale } = coat
  const tail = "M20-7C46-2 52-20 45-32Q41-39 46-45"
  const back = path("M-15-50C-27-36-34-20-32-7C-31-1-26 0-21 0H21C26 0 31-1 32-7C34-20 27-36 15-50Z", fur)
  const chest = path("M-13-47Q0-39 13-47C16-38 13-26 9-20Q0-14-9-20C-13-26-16-38-13-47Z", pale)
  const sides = twice(stroke("M30.5-22L23-20M32-14.5L24.5-13.5", mark, 2.6))
  const haunches = twice(path("M14 0C10-12 17-22 26-19C35-16 34 0 26 0Z", darker(pen, fur, 0.12)))
  const legs = twice(path("M1-27Q7-30 11.5-26L12.5-5Q13 0 7.5 0H4.5Q.6 0 .6-4Z", fur) + ellipse(7, -3, 6.6, 4, pale))
  const gap = stroke("M0-25V-2", darker(pen, fur, 0.4), 1)
  return (
    stroke(tail, fur, 9) +
    stroke("M44.6-33Q41-39 46-45", mark, 9) +
    back +
    sides +
    haunches +
    chest +
    legs +
    gap +
    shadow(pen, "M6-50H15C27-36 34-20 32-7C31-1 26 0 21 0H8C20-12 20-32 6-50Z") +
    shadow(pen, "M-20-47Q0-31 20-47Q0-40-20-47Z", 0.25) +
    move(face(pen, coat), 0, -62)
  )
}

/** A dog that sits and looks at you. */
import { path, pick } from "../scene/Shapes.js"
import { darker, ellipse, eye, lighter, lit, move, type Pen, paint, shadow, stroke, twice } from "./Pen.js"

interface Coat {
  readonly fur: string
  readonly ear: string
  readonly pale: string
}

const coatOf = (pen: Pen): Coat => {
  const own = /\bhusk(y|ies)\b/.test(pen.name) ? "#7f8896" : pick(pen, ["#c98a4b", "#a9714b", "#e0b878", "#6a5248"])
  const fur = paint(pen, own)
  return { fur, ear: darker(pen, fur, 0.34), pale: lighter(pen, fur, 0.82) }
}

const face = (pen: Pen, { ear, fur, pale }: Coat): string => {
  const { ink } = pen.palette
  const head = path("M0-28C17-28 27-18 28-4C29 11 20 25 0 25C-20 25-29 11-28-4C-27-18-17-28 0-28Z", fur)
  const blaze = path("M-3.5-28Q0-29 3.5-28C5-14 8-6 14 3C20 15 12 25 0 25C-12 25-20 15-14 3C-8-6-5-14-3.5-28Z", pale)
  const patch = path("M6-17C14-22 24-15 24-4C23 4 14 6 10 0C7-5 5-11 6-17Z", ear)
  const ears = twice(path("M-14-26C-26-33-38-24-38-6C-38 8-34 17-28 15C-22 12-25-4-17-16Z", ear))
  const brows = twice(stroke("M9-12Q13-14.5 16.5-12", darker(pen, fur, 0.5), 1.6))
  const tongue = path("M-5 17Q0 15 5 17V23Q5 28.5 0 28.5Q-5 28.5-5 23Z", lit(pen, "#f08a86"))
  const mouth = stroke("M0 11V15.5Q-4.5 20-10.5 15.5M0 15.5Q4.5 20 10.5 15.5", ink, 1.4)
  const nose = path("M-7 4Q0 .6 7 4Q7.4 10.4 0 11.6Q-7.4 10.4-7 4Z", ink) + ellipse(-2.4, 4.8, 2.2, 1, "#ffffff", 0.5)
  return head + patch + blaze + ears + brows + eye(pen, -13, -4, 4) + eye(pen, 13, -4, 4) + tongue + mouth + nose
}

export const dogHead = (pen: Pen): string => face(pen, coatOf(pen))

export const dog = (pen: Pen): string => {
  const coat = coatOf(pen)
  const { fur, pale } = coat
  const { flats, sun } = pen.palette
  const back = path("M-16-50C-24-36-33-22-31-7C-30-1-26 0-21 0H21C26 0 30-1 31-7C33-22 24-36 16-50Z", fur)
  const chest = path("M-14-46Q0-38 14-46C17-34 14-22 8-16Q0-11-8-16C-14-22-17-34-14-46Z", pale)
  const haunches = twice(path("M14 0C9-13 16-23 25-20C35-17 35 0 27 0Z", darker(pen, fur, 0.14)))
  const legs = twice(path("M1.4-28Q8-31 12.4-26L13.4-5Q14 0 8.5 0H5Q1 0 1-4Z", fur) + ellipse(7.6, -3.2, 7, 4.2, pale))
  const collar = path("M-17-47Q0-35 17-47L18.5-42Q0-29-18.5-42Z", flats[0]) + ellipse(0, -34, 3.6, 3.8, sun)
  return (
    stroke("M24-8Q43-10 46-30", fur, 8.5) +
    stroke("M45.4-25L46-30", pale, 8.5) +
    back +
    haunches +
    chest +
    legs +
    stroke("M0-26V-2", darker(pen, fur, 0.4), 1) +
    shadow(pen, "M7-50H16C24-36 33-22 31-7C30-1 26 0 21 0H9C20-12 20-32 7-50Z") +
    collar +
    move(face(pen, coat), 0, -66)
  )
}

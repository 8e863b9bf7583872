/** A hare or a rabbit that sits up and looks at you. */
import { path, pick } from "../scene/Shapes.js"
import { darker, ellipse, eye, lighter, lit, move, type Pen, paint, shadow, stroke, twice } from "./Pen.js"

interface Coat {
  readonly fur: string
  readonly pale: string
  readonly pink: string
}

const coatOf = (pen: Pen): Coat => {
  const own = /\bhare/.test(pen.name) ? "#b98a5c" : pick(pen, ["#c9a27c", "#a9a4a6", "#eadfce", "#8f7460"])
  const fur = paint(pen, own)
  return { fur, pale: lighter(pen, fur, 0.82), pink: lit(pen, "#eda7a2") }
}

const face = (pen: Pen, { fur, pale, pink }: Coat): string => {
  const { ink } = pen.palette
  const ears = twice(
    move(
      path("M-8 4C-13-14-12-38-4-46Q0-49 4-46C12-38 12-14 8 4Z", fur) +
        path("M-4 2C-7.6-12-7-32-1.6-38Q0-39.4 1.6-38C7-32 7-12 4 2Z", pink),
      -12,
      -20,
      1,
      -11
    )
  )
  const head = path("M0-25C15-25 24-16 26-3C28 9 22 18 13 22Q0 27-13 22C-22 18-28 9-26-3C-24-16-15-25 0-25Z", fur)
  const muzzle = twice(ellipse(5.4, 10.6, 9, 7.6, pale)) + ellipse(0, 16, 7, 5.4, pale)
  const rings = twice(ellipse(14, -4, 7, 7.6, pale))
  const teeth = path("M-3 14.6H3V19.4Q3 20.4 1.6 20.4H.3V15H-.3V20.4H-1.6Q-3 20.4-3 19.4Z", "#fffdf6")
  const mouth = stroke("M0 9.4V12.4Q-3 16-7.4 13.6M0 12.4Q3 16 7.4 13.6", ink, 1.2)
  const whiskers = twice(stroke("M12 11L30 8M12 13.6L29 16", lighter(pen, fur, 0.7), 0.8))
  const nose = path("M-4 5.4Q0 3.6 4 5.4L0 9.6Z", pink)
  return ears + head + rings + muzzle + teeth + mouth + nose + whiskers + eye(pen, -14, -4, 5) + eye(pen, 14, -4, 5)
}

export const hareHead = (pen: Pen): string => face(pen, coatOf(pen))

export const hare = (pen: Pen): string => {
  const coat = coatOf(pen)
  const { fur, pale } = coat
  const tail = ellipse(27, -9, 9, 8.4, pale)
  const back = path("M-14-44C-25-33-29-20-27-8C-26-1-23 0-18 0H18C23 0 26-1 27-8C29-20 25-33 14-44Z", fur)
  const belly = path("M-11-42Q0-36 11-42C16-30 15-14 9-7Q0-2-9-7C-15-14-16-30-11-42Z", pale)
  const feet = twice(
    path("M8-1C4-8 8-18 18-19C29-19 31-6 27-2Q20 1 8-1Z", darker(pen, fur, 0.12)) + ellipse(15, -2.6, 13, 4.4, fur)
  )
  const arms = twice(path("M12-38C17-32 16-24 8-20Q4-18.6 3-21.4Q3-24 6.4-26C9-28 9.6-32 8-36Z", darker(pen, fur, 0.1)))
  return (
    tail +
    back +
    belly +
    shadow(pen, "M6-44H14C25-33 29-20 27-8C26-1 23 0 18 0H9C19-12 18-30 6-44Z") +
    feet +
    arms +
    shadow(pen, "M-15-41Q0-30 15-41Q0-35-15-41Z", 0.25) +
    move(face(pen, coat), 0, -58, 0.9)
  )
}

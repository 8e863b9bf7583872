/** The subjects of a picture, set in a scene. */
import type { Named } from "../subjects/Naming.js"
import { ellipse, mirror, move, type Pen } from "../subjects/Pen.js"
import type { Subject } from "../subjects/Subjects.js"
import { suit } from "../subjects/Suit.js"
import type { Frame } from "./Frame.js"
import { between, times } from "./Shapes.js"

/** Where subjects may stand, in pixels: the floor is a height on the page, `height` what they may reach above it. */
export interface Stage {
  readonly left: number
  readonly right: number
  readonly floor: number
  readonly height: number
  /** On water or in the air: no one casts a shadow. */
  readonly afloat?: true
}

/** What of a subject is shown. */
export type Pose = "draw" | "flying" | "perched"

/** Subjects that stand, fly or swim in front of a backdrop. */
export const figuresOf = (named: ReadonlyArray<Named>): ReadonlyArray<Named> =>
  named.filter(({ subject }) => subject.home !== "backdrop")

/** The subject that is a backdrop of that kind, if the prompt names it. */
export const backdropOf = (named: ReadonlyArray<Named>, kind: Named["kind"]): Named | undefined =>
  named.find((one) => one.kind === kind)

const penOf = ({ palette, prompt, random }: Frame, { colour, name }: Named): Pen => ({
  palette,
  random,
  colour,
  name,
  prompt: prompt.toLowerCase()
})

/** One of the figures, drawn in its box of 100. */
interface Actor {
  readonly drawing: string
  readonly reach: number
  readonly size: number
}

const draw = (frame: Frame, named: Named, pose: Pose): string => {
  const subject: Subject = named.subject
  const pen = penOf(frame, named)
  return named.suited ? move(suit(pen, subject), 0, -20, 0.8) : (subject[pose] ?? subject.draw)(pen)
}

/** No more than stand side by side without a crowd. */
const most = 6

const actorsOf = (frame: Frame, named: ReadonlyArray<Named>, pose: Pose): ReadonlyArray<Actor> =>
  named
    .flatMap((one) =>
      times(one.count, (): Actor => {
        const drawing = draw(frame, one, pose)
        const { reach, size } = one.subject
        return { drawing: frame.random() < 0.5 ? drawing : mirror(drawing), reach: one.suited ? 40 : reach, size }
      })
    )
    .slice(0, most)

/** An actor in a row: its middle, and pixels to a unit of its box. */
interface Place extends Actor {
  readonly x: number
  readonly scale: number
}

/** Beside one another sizes differ less than in life: the small ones are to be seen. */
const weightOf = (actors: ReadonlyArray<Actor>, { size }: Actor): number => (actors.length === 1 ? 1 : size ** 0.55)

/** The actors beside one another in the middle of a stage, as large as they fit, each in its part of the width. */
const inRow = (
  actors: ReadonlyArray<Actor>,
  { height, left, right }: Stage,
  widthOf: (actor: Actor) => number,
  tall: number,
  gap: number
): ReadonlyArray<Place> => {
  const weights = actors.map((actor) => weightOf(actors, actor))
  const widths = actors.map((actor, i) => widthOf(actor) * (weights[i] ?? 1))
  const total = widths.reduce((sum, width) => sum + width, 0)
  const unit = Math.min((right - left) / total, height / (tall * Math.max(...weights)))
  const slack = ((right - left - total * unit) * gap) / (actors.length + 1)
  let end = (left + right - total * unit - slack * (actors.length - 1)) / 2
  return actors.map((actor, i) => {
    const width = (widths[i] ?? 0) * unit
    const x = end + width / 2
    end += width + slack
    return { ...actor, x, scale: (weights[i] ?? 1) * unit }
  })
}

/** The figures on a floor, in the order of the prompt; tall ones and every other one of a crowd stand behind. */
export const standing = (frame: Frame, named: ReadonlyArray<Named>, stage: Stage, pose: Pose = "draw"): string => {
  const actors = actorsOf(frame, named, pose)
  const isCrowd = actors.length > 3
  const isTall = ({ size }: Actor): boolean => size > 1.4
  // Beside others some of the room may be shared, of a crown or an eave more than of a coat.
  const share = (actor: Actor): number =>
    actors.length === 1 || stage.afloat ? 1 : isCrowd ? 0.6 : isTall(actor) ? 0.74 : 0.88
  return inRow(actors, stage, (actor) => actor.reach * 2 * share(actor), isCrowd ? 124 : 104, 0)
    .map((place, i) => {
      const { drawing, reach, scale, x } = place
      const isBehind = isTall(place) || (isCrowd && i % 2 === 1)
      const back = isBehind ? (isCrowd ? 20 : 8) : between(frame, 0, 3)
      const y = stage.floor - (actors.length === 1 ? 0 : back * scale)
      const shade = ellipse(x, y, reach * 0.92 * scale, 5 * scale, frame.palette.ink, 0.24)
      return { y, content: (stage.afloat ? "" : shade) + move(drawing, x, y, scale) }
    })
    .sort((a, b) => a.y - b.y)
    .reduce((content, actor) => content + actor.content, "")
}

/** The figures without a floor, each turned a little, spread over a stage. */
export const floating = (frame: Frame, named: ReadonlyArray<Named>, stage: Stage, pose: Pose, turn: number): string => {
  const actors = actorsOf(frame, named, pose)
  return inRow(actors, stage, ({ reach }) => Math.max(reach * 2, 80), 118, 1)
    .map(({ drawing, scale, x }, i) => {
      const isEven = i % 2 === 0
      const sway = actors.length === 1 ? 0.5 : isEven ? between(frame, 0.1, 0.35) : between(frame, 0.65, 0.9)
      const room = Math.max(0, stage.height - 112 * scale)
      const middle = stage.floor - stage.height + 56 * scale + room * sway
      return move(move(drawing, 0, 50), x, middle, scale, (isEven ? turn : -turn) * between(frame, 0.6, 1))
    })
    .join("")
}

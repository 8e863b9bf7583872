/** A subject on its own: in a studio, on a table, in a portrait, in a medallion, or cut out. */
import type { Named } from "../subjects/Naming.js"
import { ellipse } from "../subjects/Pen.js"
import { figuresOf, floating, standing } from "./Cast.js"
import type { Frame } from "./Frame.js"
import { circle, mix, shade, tag } from "./Shapes.js"

const isPortrait = ({ prompt }: Frame): boolean => /\b(close[- ]?ups?|headshots?|portraits?|selfies?)\b/i.test(prompt)

/** The whole figures, with nothing behind them; those that swim or float have no floor. */
export const cutOut = (frame: Frame, named: ReadonlyArray<Named>): string => {
  const { height, width } = frame
  const stage = { left: width * 0.1, right: width * 0.9, floor: height * 0.93, height: height * 0.84 }
  const figures = figuresOf(named)
  const isAfloat = figures.every(({ subject, suited }) => suited || ["space", "under water"].includes(subject.home))
  return isAfloat ? floating(frame, figures, stage, "flying", 6) : standing(frame, figures, stage)
}

/** A disc of light behind the figures, and a table or floor below them. */
export const studio = (frame: Frame, named: ReadonlyArray<Named>): string => {
  const { height, palette, width } = frame
  const { flats, ink, night, paper, sky } = palette
  const unit = Math.min(width, height)
  const wall = night ? [sky[0], mix(sky[0], sky[1], 0.9)] : [mix(sky[1], paper, 0.15), mix(sky[2], paper, 0.35)]
  const disc = night ? mix(sky[1], sky[2], 0.5) : mix(flats[1], paper, 0.35)
  const back =
    tag("defs", {}, shade("sky", 0, height, wall)) + tag("rect", { width, height: height + 1, fill: "url(#sky)" })
  const [x, r] = [width / 2, Math.min(unit * 0.4, height * 0.42)]
  const rings = circle(x, height * 0.46, r * 1.22, disc, 0.28) + circle(x, height * 0.46, r, disc)
  const figures = figuresOf(named)
  if (isPortrait(frame)) {
    const stage = { left: width * -0.05, right: width * 1.05, floor: height * 1.2, height: height * 1.02 }
    return back + rings + standing(frame, figures, stage, "draw")
  }
  const top = height * 0.74
  const cloth = mix(flats[night ? 3 : 2], night ? ink : paper, night ? 0.35 : 0.12)
  const table =
    tag("rect", { y: top, width, height: height - top + 2, fill: cloth }) +
    tag("rect", { y: top, width, height: unit * 0.012, fill: mix(cloth, paper, 0.3) }) +
    ellipse(x, top + (height - top) * 0.6, unit * 0.52, (height - top) * 0.3, paper, 0.1)
  const stage = { left: width * 0.12, right: width * 0.88, floor: height * 0.9, height: height * 0.66 }
  return back + rings + table + standing(frame, figures, stage)
}

/** The figures in a round field over whatever stands behind. */
export const medallion = (frame: Frame, named: ReadonlyArray<Named>): string => {
  const { height, palette, width } = frame
  const [x, y, r] = [width / 2, height / 2, Math.min(width, height) * 0.37]
  const field = mix(palette.night ? palette.sky[2] : palette.sky[1], palette.paper, 0.5)
  const stage = { left: x - r * 0.8, right: x + r * 0.8, floor: y + r * 0.68, height: r * 1.36 }
  return (
    circle(x, y, r * 1.08, palette.ink) +
    circle(x, y, r * 1.03, palette.paper) +
    circle(x, y, r * 0.98, field) +
    standing(frame, figuresOf(named), stage)
  )
}

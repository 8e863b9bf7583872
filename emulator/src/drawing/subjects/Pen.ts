/** What subjects are drawn with: a box 100 high, y upwards negative, in which the subject stands on (0, 0). */
import type { Palette } from "../scene/Frame.js"
import { mix, num, tag } from "../scene/Shapes.js"

/** What a subject is drawn with. */
export interface Pen {
  readonly palette: Palette
  /** The next number of the picture's own sequence, from 0 up to 1. */
  readonly random: () => number
  /** The words of the prompt that name the subject, in lower case. */
  readonly name: string
  /** The whole prompt, in lower case. */
  readonly prompt: string
  /** The colour that the prompt gives the subject, `#rrggbb`. */
  readonly colour: string | undefined
}

/** A colour of its own in the light of the scene. */
export const lit = ({ palette: { night, sky } }: Pen, colour: string): string =>
  night ? mix(colour, sky[1], 0.1) : mix(colour, sky[2], 0.08)

/** The colour that the prompt gives, else the subject's own, in the light of the scene. */
export const paint = (pen: Pen, own: string): string => lit(pen, pen.colour ?? own)

export const darker = (pen: Pen, colour: string, t = 0.28): string => mix(colour, pen.palette.ink, t)

export const lighter = (pen: Pen, colour: string, t = 0.55): string => mix(colour, pen.palette.paper, t)

export const ellipse = (cx: number, cy: number, rx: number, ry: number, fill: string, opacity = 1): string =>
  tag("ellipse", { cx, cy, rx, ry, fill, ...(opacity < 1 ? { "fill-opacity": opacity } : {}) })

export const box = (x: number, y: number, width: number, height: number, rx: number, fill: string): string =>
  tag("rect", { x, y, width, height, rx, fill })

/** A line with round ends and corners. */
export const stroke = (d: string, colour: string, width: number, more: Readonly<Record<string, string>> = {}): string =>
  tag("path", {
    d,
    fill: "none",
    stroke: colour,
    "stroke-width": width,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    ...more
  })

/** Half transparent ink over a part: the side away from the light. */
export const shadow = (pen: Pen, d: string, opacity = 0.14): string =>
  tag("path", { d, fill: pen.palette.ink, "fill-opacity": opacity })

/** A part moved, then turned by degrees, then sized. */
export const move = (part: string, x: number, y: number, scale = 1, turn = 0): string => {
  const size = scale === 1 ? "" : `scale(${Math.round(scale * 10000) / 10000})`
  const angle = turn === 0 ? "" : `rotate(${num(turn)})`
  return tag("g", { transform: `translate(${num(x)} ${num(y)})${angle}${size}` }, part)
}

/** A flipped part: what looked left looks right. */
export const mirror = (part: string): string => tag("g", { transform: "scale(-1 1)" }, part)

/** The same on the left and on the right. */
export const twice = (part: string): string => part + mirror(part)

/** An eye with its light. */
export const eye = (pen: Pen, x: number, y: number, r: number): string =>
  tag("circle", { cx: x, cy: y, r, fill: pen.palette.ink }) +
  tag("circle", { cx: x + r * 0.34, cy: y - r * 0.36, r: r * 0.34, fill: "#ffffff" })

/** A circle's line. */
export const circleLine = (cx: number, cy: number, r: number, colour: string, width: number): string =>
  tag("circle", { cx, cy, r, fill: "none", stroke: colour, "stroke-width": width })

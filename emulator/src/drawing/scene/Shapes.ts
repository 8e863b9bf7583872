/** SVG elements, random numbers and curves that scenes are made of. */
import type { Frame, Palette } from "./Frame.js"

/** An SVG element; numbers are cut to hundredths, so that a picture is no longer than it need be. */
export const tag = (name: string, attributes: Readonly<Record<string, string | number>>, content = ""): string =>
  `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? num(value) : value}"`)
    .join("")}${content === "" ? "/>" : `>${content}</${name}>`}`

export const num = (value: number): string => String(Math.round(value * 100) / 100)

/** Path data with numbers in it, cut as in `tag`. */
export const data = (texts: TemplateStringsArray, ...numbers: ReadonlyArray<number>): string =>
  texts.reduce((d, text, i) => d + num(numbers[i - 1] ?? 0) + text)

export const times = <A>(count: number, make: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length: Math.max(0, Math.round(count)) }, (_, index) => make(index))

export const several = (count: number, make: (index: number) => string): string => times(count, make).join("")

/** What has a sequence of random numbers. */
type Random = Pick<Frame, "random">

export const between = (frame: Random, low: number, high: number): number => low + (high - low) * frame.random()

export const pick = <A>(frame: Random, from: readonly [A, ...ReadonlyArray<A>]): A =>
  from[Math.floor(frame.random() * from.length)] ?? from[0]

const channel = (colour: string, at: number): number => Number.parseInt(colour.slice(at, at + 2), 16)

/** The colour `t` of the way from one to another. */
export const mix = (from: string, to: string, t: number): string =>
  [1, 3, 5]
    .map((at) => Math.round(channel(from, at) * (1 - t) + channel(to, at) * t))
    .reduce((colour, value) => colour + value.toString(16).padStart(2, "0"), "#")

/** From the farthest hill (0) to the foreground (1). */
export const ramp = ({ hills: [far, near], ink }: Palette, t: number): string =>
  t < 0.75 ? mix(far, near, t / 0.75) : mix(near, ink, (t - 0.75) * 4)

export const circle = (cx: number, cy: number, r: number, fill: string, opacity = 1): string =>
  tag("circle", { cx, cy, r, fill, ...(opacity < 1 ? { "fill-opacity": opacity } : {}) })

export const path = (d: string, fill: string, transform?: string): string =>
  tag("path", { d, fill, ...(transform === undefined ? {} : { transform }) })

/** A gradient down the page between two heights. */
export const shade = (id: string, y1: number, y2: number, stops: ReadonlyArray<string>): string =>
  tag(
    "linearGradient",
    { id, gradientUnits: "userSpaceOnUse", x1: 0, x2: 0, y1, y2 },
    several(stops.length, (i) => tag("stop", { offset: i / (stops.length - 1), "stop-color": stops[i] ?? "" }))
  )

/** Smooth noise along a line: 0 to 1, about one bump per unit. */
export const noise = (frame: Random): ((x: number) => number) => {
  const table = times(256, frame.random)
  return (x) => {
    const cell = Math.floor(x)
    const [from, to] = [table[cell & 255] ?? 0, table[(cell + 1) & 255] ?? 0]
    return from + (to - from) * (x - cell) ** 2 * (3 - 2 * (x - cell))
  }
}

/** Everything under a curve, as path data; it starts and ends out of sight, so that its sides can be stroked. */
export const under = (frame: Frame, detail: number, y: (x: number) => number): string => {
  const step = Math.max(detail, 1.5)
  const points = times(frame.width / step + 5, (i) => ({ x: (i - 2) * step, y: y((i - 2) * step) }))
  const line = points.reduce(
    (d, { x, y }, i) => {
      const next = points[i + 1] ?? { x, y }
      // Each point bends the line between the middles of its two segments: no corners.
      return `${d}Q${num(x)} ${num(y)} ${num((x + next.x) / 2)} ${num((y + next.y) / 2)}`
    },
    `M${num(-step * 3)} ${num(frame.height * 1.3)}`
  )
  return `${line}V${num(frame.height * 1.3)}Z`
}

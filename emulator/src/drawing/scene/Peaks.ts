/** Mountains with snow on them. */
import type { Frame } from "./Frame.js"
import { between, mix, num, path, several, times } from "./Shapes.js"

interface Point {
  readonly x: number
  readonly y: number
}

const line = (points: ReadonlyArray<Point>): string => points.map(({ x, y }) => `${num(x)} ${num(y)}`).join("L")

/** One mountain: its lit side, its side in shade, and snow down to a ragged edge. */
const peak = (frame: Frame, x: number, base: number, tall: number, haze: number): string => {
  const { hills, ink, paper, sky } = frame.palette
  const [left, right] = [tall * between(frame, 0.78, 0.95), tall * between(frame, 0.78, 0.95)]
  const tip = { x, y: base - tall }
  const slope = (reach: number) =>
    times(5, (i): Point => {
      const t = (i + 1) / 6
      return {
        x: x + reach * (t + between(frame, -0.045, 0.045)),
        y: tip.y + tall * (t + between(frame, -0.035, 0.035))
      }
    })
  const [west, east] = [slope(-left), slope(right)]
  const ridge = times(5, (i): Point => {
    const t = (i + 1) / 5
    return { x: x + tall * (0.06 * t + (i % 2 === 0 ? 0.06 : -0.04)), y: tip.y + tall * t }
  })
  const rock = mix(mix(hills[0], hills[1], 0.45), sky[2], haze)
  const dim = mix(mix(hills[1], ink, 0.12), sky[2], haze * 0.9)
  const whole = `M${line([{ x: x - left, y: base }, ...[...west].reverse(), tip, ...east, { x: x + right, y: base }])}Z`
  const shade = `M${line([tip, ...east, { x: x + right, y: base }, ...[...ridge].reverse()])}Z`
  const edge = (reach: number, from: number, count: number) =>
    times(count, (i): Point => {
      const t = (count - i) / (count + 1)
      return { x: x + reach * from * t, y: tip.y + tall * from * (i % 2 === 0 ? 0.98 : 0.66) * (0.75 + 0.3 * t) }
    })
  const end = (points: ReadonlyArray<Point>, at: number): ReadonlyArray<Point> => points.slice(0, at)
  const from = between(frame, 0.3, 0.36)
  const snowWest = [tip, ...end(west, 2), ...edge(-left, from, 4), ridge[0] ?? tip]
  const snowEast = [tip, ...end(east, 2), ...edge(right, from, 4), ridge[0] ?? tip]
  const white = mix(paper, sky[2], haze * 0.5)
  return (
    path(whole, rock) +
    path(shade, dim) +
    path(`M${line(snowWest)}Z`, white) +
    path(`M${line(snowEast)}Z`, mix(white, dim, 0.32))
  )
}

/** Mountains that stand on `base`: a high one, and lower ones beside it. */
export const peaks = (frame: Frame, base: number, tall: number): string => {
  const middle = frame.width * between(frame, 0.36, 0.64)
  const side = middle < frame.width / 2 ? 1 : -1
  const beside = [
    [middle - side * tall * 0.95, 0.55, 0.34],
    [middle + side * tall * 0.85, 0.7, 0.24],
    [middle + side * tall * 1.75, 0.5, 0.3],
    [middle, 1, 0.06]
  ] as const
  return several(beside.length, (i) => {
    const [x, share, haze] = beside[i] ?? [middle, 1, 0]
    return peak(frame, x, base, tall * share, haze)
  })
}

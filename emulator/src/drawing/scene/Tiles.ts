/** Plain shapes side by side. */
import type { Frame } from "./Frame.js"
import { circle, path, pick, several, tag } from "./Shapes.js"

const quarter = "M0 0H100A100 100 0 0 1 0 100Z"
const leaf = "M0 0A100 100 0 0 1 100 100A100 100 0 0 1 0 0Z"

/** What a tile holds, in a square of 100, in two colours. */
const motifs: readonly [Motif, ...ReadonlyArray<Motif>] = [
  (a) => path(quarter, a),
  (a, b) => several(4, (i) => path(quarter, i % 2 ? b : a, `scale(${1 - i / 4})`)),
  (a, b) => path("M0 0A50 50 0 0 0 100 0Z", a) + path("M0 50A50 50 0 0 0 100 50Z", b),
  (a, b) => circle(50, 50, 50, a) + circle(50, 50, 21, b),
  (a, b) => path("M0 0L100 100H0Z", a) + circle(72, 28, 18, b),
  (a, b) => path(leaf, a) + circle(50, 50, 13, b),
  (a) => several(4, (i) => path(`M${25 * i} 0h12.5v100h-12.5Z`, a)),
  (a, b) => several(16, (i) => circle(12.5 + 25 * (i % 4), 12.5 + 25 * (i >> 2), 6, i % 5 ? a : b)),
  (a, b) => several(4, (i) => path(leaf, i % 2 ? a : b, `rotate(${90 * i} 50 50)scale(.5)`)),
  (a, b) => path("M8 100V50A42 42 0 0 1 92 50V100Z", a) + path("M32 100V58A18 18 0 0 1 68 58V100Z", b)
]

type Motif = (first: string, second: string) => string

/** Columns and rows of tiles nearly square, three to six of them along the shorter side. */
const grid = ({ width, height }: Frame): readonly [columns: number, rows: number] => {
  const cell = Math.min(width, height)
  const choices = [4, 5, 3, 6].map((n) => [Math.round((width / cell) * n), Math.round((height / cell) * n)] as const)
  const skew = ([columns, rows]: readonly [number, number]) => Math.abs(Math.log((width * rows) / (height * columns)))
  return choices.find((choice) => skew(choice) < 0.03) ?? [...choices].sort((a, b) => skew(a) - skew(b))[0] ?? [4, 4]
}

/** Tiles of plain shapes in flat colours, small ones and twice as large ones. */
export const tiles = (frame: Frame): string => {
  const { width, height, palette } = frame
  const [columns, rows] = grid(frame)
  const taken = new Set<number>()
  // Whole pixels: tiles meet without a seam.
  const [left, top] = [(i: number) => Math.round((i * width) / columns), (i: number) => Math.round((i * height) / rows)]
  return several(columns * rows, (at) => {
    if (taken.has(at)) return ""
    const [column, row] = [at % columns, Math.floor(at / columns)]
    const large = column + 1 < columns && row + 1 < rows && !taken.has(at + 1) && frame.random() < 0.22
    const span = large ? 2 : 1
    if (large) for (const other of [at + 1, at + columns, at + columns + 1]) taken.add(other)
    const [x, y, w, h] = [left(column), top(row), left(column + span) - left(column), top(row + span) - top(row)]
    const [ground = "", first = "", second = ""] = [...palette.flats, palette.ink, palette.paper]
      .map((colour) => [frame.random(), colour] as const)
      .sort(([a], [b]) => a - b)
      .map(([, colour]) => colour)
    const turn = `rotate(${90 * Math.floor(frame.random() * 4)} 50 50)`
    const shape = tag("g", { transform: turn }, pick(frame, motifs)(first, second))
    const crisp = { fill: ground, "shape-rendering": "crispEdges" }
    const square = frame.backdrop ? tag("rect", { width: 100, height: 100, ...crisp }) : ""
    return tag("g", { transform: `translate(${x} ${y})scale(${w / 100} ${h / 100})` }, square + shape)
  })
}

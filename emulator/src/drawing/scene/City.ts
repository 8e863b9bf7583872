/** Rows of buildings. */
import type { Frame } from "./Frame.js"
import { between, mix, num, path, tag, times } from "./Shapes.js"

/** A roof from the left corner to the right one, as path data that begins at the left corner. */
const roofs: ReadonlyArray<(x: number, y: number, w: number) => string> = [
  (x, y, w) => `L${num(x)} ${num(y)}H${num(x + w)}`,
  (x, y, w) =>
    `L${num(x)} ${num(y)}H${num(x + w * 0.2)}V${num(y - w * 0.22)}H${num(x + w * 0.8)}V${num(y)}H${num(x + w)}`,
  (x, y, w) =>
    `L${num(x)} ${num(y)}H${num(x + w * 0.16)}V${num(y - w * 0.3)}H${num(x + w * 0.34)}V${num(y - w * 0.5)}H${num(x + w * 0.47)}V${num(y - w * 1.3)}H${num(x + w * 0.53)}V${num(y - w * 0.5)}H${num(x + w * 0.66)}V${num(y - w * 0.3)}H${num(x + w * 0.84)}V${num(y)}H${num(x + w)}`,
  (x, y, w) => `L${num(x)} ${num(y - w * 0.4)}L${num(x + w)} ${num(y)}`,
  (x, y, w) => `L${num(x)} ${num(y)}L${num(x + w / 2)} ${num(y - w * 0.6)}L${num(x + w)} ${num(y)}`,
  (x, y, w) => `L${num(x)} ${num(y)}Q${num(x + w / 2)} ${num(y - w * 0.8)} ${num(x + w)} ${num(y)}`,
  (x, y, w) =>
    `L${num(x)} ${num(y)}H${num(x + w * 0.6)}V${num(y - w * 0.42)}H${num(x + w * 0.64)}V${num(y - w * 0.9)}H${num(x + w * 0.68)}V${num(y)}H${num(x + w)}`
]

/** What a row of buildings is made of. */
interface Row {
  readonly base: number
  /** Of the highest ones, as `wide` in pixels. */
  readonly tall: number
  readonly wide: number
  readonly colour: string
  readonly windows: string
}

/** One row of buildings across the picture: walls, a side in shade, and windows, some of them lit. */
const row = (frame: Frame, { base, colour, tall, wide, windows }: Row): string => {
  const parts = { walls: "", shade: "", panes: "" }
  for (let x = -wide * frame.random(); x < frame.width; ) {
    const w = wide * between(frame, 0.6, 1.25)
    const middle = 1 - Math.abs((x + w / 2) / frame.width - 0.5)
    const h = tall * between(frame, 0.34, 1) * (0.4 + 0.65 * middle)
    const top = base - h
    const roof = roofs[Math.floor(frame.random() * roofs.length)] ?? roofs[0]
    parts.walls += `M${num(x)} ${num(base)}${roof?.(x, top, w)}V${num(base)}Z`
    parts.shade += `M${num(x + w * 0.68)} ${num(top)}H${num(x + w)}V${num(base)}H${num(x + w * 0.68)}Z`
    const [columns, size] = [Math.max(2, Math.round(w / (wide * 0.2))), w * 0.09]
    const rows = Math.min(30, Math.floor((h - w * 0.3) / (size * 3)))
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        if (frame.random() < 0.46) continue
        const left = x + ((j + 0.5) * w) / columns - size / 2
        parts.panes += `M${num(left)} ${num(top + w * 0.18 + i * size * 3)}h${num(size)}v${num(size * 1.6)}h${num(-size)}Z`
      }
    }
    x += w * between(frame, 0.94, 1.16)
  }
  const shaded = tag("path", { d: parts.shade, fill: frame.palette.ink, "fill-opacity": 0.1 })
  const lights = tag("path", { d: parts.panes, fill: windows, "fill-opacity": frame.palette.night ? 0.9 : 0.5 })
  return path(parts.walls, colour) + shaded + lights
}

/** A skyline whose nearest row stands on `base`: hazy far rows, and near ones with windows. */
export const skyline = (frame: Frame, base: number, tall: number): string => {
  const { hills, ink, night, paper, sky, sun } = frame.palette
  const lights = night ? sun : paper
  return times(3, (i) => {
    const haze = [mix(hills[0], sky[2], 0.35), mix(hills[0], hills[1], 0.4), mix(hills[1], ink, 0.2)][i] ?? ink
    const size = [1, 0.8, 0.56][i] ?? 1
    return row(frame, {
      base,
      tall: tall * size,
      wide: Math.min(tall * 0.3, frame.width * 0.16) * (0.62 + 0.19 * i),
      colour: haze,
      windows: mix(lights, haze, 0.5 - 0.22 * i)
    })
  }).join("")
}

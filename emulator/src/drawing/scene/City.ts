/** Rows of buildings. */
import type { Frame } from "./Frame.js"
import { between, data, mix, path, tag, times } from "./Shapes.js"

/** A roof from the left corner to the right one, as path data that begins at the left corner. */
const roofs: ReadonlyArray<(x: number, y: number, w: number) => string> = [
  (x, y, w) => data`L${x} ${y}h${w}`,
  (x, y, w) => data`L${x} ${y}h${w * 0.2}v${w * -0.22}h${w * 0.6}v${w * 0.22}h${w * 0.2}`,
  (x, y, w) => {
    const steps = [0.16, 0.18, 0.13]
    const up = [0.3, 0.2, 0.8].map((rise, i) => data`h${w * (steps[i] ?? 0)}v${w * -rise}`).join("")
    const down = [0.8, 0.2, 0.3].map((fall, i) => data`v${w * fall}h${w * (steps[2 - i] ?? 0)}`).join("")
    return data`L${x} ${y}` + up + data`h${w * 0.06}` + down
  },
  (x, y, w) => data`L${x} ${y - w * 0.4}L${x + w} ${y}`,
  (x, y, w) => data`L${x} ${y}l${w / 2} ${w * -0.6}L${x + w} ${y}`,
  (x, y, w) => data`L${x} ${y}q${w / 2} ${w * -0.8} ${w} 0`,
  (x, y, w) => data`L${x} ${y}h${w * 0.6}v${w * -0.42}h${w * 0.04}v${w * -0.48}h${w * 0.04}v${w * 0.9}h${w * 0.32}`
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
    parts.walls += `${data`M${x} ${base}`}${roof?.(x, top, w)}${data`V${base}Z`}`
    parts.shade += data`M${x + w * 0.68} ${top}H${x + w}V${base}H${x + w * 0.68}Z`
    const [columns, size] = [Math.max(2, Math.round(w / (wide * 0.2))), w * 0.09]
    const rows = Math.min(30, Math.floor((h - w * 0.3) / (size * 3)))
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        if (frame.random() < 0.46) continue
        const left = x + ((j + 0.5) * w) / columns - size / 2
        parts.panes += data`M${left} ${top + w * 0.18 + i * size * 3}h${size}v${size * 1.6}h${-size}Z`
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

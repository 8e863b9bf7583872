/** The sky over a landscape, and what is in it. */
import type { Frame } from "./Frame.js"
import { between, circle, num, several, shade, tag } from "./Shapes.js"

export const stars = (frame: Frame, depth: number): string => {
  const unit = Math.min(frame.width, frame.height)
  return several(Math.min(500, (170 * Math.sqrt(frame.width * frame.height)) / unit), () => {
    const [x, y, size] = [frame.random() * frame.width, frame.random(), 0.0009 + 0.0024 * frame.random() ** 4]
    return circle(x, y * depth, unit * size, frame.palette.paper, between(frame, 0.4, 1) * (1 - y * 0.7))
  })
}

const clouds = (frame: Frame, depth: number): string => {
  const unit = Math.min(frame.width, frame.height)
  const height = unit * 0.013
  const streaks = several(between(frame, 4, 7) * Math.sqrt(frame.width / unit), () => {
    const [x, y] = [between(frame, -0.1, 1) * frame.width, between(frame, 0.15, 0.95) * depth]
    return several(3, (i) => {
      const [left, width] = [x + between(frame, -0.1, 0.1) * unit, unit * between(frame, 0.12, 0.34)]
      return tag("rect", { x: left, y: y + i * height * 0.98, width, height, rx: height / 2 })
    })
  })
  // One opacity for the lot: streaks that cross do not show through each other.
  return tag("g", { fill: frame.palette.paper, opacity: frame.palette.night ? 0.07 : 0.3 }, streaks)
}

/** The sun in its glow, or a moon with its seas. */
const sun = (frame: Frame, x: number, y: number, r: number): string => {
  const { night, sky, sun } = frame.palette
  const fade = [0.7, 0.25, 0.07, 0].map((opacity, i) =>
    tag("stop", { offset: i / 3, "stop-color": sun, "stop-opacity": night ? opacity * 0.55 : opacity })
  )
  const glow = tag("radialGradient", { id: "glow" }, fade.join("")) + circle(x, y, r * 5, "url(#glow)")
  const seas = several(night ? 6 : 0, (i) => {
    const [angle, out] = [between(frame, 0, 1) + i * 1.9, between(frame, 0.25, 0.62) * r]
    return circle(x + Math.cos(angle) * out, y + Math.sin(angle) * out, r * between(frame, 0.07, 0.2), sky[2])
  })
  return (frame.backdrop ? glow : "") + circle(x, y, r, sun) + (night ? tag("g", { opacity: 0.3 }, seas) : "")
}

/** The air over a horizon and what is in it; without a backdrop only the sun. */
export const air = (frame: Frame, horizon: number, x: number, y: number, r: number): string => {
  const { width, height, palette } = frame
  const paint = tag("rect", { width, height: height + 1, fill: "url(#sky)" })
  const sky = tag("defs", {}, shade("sky", 0, horizon * 1.1, palette.sky)) + paint
  const lights = palette.night ? stars(frame, horizon) : ""
  return (frame.backdrop ? sky + lights + clouds(frame, horizon) : "") + sun(frame, x, y, r)
}

export const birds = (frame: Frame, x: number, y: number, size: number): string => {
  const flock = several(between(frame, 3, 7), () => {
    const at = `${num(x + between(frame, -5, 5) * size)} ${num(y + between(frame, -2, 2) * size)}`
    const transform = `translate(${at})scale(${num(size * between(frame, 0.6, 1.1))})`
    return tag("path", { d: "M-1-.3Q-.4-.5 0 0Q.4-.5 1-.3", transform })
  })
  return tag("g", { fill: "none", stroke: frame.palette.ink, "stroke-width": 0.16, "stroke-opacity": 0.8 }, flock)
}

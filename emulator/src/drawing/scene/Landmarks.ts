/** What stands in the sea. */
import { move } from "../subjects/Pen.js"
import type { Frame } from "./Frame.js"
import { mix, path, several, tag } from "./Shapes.js"

/** A tower with bands on a rock, one unit high; its light by night and by day. */
const lighthouse = ({ backdrop, palette }: Frame): string => {
  const { flats, ink, paper, sun } = palette
  const body = mix(paper, palette.sky[2], 0.12)
  const band = (i: number): string => {
    const [top, bottom] = [-0.62 + 0.26 * i, -0.49 + 0.26 * i]
    const half = (y: number) => Math.round((0.072 + 0.058 * (0.72 + y)) * 1000) / 1000
    return path(`M${-half(top)} ${top}H${half(top)}L${half(bottom)} ${bottom}H${-half(bottom)}Z`, flats[0])
  }
  const beam = (sign: number): string => path(`M0-.8L${sign * 1.6}-1.02V-.66Z`, "url(#beam)")
  const fade = [0.5, 0].map((opacity, i) => tag("stop", { offset: i, "stop-color": sun, "stop-opacity": opacity }))
  const gradient = { id: "beam", gradientUnits: "userSpaceOnUse", cx: 0, cy: -0.8, r: 1.6 }
  const light = tag("radialGradient", gradient, fade.join("")) + beam(-1) + beam(1)
  const tower =
    path("M-.072-.72H.072L.13 .05H-.13Z", body) + several(3, band) + path("M0-.72H.072L.13 .05H.03Z", "#00000022")
  const lantern =
    path("M-.1-.76H.1V-.72H-.1Z", ink) +
    path("M-.055-.86H.055V-.76H-.055Z", sun) +
    path("M-.075-.86L0-.95L.075-.86Z", ink)
  const rock = path("M-.46 .3Q-.38-.02-.24 0Q-.16-.08-.04-.03Q.1-.1 .2-.01Q.36-.03 .48 .3Z", ink)
  return (backdrop ? light : "") + tower + lantern + rock
}

/** A lighthouse, still to be set on a rock in the water at a height; nothing when the prompt names none. */
export const landmark = (frame: Frame, x: number, unit: number): ((y: number) => string) =>
  /\blighthouses?\b/i.test(frame.prompt) ? (y) => move(lighthouse(frame), x, y, unit * 0.42) : () => ""

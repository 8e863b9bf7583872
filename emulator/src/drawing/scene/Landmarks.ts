/** What a prompt names and the sea can show: a lighthouse, or boats. */
import type { Frame } from "./Frame.js"
import { mix, path, several, tag } from "./Shapes.js"

/** Places something of a size around the origin, where the water is. */
const placed = (content: string, x: number, y: number, size: number): string =>
  tag("g", { transform: `translate(${Math.round(x)} ${Math.round(y)})scale(${Math.round(size * 100) / 100})` }, content)

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

/** A boat under sail, one unit high. */
const sailingBoat = ({ palette }: Frame): string => {
  const hull = path("M-.36-.13H.4Q.34 .06 .22 .08H-.2Q-.32 .02-.36-.13Z", palette.ink)
  const mast = path("M-.012-.98H.012V-.12H-.012Z", palette.ink)
  const sails =
    path("M.03-.95Q.34-.55 .36-.2H.03Z", palette.paper) +
    path("M-.03-.82Q-.22-.5-.3-.2H-.03Z", mix(palette.paper, palette.flats[1], 0.55))
  return hull + mast + sails
}

/** A boat folded from a sheet of paper. */
const paperBoat = ({ palette }: Frame): string => {
  const shaded = mix(palette.paper, palette.ink, 0.22)
  const sheet = path("M-.26-.2L0-.62L.26-.2Z", palette.paper) + path("M0-.62L.26-.2H0Z", shaded)
  const hull = path("M-.56-.3L-.3 .08H.3L.56-.3L0-.12Z", palette.paper)
  return sheet + hull + path("M0-.12L.56-.3L.3 .08H0Z", shaded)
}

const known: ReadonlyArray<readonly [RegExp, (frame: Frame) => string, size: number]> = [
  [/\blighthouses?\b/i, lighthouse, 0.42],
  [/\b(paper|origami) (boat|ship)s?\b/i, paperBoat, 0.3],
  [/\b((sail)?boats?|ships?|yachts?|sail(ing)?|regatta)\b/i, sailingBoat, 0.3]
]

/** What the prompt names, still to be set on the water at a height; nothing when it names none. */
export const landmark = (frame: Frame, x: number, unit: number): ((y: number) => string) => {
  const found = known.find(([words]) => words.test(frame.prompt))
  if (found === undefined) return () => ""
  const [, draw, size] = found
  return (y) => placed(draw(frame), x, y, unit * size)
}

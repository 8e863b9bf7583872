/**
 * The kinds of picture the emulator draws, each from a palette and a sequence of random numbers.
 */

/** Colours that go together, each `#rrggbb`. */
export interface Palette {
  /** The sky from top to horizon. */
  readonly sky: readonly [string, string, string]
  /** The farthest hill and the nearest but one; the nearest is `ink`. */
  readonly hills: readonly [string, string]
  /** The sun, or by night the moon. */
  readonly sun: string
  readonly night: boolean
  /** Flat colours that stand side by side. */
  readonly flats: readonly [string, string, string, string]
  /** The darkest colour: the foreground, and the ground of the caption. */
  readonly ink: string
  /** The lightest colour: the letters of the caption. */
  readonly paper: string
}

/** What a scene is drawn in: it fills (0, 0) to (width, height), may run over the edges, and ends in `ink` below. */
export interface Frame {
  /** In pixels. */
  readonly width: number
  readonly height: number
  readonly palette: Palette
  /** The next number of the picture's own sequence, from 0 up to 1. */
  readonly random: () => number
  /** Whether to paint the sky or ground behind the shapes. */
  readonly backdrop: boolean
}

/** An SVG element; numbers are cut to hundredths, so that a picture is no longer than it need be. */
export const tag = (name: string, attributes: Readonly<Record<string, string | number>>, content = ""): string =>
  `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? num(value) : value}"`)
    .join("")}${content === "" ? "/>" : `>${content}</${name}>`}`

const num = (value: number): string => String(Math.round(value * 100) / 100)

const times = <A>(count: number, make: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length: Math.max(0, Math.round(count)) }, (_, index) => make(index))

const several = (count: number, make: (index: number) => string): string => times(count, make).join("")

const between = (frame: Frame, low: number, high: number): number => low + (high - low) * frame.random()

const pick = <A>(frame: Frame, from: readonly [A, ...ReadonlyArray<A>]): A =>
  from[Math.floor(frame.random() * from.length)] ?? from[0]

const channel = (colour: string, at: number): number => Number.parseInt(colour.slice(at, at + 2), 16)

/** The colour `t` of the way from one to another. */
export const mix = (from: string, to: string, t: number): string =>
  [1, 3, 5]
    .map((at) => Math.round(channel(from, at) * (1 - t) + channel(to, at) * t))
    .reduce((colour, value) => colour + value.toString(16).padStart(2, "0"), "#")

/** From the farthest hill (0) to the foreground (1). */
const ramp = ({ hills: [far, near], ink }: Palette, t: number): string =>
  t < 0.75 ? mix(far, near, t / 0.75) : mix(near, ink, (t - 0.75) * 4)

const circle = (cx: number, cy: number, r: number, fill: string, opacity = 1): string =>
  tag("circle", { cx, cy, r, fill, ...(opacity < 1 ? { "fill-opacity": opacity } : {}) })

const path = (d: string, fill: string, transform?: string): string =>
  tag("path", { d, fill, ...(transform === undefined ? {} : { transform }) })

/** A gradient down the page between two heights. */
const shade = (id: string, y1: number, y2: number, stops: ReadonlyArray<string>): string =>
  tag(
    "linearGradient",
    { id, gradientUnits: "userSpaceOnUse", x1: 0, x2: 0, y1, y2 },
    several(stops.length, (i) => tag("stop", { offset: i / (stops.length - 1), "stop-color": stops[i] ?? "" }))
  )

/** Smooth noise along a line: 0 to 1, about one bump per unit. */
const noise = (frame: Frame): ((x: number) => number) => {
  const table = times(256, frame.random)
  return (x) => {
    const cell = Math.floor(x)
    const [from, to] = [table[cell & 255] ?? 0, table[(cell + 1) & 255] ?? 0]
    return from + (to - from) * (x - cell) ** 2 * (3 - 2 * (x - cell))
  }
}

/** Everything under a curve, as path data; it starts and ends out of sight, so that its sides can be stroked. */
const under = (frame: Frame, detail: number, y: (x: number) => number): string => {
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

const stars = (frame: Frame, depth: number): string => {
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
const air = (frame: Frame, horizon: number, x: number, y: number, r: number): string => {
  const { width, height, palette } = frame
  const paint = tag("rect", { width, height: height + 1, fill: "url(#sky)" })
  const sky = tag("defs", {}, shade("sky", 0, horizon * 1.1, palette.sky)) + paint
  const lights = palette.night ? stars(frame, horizon) : ""
  return (frame.backdrop ? sky + lights + clouds(frame, horizon) : "") + sun(frame, x, y, r)
}

const birds = (frame: Frame, x: number, y: number, size: number): string => {
  const flock = several(between(frame, 3, 7), () => {
    const at = `${num(x + between(frame, -5, 5) * size)} ${num(y + between(frame, -2, 2) * size)}`
    const transform = `translate(${at})scale(${num(size * between(frame, 0.6, 1.1))})`
    return tag("path", { d: "M-1-.3Q-.4-.5 0 0Q.4-.5 1-.3", transform })
  })
  return tag("g", { fill: "none", stroke: frame.palette.ink, "stroke-width": 0.16, "stroke-opacity": 0.8 }, flock)
}

/** A conifer as path data: tiers of branches that widen downwards, on a foot that stands in the ground. */
const conifer = (frame: Frame, x: number, foot: number, height: number): string => {
  const spread = height * between(frame, 0.17, 0.24)
  const tier = (sign: number, i: number): ReadonlyArray<string> => {
    const [reach, y] = [(sign * spread * (i + 1.1)) / 5, foot - height + (height * 0.97 * (i + 1)) / 5]
    return [`${num(x + reach)} ${num(y)}`, `${num(x + reach * 0.52)} ${num(y - height * 0.035)}`]
  }
  const side = (sign: number) => times(5, (i) => tier(sign, i)).flat()
  const tip = `${num(x)} ${num(foot - height)}`
  return `M${[tip, ...side(1), `${num(x)} ${num(foot + height * 0.05)}`, ...[...side(-1)].reverse()].join("L")}Z`
}

const forest = (frame: Frame, tall: number, ground: (x: number) => number): string => {
  const grove = noise(frame)
  return several(frame.width / (tall * 0.2), (i) => {
    const x = (i + between(frame, -0.5, 0.5)) * tall * 0.2
    const density = grove(x / (tall * 2.6))
    const height = tall * between(frame, 0.45, 1) * (0.35 + density)
    return density > 0.46 ? conifer(frame, x, ground(x) + tall * 0.05, height) : ""
  })
}

/** Ranges of hills, hazier the farther, under a sun or a moon. */
const hills = (frame: Frame): string => {
  const { width, height, palette } = frame
  const unit = Math.min(width, height)
  const horizon = height * between(frame, 0.46, 0.56)
  const last = Math.min(8, 4 + Math.round(height / width))
  const range = (i: number): string => {
    const t = i / last
    const base = horizon + (height - unit * 0.05 - horizon) * t ** 1.1
    const [bumps, fine, reach, amp] = [noise(frame), noise(frame), unit * (0.5 - 0.12 * t), unit * (0.3 - 0.2 * t)]
    const y = (x: number) => {
      // The far ranges are mountains with sharp crests, the near ones rolling hills.
      const bump = bumps(x / reach)
      const rough = (fine((x / reach) * 5) - 0.5) * 0.26 + (fine((x / reach) * 13) - 0.5) * 0.1
      return base - amp * ((1 - Math.abs(2 * bump - 1) + rough) * (1 - t) + bump * t - 0.45)
    }
    const colour = ramp(palette, t)
    const haze = i === last ? colour : mix(colour, palette.sky[2], 0.5 - 0.35 * t)
    const trees = t > 0.6 ? forest(frame, unit * (i === last ? 0.15 : 0.075), y) : ""
    const fill = tag("defs", {}, shade(`range${i}`, base - amp * 0.5, base + unit * 0.24, [colour, haze]))
    const land = path(under(frame, unit / 110, y), `url(#range${i})`)
    return fill + land + (trees === "" ? "" : path(trees, colour))
  }
  const [x, y] = [width * between(frame, 0.28, 0.72), horizon - unit * between(frame, 0.12, 0.26)]
  const r = unit * between(frame, 0.085, 0.13)
  const flock = palette.night ? "" : birds(frame, x + unit * 0.2, y - r * 1.2, unit * 0.016)
  return air(frame, horizon, x, y, r) + flock + several(last + 1, range)
}

/** Waves as if cut from paper: each with a soft shadow behind it and lines along its crest. */
const waves = (frame: Frame): string => {
  const { width, height, palette } = frame
  const unit = Math.min(width, height)
  const top = height * between(frame, 0.36, 0.44)
  const last = Math.min(13, 6 + Math.round(height / width))
  const wave = (i: number): string => {
    const t = i / last
    const base = top + (height - unit * 0.055 - top) * t ** 1.05
    const [phase, length, amp] = [between(frame, 0, 6.28), unit * between(frame, 0.42, 0.62), unit * (0.055 - 0.03 * t)]
    const sway = noise(frame)
    const y = (x: number) => {
      const turn = (x / length) * 6.28 + phase
      const swell = (0.35 + sway(x / length)) * Math.sin(turn + 0.75 * Math.sin(turn))
      return base + amp * (swell - sway(x / length + 40))
    }
    const id = `wave${i}`
    const copy = (dy: number, more: Readonly<Record<string, string | number>>) =>
      tag("use", { href: `#${id}`, y: dy * unit, ...more })
    // The opacity of a fill or a stroke costs nothing; that of an element is a layer as large as the picture.
    const shadows = several(3, (k) => copy(-0.006 * (k + 1), { fill: palette.ink, "fill-opacity": 0.08 }))
    const pen = { fill: "none", stroke: palette.paper, "stroke-width": unit * 0.0045 }
    const lines = several(3, (k) => copy(0.016 * (k + 1), { ...pen, "stroke-opacity": 0.5 - 0.14 * k - 0.15 * t }))
    const shape = tag("defs", {}, tag("path", { id, d: under(frame, unit / 70, y) }))
    return shape + shadows + copy(0, { fill: ramp(palette, t) }) + lines
  }
  const [x, y] = [width * between(frame, 0.3, 0.7), top - unit * between(frame, 0.03, 0.12)]
  return air(frame, top, x, y, unit * between(frame, 0.12, 0.17)) + several(last + 1, wave)
}

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
const tiles = (frame: Frame): string => {
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

/** A drawing of each kind, from the frame alone. */
export const scenes = { hills, waves, tiles }

/** Food and drink. */
import { circle, path, pick, several } from "../scene/Shapes.js"
import { box, darker, ellipse, lighter, lit, move, type Pen, paint, shadow, stroke } from "./Pen.js"

const steam = (pen: Pen, y: number, spread: number): string =>
  several(3, (i) => {
    const x = (i - 1) * spread
    const d = `M${x} ${y}C${x - 8} ${y - 8} ${x + 8} ${y - 14} ${x} ${y - 24}`
    return stroke(d, pen.palette.paper, 3, { "stroke-opacity": "0.55" })
  })

/** A bowl of noodles with egg and chopsticks. */
export const bowl = (pen: Pen): string => {
  const { flats, paper } = pen.palette
  const clay = paint(pen, pen.palette.night ? flats[2] : pick(pen, ["#c8443a", "#3a6a8f", "#e8dcc4"]))
  const broth = lit(pen, "#c97f3a")
  const noodle = lit(pen, "#f4d893")
  const noodles = several(7, (i) =>
    stroke(
      `M${-40 + i * 9}-54C${-34 + i * 9}-62 ${-28 + i * 10}-50 ${-22 + i * 9}-57`,
      i % 2 ? noodle : darker(pen, noodle, 0.14),
      3
    )
  )
  const egg = ellipse(-24, -60, 13, 8.6, lit(pen, "#fdf7e8")) + ellipse(-23, -60.4, 6.4, 4.6, lit(pen, "#f3a63a"))
  const greens = several(6, (i) =>
    ellipse(6 + (i % 3) * 7, -61 + (i >> 1) * 2.4, 3, 1.7, lit(pen, i % 2 ? "#5f9a4a" : "#86b85a"))
  )
  const slice =
    ellipse(33, -58, 12, 7, lit(pen, "#fbeee4")) + stroke("M28-58Q32-63 36-59Q37-55 32-56", lit(pen, "#ee7f9a"), 1.8)
  const sheet = path("M40-55L48-80L60-76L54-52Z", darker(pen, lit(pen, "#2f4a3a"), 0.2))
  const sticks = stroke("M8-58L64-98M14-56L72-94", darker(pen, lit(pen, "#8c4a2e"), 0.1), 3.2)
  return (
    steam(pen, -72, 18) +
    sticks +
    sheet +
    ellipse(0, -54, 62, 14, darker(pen, clay, 0.34)) +
    ellipse(0, -53, 56, 11.4, broth) +
    noodles +
    slice +
    greens +
    egg +
    path("M-62-54C-60-24-42-6-24-5V0H24V-5C42-6 60-24 62-54C56-44 30-40 0-40C-30-40-56-44-62-54Z", clay) +
    stroke("M-57-37C-40-27 40-27 57-37", lighter(pen, clay, 0.7), 3.4) +
    shadow(pen, "M18-40.6C40-42 58-46 62-54C60-24 42-6 24-5V0H4C20-8 26-24 18-40.6Z") +
    path("M-54-42C-52-28-44-17-36-12L-40-12C-50-18-56-30-58-44Z", paper.concat("66"))
  )
}

/** A cake of two tiers with a candle or several. */
export const cake = (pen: Pen): string => {
  const { flats, paper, sun } = pen.palette
  const icing = paint(pen, pick(pen, ["#f6b5bd", "#fbefd8", "#bfe0d2", "#6b4030"]))
  const sponge = lit(pen, "#e3b16f")
  const drip = (y: number, half: number, fill: string): string => {
    const step = half / 3
    const wave = several(6, (i) => `q${-step / 2} ${i % 2 === 0 ? 16 : 9} ${-step} 0`)
    return path(
      `M${-half} ${y - 12}Q${-half} ${y - 18} ${-half + 6} ${y - 18}H${half - 6}Q${half} ${y - 18} ${half} ${y - 12}V${y}${wave}Z`,
      fill
    )
  }
  const tier = (bottom: number, height: number, half: number): string =>
    box(-half, bottom - height, half * 2, height, 4, sponge) +
    box(-half, bottom - height * 0.42, half * 2, 3.6, 0, darker(pen, icing, 0.06)) +
    shadow(pen, `M${half * 0.3} ${bottom - height}H${half}V${bottom}H${half * 0.1}Z`, 0.1) +
    drip(bottom - height + 12, half, icing)
  const candle = (x: number, i: number): string =>
    box(x - 1.8, -90, 3.6, 20, 1, [flats[0], flats[1], flats[3]][i % 3] ?? flats[0]) +
    stroke(`M${x - 1.6}-76L${x + 1.6}-79M${x - 1.6}-82L${x + 1.6}-85`, paper, 1) +
    path(`M${x}-101Q${x + 5}-94 ${x}-90Q${x - 5}-94 ${x}-101Z`, lit(pen, "#f7a73c")) +
    path(`M${x}-97Q${x + 2.4}-93 ${x}-91Q${x - 2.4}-93 ${x}-97Z`, sun)
  const berries = several(
    7,
    (i) =>
      circle(-36 + i * 12, -38, 3.8, lit(pen, i % 2 ? "#d4425a" : "#7a5bb0")) +
      circle(-37 + i * 12, -39.2, 1.1, "#ffffff", 0.6)
  )
  const plate =
    ellipse(0, -3, 66, 6, darker(pen, paper, 0.16)) +
    ellipse(0, -4.6, 62, 4.6, paper) +
    path("M-16 2L-20 4H20L16 2Z", darker(pen, paper, 0.3))
  return (
    plate +
    tier(-4, 33, 48) +
    tier(-36, 32, 30) +
    berries +
    [-16, 0, 16].map(candle).join("") +
    several(9, (i) =>
      move(
        box(-1.6, -0.6, 3.2, 1.2, 0.6, [flats[0], flats[1], sun][i % 3] ?? sun),
        -38 + ((i * 31) % 76),
        -12 - ((i * 7) % 8),
        1,
        i * 40
      )
    )
  )
}

export const apple = (pen: Pen): string => {
  const skin = paint(pen, pick(pen, ["#d8453a", "#8fb84a", "#e8a23c"]))
  return (
    path(
      "M0-78C-14-90-46-88-46-50C-46-20-26 0-10 0C-5 0-3-2 0-2C3-2 5 0 10 0C26 0 46-20 46-50C46-88 14-90 0-78Z",
      skin
    ) +
    shadow(pen, "M24-83C38-80 46-70 46-50C46-20 26 0 10 0C5 0 3-2 0-2C34-14 40-56 24-83Z") +
    path("M-36-58C-36-70-30-77-22-79C-30-70-31-60-31-50Q-36-50-36-58Z", "#ffffff66") +
    ellipse(0, -77, 13, 3.4, darker(pen, skin, 0.3)) +
    stroke("M0-76Q-1-90 6-98", darker(pen, lit(pen, "#6b4634"), 0.1), 3.6) +
    path("M4-86C10-102 30-104 40-96C34-82 16-78 4-86Z", lit(pen, "#6f9a4a")) +
    stroke("M8-87Q22-94 36-95", darker(pen, lit(pen, "#6f9a4a"), 0.3), 0.9)
  )
}

/** A cup that steams on its saucer. */
export const cup = (pen: Pen): string => {
  const { paper, flats } = pen.palette
  const glaze = paint(pen, pick(pen, ["#fbf4e6", "#d8604a", "#5a8fae"]))
  const drink = lit(pen, /\btea\b/.test(pen.name) ? "#b8743a" : "#5a3422")
  return (
    steam(pen, -70, 14) +
    ellipse(0, -4, 58, 7, darker(pen, paper, 0.2)) +
    ellipse(0, -6, 52, 5, paper) +
    stroke("M38-50C60-54 60-22 32-22", darker(pen, glaze, 0.16), 6.5) +
    path("M-42-62C-42-34-36-8-14-6H14C36-8 42-34 42-62Z", glaze) +
    shadow(pen, "M16-62H42C42-34 36-8 14-6H2C18-16 22-40 16-62Z") +
    path("M-41-46C-30-38 30-38 41-46L40-38C28-31-28-31-40-38Z", flats[0]) +
    ellipse(0, -62, 42, 8.6, lighter(pen, glaze, 0.4)) +
    ellipse(0, -61, 37, 6.6, drink) +
    stroke("M-22-62Q-8-66 6-64", lighter(pen, drink, 0.5), 1.4)
  )
}

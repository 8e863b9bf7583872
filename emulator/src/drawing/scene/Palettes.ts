/** Colours of the pictures, and which of them a prompt's words call for. */
import type { Palette } from "./Frame.js"

const palettes = {
  sunset: {
    sky: ["#33265c", "#b5476b", "#ffb977"],
    hills: ["#de7f74", "#4f2350"],
    sun: "#fff0c9",
    night: false,
    flats: ["#f25c54", "#f7b267", "#8a2f63", "#3c2a6b"],
    ink: "#1d1230",
    paper: "#fff1de"
  },
  day: {
    sky: ["#5fa8d3", "#bfe3ee", "#fdf1dc"],
    hills: ["#a5c8d8", "#1f5468"],
    sun: "#fff8e2",
    night: false,
    flats: ["#1f6f8b", "#8fd0e4", "#f4a259", "#e9724c"],
    ink: "#0e2a38",
    paper: "#fbf3e3"
  },
  night: {
    sky: ["#070b1f", "#172a5a", "#5a7fb4"],
    hills: ["#5d7fb0", "#15254d"],
    sun: "#f6f1d5",
    night: true,
    flats: ["#f2cc8f", "#5a7fb4", "#e07a5f", "#2b4a86"],
    ink: "#080d20",
    paper: "#f1f0e4"
  },
  meadow: {
    sky: ["#7cc7bd", "#cfecd0", "#fff3c9"],
    hills: ["#a7d0a4", "#2b6650"],
    sun: "#ffd97a",
    night: false,
    flats: ["#2f6b4f", "#8fb894", "#f6bd60", "#f28482"],
    ink: "#143228",
    paper: "#fbf7e4"
  },
  lagoon: {
    sky: ["#0b4f6c", "#2aa7ad", "#ffe0b5"],
    hills: ["#6cbcb3", "#0c4660"],
    sun: "#fff3d6",
    night: false,
    flats: ["#ff8a5b", "#2aa7ad", "#0b6a8c", "#ffd08a"],
    ink: "#06222f",
    paper: "#f7f3e6"
  },
  lavender: {
    sky: ["#7a7fc6", "#d3b0dd", "#ffdfd3"],
    hills: ["#c5a3d4", "#4b4384"],
    sun: "#fff4e2",
    night: false,
    flats: ["#6a62b0", "#ff9aa2", "#ffcf9c", "#b08bcf"],
    ink: "#231e4a",
    paper: "#fdf2ef"
  },
  aurora: {
    sky: ["#050f1e", "#0b3a4a", "#38a58c"],
    hills: ["#38897f", "#0a2f3b"],
    sun: "#eafff3",
    night: true,
    flats: ["#7bf1a8", "#2b8f86", "#f0c808", "#145c66"],
    ink: "#04121c",
    paper: "#eafaf0"
  },
  desert: {
    sky: ["#f2e6cf", "#f8d7a0", "#f2ab66"],
    hills: ["#e59d61", "#7d2f2a"],
    sun: "#d8432f",
    night: false,
    flats: ["#d8432f", "#1d4e89", "#f2a900", "#2f8f83"],
    ink: "#1f1a1c",
    paper: "#f6ead3"
  },
  autumn: {
    sky: ["#c9723b", "#eeb26b", "#fbe6bd"],
    hills: ["#d98a4b", "#7a3320"],
    sun: "#fff1cf",
    night: false,
    flats: ["#c8452b", "#e79a34", "#8c5a2b", "#5c6b3a"],
    ink: "#2a130d",
    paper: "#fdf0d8"
  },
  winter: {
    sky: ["#9db9d3", "#d3e2ee", "#f7fafc"],
    hills: ["#e4eef5", "#7f9db8"],
    sun: "#ffffff",
    night: false,
    flats: ["#5b84ab", "#c4d9e8", "#8fa9c0", "#e8f1f7"],
    ink: "#1c3148",
    paper: "#f4f9fc"
  },
  rose: {
    sky: ["#e48fa6", "#f7c6cc", "#fff0e6"],
    hills: ["#eeabb5", "#94465f"],
    sun: "#fffaf0",
    night: false,
    flats: ["#d1567a", "#f4a6b5", "#8e3b62", "#ffcfb8"],
    ink: "#3a1526",
    paper: "#fff2ee"
  },
  cosmos: {
    sky: ["#120b2e", "#3b1d6e", "#8a4fb5"],
    hills: ["#6a3f9c", "#26124f"],
    sun: "#ffe9c7",
    night: true,
    flats: ["#f2788f", "#7c6ff0", "#f6b35c", "#3ec5c9"],
    ink: "#0b0620",
    paper: "#f6efff"
  }
} satisfies Readonly<Record<string, Palette>>

type Name = keyof typeof palettes
type Names = readonly [Name, ...ReadonlyArray<Name>]

/** For prompts that say nothing of light or colour. */
const plain: Names = ["sunset", "day", "night", "meadow", "lagoon", "lavender", "aurora", "desert"]

/** Space is always dark, and water is seldom red. */
const fixed: ReadonlyMap<string, Names> = new Map([
  ["space", ["night", "aurora", "cosmos"]],
  ["underwater", ["lagoon", "day", "night"]]
])

/** Words that call for colours: the light first, then the season, then the names of colours. */
const called: ReadonlyArray<readonly [RegExp, Names]> = [
  [/\b(aurora|northern lights)\b/i, ["aurora"]],
  [/\b(midnight|moon\w*|nights?|nocturnal|starry|stars)\b/i, ["night", "aurora"]],
  [/\b(dusk|evenings?|sunsets?|twilight)\b/i, ["sunset"]],
  [/\b(autumn\w*|fall (colou?rs|foliage|leaves)|october)\b/i, ["autumn"]],
  [/\b(frost\w*|glaciers?|ice|icy|snow\w*|winter\w*)\b/i, ["winter"]],
  [/\b(dawn|mornings?|sunrises?)\b/i, ["lavender", "rose"]],
  [/\b(deserts?|dunes?|sahara)\b/i, ["desert"]],
  [/\b(crimson|orange|red|scarlet|terracotta)\b/i, ["desert", "autumn"]],
  [/\b(gold(en)?|yellow|amber)\b/i, ["desert"]],
  [/\b(emerald|green|spring)\b/i, ["meadow"]],
  [/\b(cyan|teal|tropical|turquoise)\b/i, ["lagoon"]],
  [/\b(azure|blue)\b/i, ["day"]],
  [/\b(lavender|lilac|purple|violet)\b/i, ["lavender"]],
  [/\b(pink|rose|magenta)\b/i, ["rose"]],
  [/\b(black|dark)\b/i, ["night"]],
  [/\b(brown|copper|rust)\b/i, ["autumn"]],
  [/\b(gr[ae]y|silver|white)\b/i, ["winter"]]
]

/** What suits every word there is, as long as anything does; the words that come first in the list win. */
const suiting = (prompt: string): Names =>
  called
    .filter(([words]) => words.test(prompt))
    .reduce<Names | undefined>((names, [, more]) => {
      const [first, ...rest] = (names ?? more).filter((name) => more.includes(name))
      return first === undefined ? names : [first, ...rest]
    }, undefined) ?? plain

/** The palette for a prompt in a kind of scene; a number from 0 up to 1 chooses among those that fit. */
export const paletteOf = (prompt: string, kind: string, chance: number): Palette => {
  const names = fixed.get(kind) ?? suiting(prompt)
  return palettes[names[Math.floor(chance * names.length)] ?? names[0]]
}

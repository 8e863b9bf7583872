/** The kinds of picture, and which of them a prompt calls for. */
import type { Named } from "../subjects/Naming.js"
import { figuresOf } from "./Cast.js"
import type { Frame } from "./Frame.js"
import { hills } from "./Hills.js"
import { land } from "./Land.js"
import { space } from "./Space.js"
import { cutOut, medallion, studio } from "./Studio.js"
import { tiles } from "./Tiles.js"
import { underwater } from "./Underwater.js"
import { waves } from "./Waves.js"

type Scene = (frame: Frame, named: ReadonlyArray<Named>) => string

/** A drawing of each kind, from the frame and the subjects that the prompt names. */
export const scenes = {
  hills,
  waves,
  tiles,
  space,
  land,
  underwater,
  studio,
  cutOut,
  medallion: (frame, named) => tiles(frame) + medallion(frame, named)
} satisfies Readonly<Record<string, Scene>>

export type Kind = keyof typeof scenes

const shore =
  /\b(beach(es)?|(sail)?boats?|coast|harbou?r|lagoon|lakes?|lighthouses?|oceans?|seas?|ships?|surf|waves?|yachts?)\b/i

const country = /\b(deserts?|fields?|gardens?|jungle|meadows?|parks?|snow\w*)\b/i

/** Words that call for a kind. */
const called: ReadonlyArray<readonly [Kind, RegExp]> = [
  ["tiles", /\b(abstract|bauhaus|geometr\w+|icons?|logos?|mosaics?|patterns?|shapes?|tiles?)\b/i],
  [
    "space",
    /\b(asteroids?|astronauts?|comets?|cosm(os|ic|onauts?)|galax(y|ies)|mars|milky way|nebulae?|orbit\w*|outer space|planets?|rockets?|saturn|space( ?ships?|craft| ?suits?| ?stations?)?|stars)\b/i
  ],
  ["waves", shore],
  ["hills", /\b(alp\w+|forests?|hills?|landscapes?|mountains?|pines?|trees?|valleys?|woods?)\b/i],
  ["land", country]
]

/** Kinds for prompts that call for none. */
const plain: readonly [Kind, ...ReadonlyArray<Kind>] = ["hills", "waves", "tiles"]

/** Words that place the subjects, the first that is found. */
const places: ReadonlyArray<readonly [Kind, RegExp]> = [
  ["medallion", /\b(abstract|bauhaus|emblems?|geometr\w+|icons?|logos?|mosaics?|patterns?|tiles?)\b/i],
  [
    "space",
    /\b(asteroids?|comets?|cosm(os|ic)|galax(y|ies)|mars|milky way|nebulae?|orbit\w*|outer space|planets?|rockets?|saturn|space(?! ?suits?)( ?ships?|craft| ?stations?)?)\b/i
  ],
  ["underwater", /\b(aquariums?|coral|reefs?|scuba|under ?water|under the (sea|ocean|waves))\b/i],
  ["waves", shore],
  [
    "studio",
    /\b(close[- ]?ups?|headshots?|kitchen|portraits?|product|selfies?|still life|studio|table|white background)\b/i
  ],
  ["land", country],
  ["land", /\b(forests?|hills?|landscapes?|valleys?|woods?)\b/i]
]

/** Where the subjects are at home, when the prompt says no place. */
const homeOf = (named: ReadonlyArray<Named>): Kind => {
  const figures = figuresOf(named)
  const all = (test: (one: Named) => boolean) => figures.length > 0 && figures.every(test)
  if (all(({ subject, suited }) => suited || subject.home === "space")) return "space"
  if (figures.some(({ subject }) => subject.home === "water")) return "waves"
  if (all(({ subject }) => subject.home === "under water")) return "underwater"
  if (all(({ subject }) => subject.home === "table")) return "studio"
  return figures.length === 0 && named.every(({ kind }) => kind === "mountain") ? "hills" : "land"
}

/** The kind for a prompt and its subjects; a number from 0 up to 1 chooses where no word does. */
export const kindOf = (prompt: string, named: ReadonlyArray<Named>, chance: number, isCutOut: boolean): Kind => {
  if (named.length === 0) {
    return called.find(([, words]) => words.test(prompt))?.[0] ?? plain[Math.floor(chance * plain.length)] ?? plain[0]
  }
  const place = places.find(([, words]) => words.test(prompt))?.[0]
  if (figuresOf(named).length > 0) return isCutOut ? "cutOut" : (place ?? homeOf(named))
  return place === "space" || place === "waves" ? place : homeOf(named)
}

/** The kinds of picture, and which of them a prompt calls for. */
import type { Frame } from "./Frame.js"
import { hills } from "./Hills.js"
import { space } from "./Space.js"
import { tiles } from "./Tiles.js"
import { waves } from "./Waves.js"

/** A drawing of each kind, from the frame alone. */
export const scenes = { hills, waves, tiles, space } satisfies Readonly<Record<string, (frame: Frame) => string>>

export type Kind = keyof typeof scenes

/** Words that call for a kind. */
const called: ReadonlyArray<readonly [Kind, RegExp]> = [
  ["tiles", /\b(abstract|bauhaus|geometr\w+|icons?|logos?|mosaics?|patterns?|shapes?|tiles?)\b/i],
  [
    "space",
    /\b(asteroids?|astronauts?|comets?|cosm(os|ic|onauts?)|galax(y|ies)|mars|milky way|nebulae?|orbit\w*|outer space|planets?|rockets?|saturn|space( ?ships?|craft| ?suits?| ?stations?)?|stars)\b/i
  ],
  [
    "waves",
    /\b(beach(es)?|(sail)?boats?|coast|harbou?r|lagoon|lakes?|lighthouses?|oceans?|seas?|ships?|surf|waves?|yachts?)\b/i
  ],
  ["hills", /\b(alp\w+|forests?|hills?|landscapes?|mountains?|pines?|trees?|valleys?|woods?)\b/i]
]

/** Kinds for prompts that call for none. */
const plain: readonly [Kind, ...ReadonlyArray<Kind>] = ["hills", "waves", "tiles"]

/** The kind for a prompt; a number from 0 up to 1 chooses where no word does. */
export const kindOf = (prompt: string, chance: number): Kind =>
  called.find(([, words]) => words.test(prompt))?.[0] ?? plain[Math.floor(chance * plain.length)] ?? plain[0]

import { describe, expect, it } from "@effect/vitest"
import type { Frame } from "../../../src/drawing/scene/Frame.js"
import { paletteOf } from "../../../src/drawing/scene/Palettes.js"
import { kindOf, scenes } from "../../../src/drawing/scene/Scenes.js"
import { namedIn } from "../../../src/drawing/subjects/Naming.js"

const frame = (prompt: string): Frame => ({
  width: 400,
  height: 300,
  palette: paletteOf(prompt, "hills", 0),
  prompt,
  random: () => 0.4,
  backdrop: true
})

/** All the colours that a prompt may be drawn in. */
const skies = (prompt: string) =>
  new Set([0, 0.2, 0.4, 0.6, 0.8, 0.99].map((chance) => paletteOf(prompt, "hills", chance).sky[0]))

describe("a scene", () => {
  it.each([
    ["an astronaut rides a horse", "space"],
    ["a planet", "space"],
    ["a rocket", "space"],
    ["a spiral galaxy", "space"],
    ["a sky full of stars", "space"],
    ["a lighthouse at dusk", "waves"],
    ["a red sailboat", "waves"],
    ["a comet over the snow", "space"],
    ["a unicorn in the snow", "land"],
    ["a tower in a garden", "land"],
    ["pine forest", "hills"],
    ["an abstract pattern of planets", "tiles"],
    ["a cat", "land"],
    ["a city at night", "land"],
    ["a red panda in space", "space"],
    ["a cat astronaut", "space"],
    ["a dog on the beach", "waves"],
    ["a city by the sea", "waves"],
    ["a goldfish", "underwater"],
    ["a cat underwater", "underwater"],
    ["a bowl of noodles", "studio"],
    ["portrait of a woman", "studio"],
    ["mountains at dawn", "hills"],
    ["a cat logo", "medallion"]
  ])("of %s is %s", (prompt, kind) => {
    expect(kindOf(prompt, namedIn(prompt), 0, false)).toBe(kind)
  })

  it("is chosen by chance where no word calls for one, and never space", () => {
    expect([0, 0.4, 0.99].map((chance) => kindOf("a quiet afternoon", [], chance, false))).toEqual([
      "hills",
      "waves",
      "tiles"
    ])
  })

  it("shows a lighthouse or a boat on the sea only where the prompt names one", () => {
    const sea = scenes.waves(frame("the sea"))
    for (const prompt of ["a lighthouse", "a boat", "a ship", "a paper boat"]) {
      expect(scenes.waves(frame(prompt), namedIn(prompt)).length).toBeGreaterThan(sea.length + 200)
    }
    expect(scenes.waves(frame("the shore")).length).toBe(sea.length)
  })

  it("shows a rocket or an astronaut in space only where the prompt names one", () => {
    const empty = scenes.space(frame("space"))
    for (const prompt of ["a rocket", "an astronaut"]) {
      expect(scenes.space(frame(prompt), namedIn(prompt)).length).toBeGreaterThan(empty.length + 200)
    }
  })

  it("of a calm sea has lower waves", () => {
    const rise = (prompt: string) => {
      const [, path = ""] = /id="wave0"[^>]*d="([^"]*)"|d="([^"]*)" id="wave0"/.exec(scenes.waves(frame(prompt))) ?? []
      const heights = [...path.matchAll(/Q[-\d.]+ ([-\d.]+)/g)].map(([, y]) => Number(y))
      return Math.max(...heights) - Math.min(...heights)
    }
    expect(rise("the sea")).toBeGreaterThan(2)
    expect(rise("a calm sea")).toBeLessThan(rise("the sea") / 2)
  })
})

describe("the colours", () => {
  it("follow the light, the season and the names of colours", () => {
    for (const prompt of [
      "a town at night",
      "hills at dusk",
      "a winter morning",
      "autumn leaves",
      "a red barn",
      "teal"
    ]) {
      expect(skies(prompt).size).toBeLessThanOrEqual(2)
    }
    expect(paletteOf("a town at night", "land", 0.5).night).toBe(true)
    expect(paletteOf("a town at noon", "space", 0.5).night).toBe(true)
    expect(skies("snow")).not.toEqual(skies("sunset"))
    expect(skies("a cat").size).toBeGreaterThan(3)
  })

  it("suit several words at once where they can", () => {
    expect(skies("pink hills at sunrise")).toEqual(skies("pink"))
    expect(skies("a red barn at night")).toEqual(skies("night"))
  })
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import sharp from "sharp"
import { draw, type PictureOptions } from "../../../src/drawing/Picture.js"
import * as Preview from "../../../src/drawing/Preview.js"
import type { Frame } from "../../../src/drawing/scene/Frame.js"
import { paletteOf } from "../../../src/drawing/scene/Palettes.js"
import { kindOf, scenes } from "../../../src/drawing/scene/Scenes.js"
import { namedIn } from "../../../src/drawing/subjects/Naming.js"

const options = (more: Partial<PictureOptions> = {}): PictureOptions => ({
  prompt: "a cat",
  width: 192,
  height: 192,
  seed: 3,
  format: "png",
  background: "opaque",
  ...more
})

const pixels = (source: Uint8Array) => Effect.promise(() => sharp(source).ensureAlpha().raw().toBuffer())

/** A scene in a frame that is always the same, with the subjects of the prompt or without. */
const scene = (prompt: string, isShown: boolean) => {
  const named = namedIn(prompt)
  let state = 1
  const frame: Frame = {
    width: 160,
    height: 160,
    palette: paletteOf("day", "land", 0.3),
    prompt,
    random: () => {
      state = (state * 16807) % 2147483647
      return state / 2147483647
    },
    backdrop: true
  }
  const content = scenes[kindOf(prompt, named, 0.5, false)](frame, isShown ? named : [])
  const document = `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="160">${content}</svg>`
  return pixels(new TextEncoder().encode(document))
}

/** The share of pixels that differ. */
const difference = (a: Uint8Array, b: Uint8Array): number => {
  let count = 0
  for (let i = 0; i < a.length; i += 4) {
    if (Math.abs((a[i] ?? 0) - (b[i] ?? 0)) + Math.abs((a[i + 1] ?? 0) - (b[i + 1] ?? 0)) > 24) count++
  }
  return count / (a.length / 4)
}

/** The share of the pixels drawn in which one channel leads the others by much. */
const share = (data: Uint8Array, leads: (red: number, green: number, blue: number) => boolean): number => {
  let [count, all] = [0, 0]
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] !== 255) continue
    all++
    if (leads(data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0)) count++
  }
  return count / all
}

const named = [
  "a red panda",
  "a cat",
  "kittens",
  "a dog",
  "a puppy",
  "a bird",
  "birds in the sky",
  "a seagull by the sea",
  "a fish",
  "a fish and a cat",
  "a woman",
  "an old man",
  "an astronaut",
  "a red panda astronaut floating in space",
  "a robot astronaut",
  "a robot",
  "a city",
  "a skyline at night",
  "a city by the sea",
  "a house",
  "a flower",
  "a rose",
  "sunflowers",
  "tulips",
  "a daisy",
  "a tree",
  "a palm tree",
  "a christmas tree",
  "a boat",
  "a paper boat on a lake",
  "a ship",
  "a car",
  "a taxi in a city",
  "a mountain",
  "a house in the mountains",
  "a cake",
  "an apple",
  "a cup of coffee",
  "a bowl of ramen",
  "a cat on the beach",
  "a dog in a boat",
  "portrait of a girl",
  "a cat logo",
  "a fox",
  "an arctic fox",
  "a fox astronaut",
  "a castle",
  "a castle at night",
  "an owl",
  "a snowy owl",
  "a hare",
  "a white rabbit",
  "a paper plane"
]

describe("a subject", () => {
  it.effect.each(named)("is seen where the prompt names it: %s", (prompt) =>
    Effect.gen(function* () {
      const [shown, empty] = [yield* scene(prompt, true), yield* scene(prompt, false)]
      expect(difference(shown, empty)).toBeGreaterThan(0.02)
    })
  )

  it.effect("has the colour that the prompt gives it", () =>
    Effect.gen(function* () {
      for (const noun of ["bird", "car", "cat", "house", "robot", "fish", "tulip", "cup", "castle", "owl", "rabbit"]) {
        const data = (colour: string) =>
          Effect.flatMap(draw(options({ prompt: `a ${colour} ${noun}`, background: "transparent" })), pixels)
        const isBlue = (red: number, _: number, blue: number) => blue > red + 50
        const isRed = (red: number, _: number, blue: number) => red > blue + 50
        const [blue, red] = [yield* data("blue"), yield* data("red")]
        expect([noun, share(blue, isBlue) > share(red, isBlue) + 0.05]).toEqual([noun, true])
        expect([noun, share(red, isRed) > share(blue, isRed) + 0.05]).toEqual([noun, true])
      }
    })
  )

  it.effect("is the same for the same seed, and another for another", () =>
    Effect.gen(function* () {
      for (const prompt of ["a cat and a dog in a city", "two goldfish", "a red panda astronaut in space"]) {
        const first = yield* draw(options({ prompt }))
        expect(Buffer.compare(yield* draw(options({ prompt })), first)).toBe(0)
        expect(Buffer.compare(yield* draw(options({ prompt, seed: 4 })), first)).not.toBe(0)
      }
    })
  )

  it.effect("is cut out where the background is transparent", () =>
    Effect.gen(function* () {
      for (const prompt of ["a red panda", "a goldfish", "a cat and a dog in a city"]) {
        const data = yield* Effect.flatMap(draw(options({ prompt, background: "transparent", height: 40 })), pixels)
        const clear = share(data, () => true)
        expect(clear).toBe(1)
        const alphas = Array.from({ length: data.length / 4 }, (_, i) => data[i * 4 + 3])
        expect(alphas.filter((alpha) => alpha === 0).length).toBeGreaterThan(alphas.length * 0.4)
        expect(alphas.filter((alpha) => alpha === 255).length).toBeGreaterThan(alphas.length * 0.02)
      }
    })
  )

  it.effect("grows in the previews of its picture: each is nearer to it than the one before", () =>
    Effect.gen(function* () {
      const bytes = yield* draw(options({ prompt: "a red panda in a city" }))
      const whole = yield* pixels(bytes)
      const distances = yield* Effect.forEach([0, 1, 2], (index) =>
        Effect.map(Effect.flatMap(Preview.draw(bytes, index), pixels), (preview) =>
          preview.reduce((sum, value, i) => sum + Math.abs(value - (whole[i] ?? 0)), 0)
        )
      )
      expect([...distances].sort((a, b) => b - a)).toEqual(distances)
      expect(distances[2]).toBeLessThan((distances[0] ?? 0) * 0.75)
    })
  )

  it.effect("draws every pixel of an opaque picture, at any size", () =>
    Effect.gen(function* () {
      for (const prompt of [
        "a cat",
        "a fish",
        "a bird",
        "a city",
        "an apple",
        "a ship",
        "a dog logo",
        "a dog at the sea"
      ]) {
        for (const [width, height] of [
          [16, 16],
          [97, 131],
          [512, 64],
          [64, 512]
        ] as const) {
          const data = yield* Effect.flatMap(draw(options({ prompt, width, height, format: "svg" })), pixels)
          expect(data.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true)
        }
      }
    })
  )
})

import { describe, expect, it } from "@effect/vitest"
import { namedIn, withoutSubjects } from "../../../src/drawing/subjects/Naming.js"

const kinds = (prompt: string) => namedIn(prompt).map(({ kind }) => kind)

describe("the subjects of a prompt", () => {
  it.each([
    ["a kitten and two puppies", ["cat", "dog"]],
    ["A Red Panda, watercolour", ["redPanda"]],
    ["a boy and a girl under a cherry tree", ["person", "person", "tree"]],
    ["a paper boat on a lake", ["paperBoat"]],
    ["sailboats and a ferry", ["boat", "ship"]],
    ["the skyline of a town below snowy peaks", ["city", "mountain"]],
    ["a taxi in front of a cottage", ["car", "house"]],
    ["a bowl of ramen and a cup of tea", ["bowl", "cup"]],
    ["a birthday cake, apples, roses", ["cake", "apple", "flower"]],
    ["an android feeds goldfish", ["robot", "fish"]],
    ["a robin", ["bird"]],
    ["an arctic fox and three owls", ["fox", "owl"]],
    ["a castle at dusk, rabbits on the lawn", ["castle", "hare"]],
    ["a paper plane above a paper boat", ["paperPlane", "paperBoat"]],
    ["firefox", ["redPanda"]],
    ["portrait", ["person"]],
    ["portrait of a cat", ["cat"]]
  ])("%s", (prompt, expected) => {
    expect(kinds(prompt)).toEqual(expected)
  })

  it.each([
    "",
    "a quiet afternoon",
    "catalogue of concatenated dogma",
    "a spaceship",
    "a bird's-eye view",
    "rose gold",
    "fishing",
    "hot dog"
  ])("are none in: %s", (prompt) => {
    expect(kinds(prompt)).toEqual([])
  })

  it("have no colour from a word that is part of their name", () => {
    expect(namedIn("a red fox")).toMatchObject([{ kind: "fox", name: "red fox", colour: undefined }])
    expect(namedIn("a blue fox")[0]?.colour).toMatch(/^#[0-9a-f]{6}$/)
  })

  it("have the colours and the numbers that stand before them", () => {
    const [car, bird] = namedIn("a shiny red car and three small blue birds")
    expect(car).toMatchObject({ kind: "car", count: 1 })
    expect(bird).toMatchObject({ kind: "bird", count: 3 })
    expect(car?.colour).toMatch(/^#[0-9a-f]{6}$/)
    expect(bird?.colour).toMatch(/^#[0-9a-f]{6}$/)
    expect(bird?.colour).not.toBe(car?.colour)
    expect(namedIn("a red sky over a cat")[0]?.colour).toBeUndefined()
    expect(namedIn("orange light, a cat")[0]?.colour).toBeUndefined()
    expect(namedIn("a red panda")[0]?.colour).toBeUndefined()
  })

  it("are several in the plural, and never a crowd", () => {
    expect(namedIn("cats")[0]?.count).toBe(3)
    expect(namedIn("a pair of cats")[0]?.count).toBe(2)
    expect(namedIn("99 cats")[0]?.count).toBeLessThanOrEqual(5)
    expect(namedIn("9 cats")[0]?.count).toBe(5)
    expect(namedIn("a cat, a dog, a bird, a fish, a car, a house, a tree")).toHaveLength(4)
  })

  it("wear the suit of an astronaut where the words say so", () => {
    for (const prompt of [
      "a red panda astronaut",
      "an astronaut red panda",
      "a red panda as an astronaut",
      "a red panda in a spacesuit",
      "a red panda wearing an orange space suit"
    ]) {
      expect(namedIn(prompt)).toMatchObject([{ kind: "redPanda", suited: true }])
    }
    expect(namedIn("an astronaut with a cat")).toMatchObject([
      { kind: "astronaut", suited: false },
      { kind: "cat", suited: false }
    ])
  })

  it("take their names and colours with them: the rest says what the light is", () => {
    const prompt = "a red car at sunset, golden hour"
    expect(withoutSubjects(prompt, namedIn(prompt))).toMatch(/^a\s+at sunset, golden hour$/)
    expect(withoutSubjects("Red hills", namedIn("Red hills"))).toMatch(/red hills/i)
  })

  it("are found in a prompt of any length and kind without harm", () => {
    for (const prompt of [
      "cat ".repeat(50_000),
      "constructor cats __proto__ dog",
      "\ud83e cat \u0000",
      "a".repeat(200_000)
    ]) {
      expect(namedIn(prompt).length).toBeLessThanOrEqual(4)
    }
  })
})

import { describe, expect, it } from "@effect/vitest"
import { formatQuestion, nearest, sentence } from "../../src/failure/DidYouMean.js"

const commands = ["generate", "regenerate", "batch", "gallery", "quote", "check", "models", "cost", "key", "job"]

describe("what may be meant", () => {
  it.each([
    ["genrate", ["generate"]],
    ["GENERAT", ["generate"]],
    ["gal", ["gallery"]],
    ["jobs", ["job"]],
    ["paint", []],
    ["x", []],
    ["", []]
  ])("by %j is %j", (word, meant) => {
    expect(nearest(word, commands)).toEqual(meant)
  })

  it("is an option, however many hyphens are typed", () => {
    expect(nearest("-seeed", ["--seed", "--size", "-n"])).toEqual(["--seed"])
    expect(nearest("--n", ["--seed", "-n"])).toEqual([])
  })

  it("is one of several names of the same thing", () => {
    const namesOf = (id: string) => [id, id.split("/")[1] ?? id]
    const meant = nearest("seedrem", ["a/seedream", "b/seedream", "c/other"], namesOf)
    expect(formatQuestion(meant)).toBe("did you mean a/seedream or b/seedream?")
  })

  it("is named in a sentence, at most three times, or not at all", () => {
    const four = ["oned", "onef", "oneg", "oneh"]
    expect(sentence("There is no onee", "onee", four)).toBe("There is no onee. Did you mean oned, onef or oneg?")
    expect(sentence("There is no paint", "paint", commands)).toBe("There is no paint.")
  })
})

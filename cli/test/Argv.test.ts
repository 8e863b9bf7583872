import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Argv from "../src/Argv.js"
import { flags } from "../src/Cli.js"

const read = (...args: ReadonlyArray<string>) => Argv.read(flags, args)

describe("the command line", () => {
  it.each([
    [["generate"]],
    [["generate", "a prompt", "--model", "x", "-n", "3"]],
    [["generate", "--seed", "-5", "--reference", "a", "--reference", "b", "p"]],
    [["generate", "- a list of things"]],
    [["generate", "--model", "x", "--", "--nope"]],
    [["--log-level", "debug", "generate", "--log-level", "debug", "--help"]],
    [["models", "--help"]],
    [["--version"]],
    [["nope", "--what"]]
  ])("passes %j on as it is", (args) => {
    expect(read(...args)).toEqual(Either.right(args))
  })

  it("takes --n and an equals sign for what they mean", () => {
    expect(read("generate", "--n", "3")).toEqual(Either.right(["generate", "-n", "3"]))
    expect(read("generate", "--n=3", "--MODEL=a=b")).toEqual(Either.right(["generate", "-n", "3", "--model", "a=b"]))
  })

  it.each([
    [["generate", "--nope"], "There is no option --nope."],
    [["generate", "p", "--modle", "x"], "There is no option --modle."],
    [["generate", "--model"], "The option --model needs a value."],
    [["generate", "--model", "--seed", "1"], "The option --model needs a value."],
    [["generate", "-n"], "The option -n needs a value."],
    [["generate", "-n3"], "There is no option -n3."],
    [["generate", "-n", "1", "--n", "2"], "The option -n is given twice."],
    [["models", "--model", "x"], "There is no option --model."]
  ])("refuses %j before anything is sent", (args, problem) => {
    expect(Either.flip(read(...args)).pipe(Either.getOrThrow).problem).toBe(problem)
  })
})

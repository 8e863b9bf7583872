import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { program } from "../../src/commands/Commands.js"
import * as Argv from "../../src/effectCli/Argv.js"

const read = (...args: ReadonlyArray<string>) =>
  Either.map(Argv.read(program.commands, args), ({ args, command }) => ({ args, command: command?.name }))
const argsOf = (...args: ReadonlyArray<string>) => Either.map(read(...args), (line) => line.args)

describe("the command line", () => {
  it.each([
    [["generate"]],
    [["generate", "a prompt", "--model", "x", "-n", "3"]],
    [["generate", "--seed", "-5", "--reference", "a", "--reference", "b", "p"]],
    [["generate", "- a list of things"]],
    [["generate", "--model", "x", "--", "--nope"]],
    [["--log-level", "debug", "generate", "--log-level", "debug", "--help"]],
    [["batch", "a.jsonl", "--out", "out", "--concurrency", "8", "--ordered", "true"]],
    [["check", "a prompt", "--reference", "a", "--reference", "b"]],
    [["models", "--help"]],
    [["job", "submit", "a.jsonl", "--job", "list", "--limit", "5"]],
    [["job", "results", "list", "--out", "job"]],
    [["--version"]]
  ])("passes %j on as it is", (args) => {
    expect(argsOf(...args)).toEqual(Either.right(args))
  })

  it("takes --n and an equals sign for what they mean", () => {
    expect(argsOf("generate", "--n", "3")).toEqual(Either.right(["generate", "-n", "3"]))
    expect(argsOf("generate", "--n=3", "--MODEL=a=b")).toEqual(Either.right(["generate", "-n", "3", "--model", "a=b"]))
  })

  it("knows the options of a command below another, and no other command there", () => {
    expect(read("Job", "Submit", "-", "--JOB=x")).toEqual(
      Either.right({ command: "job submit", args: ["job", "submit", "--job", "x", "-"] })
    )
    expect(read("job")).toEqual(Either.right({ command: "job", args: ["job"] }))
    for (const line of [
      ["job", "submit", "--out", "x"],
      ["job", "paint"],
      ["job", "--database", "x", "list"]
    ]) {
      expect(Either.isLeft(read(...line)), line.join(" ")).toBe(true)
    }
  })

  it("knows a command in any case, and so its options", () => {
    expect(read("Generate", "--SEED=7")).toEqual(
      Either.right({ command: "generate", args: ["generate", "--seed", "7"] })
    )
    expect(Either.isLeft(read("GENERATE", "--seeed=7"))).toBe(true)
    expect(Either.isLeft(read("--log-level", "debug", "Models", "--seed", "7"))).toBe(true)
  })

  it("lets the last one count of an option that is given again", () => {
    const line = ["generate", "--emulator", "--seed", "7", "p", "--seed", "8", "--emulator", "--n", "1", "-n", "2"]
    expect(argsOf(...line)).toEqual(Either.right(["generate", "p", "--seed", "8", "--emulator", "true", "-n", "2"]))
    const references = ["generate", "--reference", "a", "--reference", "a"]
    expect(argsOf(...references)).toEqual(Either.right(references))
  })

  it("gives a switch no value that could be the prompt", () => {
    expect(argsOf("generate", "--emulator", "yes")).toEqual(Either.right(["generate", "--emulator", "true", "yes"]))
    for (const line of [
      ["generate", "--emulator", "false", "p"],
      ["generate", "--emulator=false", "p"]
    ]) {
      expect(argsOf(...line)).toEqual(Either.right(["generate", "--emulator", "false", "p"]))
    }
  })

  it("knows the switches of every command", () => {
    expect(argsOf("quote", "--json", "a fox")).toEqual(Either.right(["quote", "--json", "true", "a fox"]))
    const switches = ["--ordered", "--retry-unknown", "--emulator"]
    expect(argsOf("batch", ...switches)).toEqual(Either.right(["batch", ...switches.flatMap((one) => [one, "true"])]))
  })

  it("finds a switch, but not in a prompt", () => {
    const has = (...args: ReadonlyArray<string>) => Argv.has({ command: undefined, args }, "--help", "-h")
    expect([has("generate", "-h"), has("generate", "--", "--help"), has("generate")]).toEqual([true, false, false])
  })

  it.each([
    [["generate", "--nope"], "There is no option --nope."],
    [["generate", "p", "--modle", "x"], "There is no option --modle. Did you mean --model?"],
    [["generate", "--model"], "The option --model needs a value."],
    [["generate", "--model", "--seed", "1"], "The option --model needs a value."],
    [["generate", "-n"], "The option -n needs a value."],
    [["generate", "-n3"], "There is no option -n3. Did you mean -n?"],
    [["Generate", "--seeed=7"], "There is no option --seeed. Did you mean --seed?"],
    [["models", "--emulator=yes"], "The option --emulator takes true, false or no value."],
    [["generate", "--model", "--emulator"], "The option --model needs a value."],
    [["batch", "a.jsonl", "--seed", "7"], "There is no option --seed."],
    [["check", "x", "--timeout", "1s"], "There is no option --timeout."],
    [["generate", "--verbose"], "There is no option --verbose."],
    [["--verbose"], "There is no option --verbose."],
    [["nope", "--what"], "There is no command nope."],
    [["nope", "--help"], "There is no command nope."],
    [["models", "--model", "x"], "There is no option --model."]
  ])("refuses %j before anything is sent", (args, problem) => {
    expect(Either.flip(read(...args)).pipe(Either.getOrThrow).problem).toBe(problem)
  })
})

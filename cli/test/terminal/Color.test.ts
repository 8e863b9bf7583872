import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { type Column, table } from "../../src/output/Table.js"
import * as Color from "../../src/terminal/Color.js"
import { hyperlink } from "../../src/terminal/Link.js"

describe("colours", () => {
  it("are always in a text, and taken out of it alone", () => {
    const text = `${Color.head("HEAD")} ${Color.path("a.png")} ${Color.cost("$0.04")} ${Color.error("no")}`
    expect(text).not.toBe(Color.strip(text))
    expect(Color.strip(text)).toBe("HEAD a.png $0.04 no")
    expect(Color.strip(hyperlink("file:///a", Color.path("a")))).toBe(hyperlink("file:///a", "a"))
  })

  it.each([
    ["auto", true, {}, true],
    ["auto", false, {}, false],
    ["auto", true, { NO_COLOR: "1" }, false],
    ["auto", true, { NO_COLOR: "" }, true],
    ["auto", false, { FORCE_COLOR: "1" }, true],
    ["auto", false, { FORCE_COLOR: "" }, true],
    ["auto", true, { FORCE_COLOR: "0" }, false],
    ["auto", false, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    ["always", false, { NO_COLOR: "1" }, true],
    ["never", true, { FORCE_COLOR: "1" }, false]
  ] as const)("with --color %s, a terminal: %j, and %j, are shown: %j", (choice, isTerminal, env, shown) => {
    expect(Color.isWanted(choice, isTerminal, env)).toBe(shown)
  })

  it.each([
    [["models"], "auto", ["models"]],
    [["--color", "never", "models"], "never", ["models"]],
    [["models", "--color=ALWAYS", "--json"], "always", ["models", "--json"]],
    [["generate", "--", "--color", "never"], "auto", ["generate", "--", "--color", "never"]]
  ] as const)("are chosen by %j", (args, choice, rest) => {
    expect(Color.take(args)).toEqual(Either.right({ choice, args: rest }))
  })

  it.each([[["--color"]], [["--color", "models"]], [["models", "--color="]]])("are not chosen by %j", (args) => {
    expect(Either.flip(Color.take(args)).pipe(Either.getOrThrow).problem).toBe(
      "The value of --color must be one of auto, always, never."
    )
  })

  it("do not confuse what measures the columns of a table", () => {
    const columns: ReadonlyArray<Column<string>> = ["ONE", "TWO"].map((title) => ({ title, cell: (row) => row }))
    for (const width of [undefined, 24, 8]) {
      const rows = ["some words of a cell", "x"]
      expect(Color.strip(table(columns, rows, width, Color.head))).toBe(table(columns, rows, width))
    }
  })
})

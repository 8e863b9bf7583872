import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { type Column, lines, table } from "../../src/output/Table.js"

type Row = readonly [string, string, string]

const columns: ReadonlyArray<Column<Row>> = [
  { title: "ID", cell: ([id]) => id },
  { title: "NAME", cell: ([, name]) => name },
  { title: "SUPPORTS", cell: ([, , supports]) => supports }
]

const rows: ReadonlyArray<Row> = [
  ["author/short", "Short", "seed"],
  ["author/long-identifier", "A Long Name", "resolution, aspect-ratio, size, n 1-10, seed"]
]

describe("table", () => {
  it("aligns the columns and leaves no space at the ends of lines", () => {
    expect(table(columns, rows)).toBe(
      [
        "ID                      NAME         SUPPORTS",
        "author/short            Short        seed",
        "author/long-identifier  A Long Name  resolution, aspect-ratio, size, n 1-10, seed"
      ].join("\n")
    )
  })

  it("wraps the widest column first where the line is too long", () => {
    expect(table(columns, rows, 60)).toBe(
      [
        "ID                      NAME         SUPPORTS",
        "author/short            Short        seed",
        "author/long-identifier  A Long Name  resolution,",
        "                                     aspect-ratio, size, n",
        "                                     1-10, seed"
      ].join("\n")
    )
  })

  it("gives each row lines of its own where its words are too long for columns, and never splits one", () => {
    expect(table(columns, rows, 34)).toBe(
      [
        "author/short",
        "  NAME      Short",
        "  SUPPORTS  seed",
        "author/long-identifier",
        "  NAME      A Long Name",
        "  SUPPORTS  resolution,",
        "            aspect-ratio, size, n",
        "            1-10, seed"
      ].join("\n")
    )
    expect(table(columns, rows, 10)).toContain("author/long-identifier")
  })

  it("shows the titles alone when there are no rows", () => {
    expect(table(columns, [])).toBe("ID  NAME  SUPPORTS")
  })

  it("keeps a cell with line breaks in its row", () => {
    expect(table(columns, [["a", "b\nc", ""]]).split("\n")).toHaveLength(2)
  })

  it("keeps every word of every cell and exceeds the width only for words that leave no choice", () => {
    const word = FastCheck.stringMatching(/^[a-z]{1,12}$/)
    const cell = FastCheck.array(word, { maxLength: 6 }).map((words) => words.join(" "))
    const row = FastCheck.tuple(cell, cell, cell)
    const property = FastCheck.property(
      FastCheck.array(row, { maxLength: 5 }),
      FastCheck.integer({ min: 1, max: 120 }),
      (some, width) => {
        const text = table(columns, some, width)
        const wordsOf = (all: string) =>
          all
            .replaceAll(/ID|NAME|SUPPORTS/g, "")
            .split(/\s+/)
            .filter(Boolean)
            .sort()
        expect(wordsOf(text)).toEqual(wordsOf(some.flat().join(" ")))
        const least = 12 * 3 + 4
        for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(Math.max(width, least))
      }
    )
    FastCheck.assert(property)
  })
})

describe("lines", () => {
  const rows = [
    ["--model ID", "The model, as the list of them has it"],
    ["-h", "This help"]
  ] as const

  it("puts what is said beside the names", () => {
    expect(lines(rows)).toBe("--model ID  The model, as the list of them has it\n-h          This help")
    expect(lines(rows, 40)).toBe(
      ["--model ID  The model, as the list of", "            them has it", "-h          This help"].join("\n")
    )
  })

  it("puts it below the names where there is little room", () => {
    expect(lines(rows, 30)).toBe(
      ["--model ID", "  The model, as the list of", "  them has it", "-h", "  This help"].join("\n")
    )
  })
})

import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { type Column, table } from "../src/Table.js"

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

  it("never splits a word, even when the line is then too long", () => {
    expect(table(columns, rows, 10)).toContain("author/long-identifier  ")
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
        const wordsOf = (all: string) => all.split(/\s+/).filter(Boolean).sort()
        expect(wordsOf(text)).toEqual(wordsOf(["ID NAME SUPPORTS", ...some.flat()].join(" ")))
        const least = 12 * 3 + 4
        for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(Math.max(width, least))
      }
    )
    FastCheck.assert(property)
  })
})

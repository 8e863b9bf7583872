import { expect, it } from "@effect/vitest"
import { applicable } from "./harness.js"
import { namesGeneration } from "./ids.js"
import { differsByWire, outcomeOf } from "./oracle.js"
import { type Row, table } from "./table.js"

const both = Object.values(table)
  .flat()
  .filter((row) => applicable(row).includes("generate") && applicable(row).includes("generate by events"))

const ends = (row: Row, call: "generate" | "generate by events") =>
  [false, true].map((timed) => outcomeOf(row, call, timed))

it("generate comes to the same by events as by JSON, but where the server sends something else", () => {
  const different = both.filter(
    (row) => JSON.stringify(ends(row, "generate")) !== JSON.stringify(ends(row, "generate by events"))
  )
  expect(different).toEqual(both.filter(differsByWire))
})

it("generate knows its generation by events wherever it does by JSON, and while the picture is drawn", () => {
  const known = (call: "generate" | "generate by events") => both.filter((row) => namesGeneration(row, call))
  const more = known("generate by events").filter((row) => !known("generate").includes(row))
  expect(known("generate by events")).toEqual(expect.arrayContaining(known("generate")))
  expect([...new Set(more.map(({ what }) => what))]).toEqual([
    "A reset while the picture is drawn",
    "Silence while the picture is drawn"
  ])
})

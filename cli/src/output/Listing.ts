/** Tables on stdout. */
import * as Effect from "effect/Effect"
import * as Color from "../terminal/Color.js"
import { Screen } from "../terminal/Screen.js"
import { type Column, table } from "./Table.js"
import { sanitize } from "./Text.js"

/** Characters in a line of stdout; a file or another program takes lines of any length. */
export const width: Effect.Effect<number | undefined, never, Screen> = Effect.flatMap(Screen, ({ stdout }) =>
  Effect.map(stdout, ({ columns }) => columns)
)

/** Rows as a table: wrapped to the width of a terminal, else a line for each row. */
export const listing = <Row>(
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>
): Effect.Effect<string, never, Screen> =>
  Effect.map(width, (width) => {
    const safe = columns.map(({ cell, title }) => ({ title, cell: (row: Row) => sanitize(cell(row)) }))
    return table(safe, rows, width, Color.head)
  })

/** Rows in aligned columns. */

/** A column: its title, and what it shows of a row. */
export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
}

/** Colours a line that is laid out. */
type Paint = (line: string) => string

const gap = "  "

const lengthOf = (text: string): number => Array.from(text).length

const longest = (texts: ReadonlyArray<string>): number => Math.max(0, ...texts.map(lengthOf))

/** Breaks at spaces; a word that is longer than the width keeps a line of its own, whole. */
export const wrap = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const word of text.split(" ")) {
    const last = lines.at(-1)
    if (last !== undefined && lengthOf(last) + 1 + lengthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** A line with columns of these widths. */
const total = (widths: ReadonlyArray<number>): number =>
  widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1))

/** The widths that fit: the widest column that can be wrapped shrinks until the line fits. */
const fit = (
  natural: ReadonlyArray<number>,
  least: ReadonlyArray<number>,
  available: number
): ReadonlyArray<number> => {
  const widths = [...natural]
  let excess = total(widths) - available
  for (; excess > 0; excess--) {
    const wrappable = widths.map((width, i) => (width > (least[i] ?? 0) ? width : 0))
    const widest = wrappable.indexOf(Math.max(...wrappable))
    if (wrappable[widest] === 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

const line = (cells: ReadonlyArray<string>, widths: ReadonlyArray<number>): string =>
  cells
    .map((cell, i) =>
      i === cells.length - 1 ? cell : cell + " ".repeat(Math.max(0, (widths[i] ?? 0) - lengthOf(cell)))
    )
    .join(gap)
    .trimEnd()

const row = (cells: ReadonlyArray<string>, widths: ReadonlyArray<number>): ReadonlyArray<string> => {
  const wrapped = cells.map((cell, i) => wrap(cell, widths[i] ?? 0))
  const height = Math.max(...wrapped.map((lines) => lines.length))
  return Array.from({ length: height }, (_, i) =>
    line(
      wrapped.map((lines) => lines[i] ?? ""),
      widths
    )
  )
}

/** Each row as a record: the first cell as a heading, the others below it with their titles. */
const records = (cells: ReadonlyArray<ReadonlyArray<string>>, width: number, paint: Paint): ReadonlyArray<string> => {
  const [titles = [], ...rows] = cells
  const label = longest(titles.slice(1))
  const room = width - 2 * gap.length - label
  return rows.flatMap(([heading = "", ...rest]) => [
    ...wrap(heading, width).map(paint),
    ...rest.flatMap((cell, i) =>
      wrap(cell, room).map((text, at) => gap + line([at === 0 ? (titles[i + 1] ?? "") : "", text], [label, room]))
    )
  ])
}

/** Text in fewer columns than this is hard to read. */
const narrowest = 24

/** Names with what is said about them, beside them or, where there is little room, below them. */
export const lines = (
  rows: ReadonlyArray<readonly [name: string, text: string]>,
  width = Number.POSITIVE_INFINITY
): string => {
  const column = longest(rows.map(([name]) => name))
  const room = width - gap.length - column
  return rows
    .flatMap(([name, text]) =>
      room < narrowest
        ? [name, ...wrap(text, width - gap.length).map((one) => gap + one)]
        : row([name, text], [column, room])
    )
    .join("\n")
}

/**
 * The table as text. Within `width`, cells wrap between words; without a width, each row is one line. If single words
 * are too long for their columns, each row becomes a record of several lines. `paint` colours the titles, or the
 * headings of the records.
 */
export const table = <Row>(
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>,
  width = Number.POSITIVE_INFINITY,
  paint: Paint = (line) => line
): string => {
  const titles = columns.map(({ title }) => title)
  const cells = [titles, ...rows.map((one) => columns.map(({ cell }) => cell(one).replaceAll(/\s+/g, " ").trim()))]
  const texts = columns.map((_, i) => cells.map((one) => one[i] ?? ""))
  const natural = texts.map(longest)
  const least = texts.map((column) => longest(column.flatMap((text) => text.split(" "))))
  if (rows.length > 0 && total(least) > width) return records(cells, width, paint).join("\n")
  const widths = fit(natural, least, width)
  const [head = [], ...body] = cells.map((one) => row(one, widths))
  return [...head.map(paint), ...body.flat()].join("\n")
}

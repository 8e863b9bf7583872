/** Rows in aligned columns. */

/** A column: its title, and what it shows of a row. */
export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
}

const gap = "  "

const lengthOf = (text: string): number => Array.from(text).length

const longest = (texts: ReadonlyArray<string>): number => Math.max(0, ...texts.map(lengthOf))

/** Breaks at spaces; a word that is longer than the width keeps a line of its own, whole. */
const wrap = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const word of text.split(" ")) {
    const last = lines.at(-1)
    if (last !== undefined && lengthOf(last) + 1 + lengthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** The widths that fit: as long as the line is too long, the widest column that can still be wrapped gives way. */
const fit = (
  natural: ReadonlyArray<number>,
  least: ReadonlyArray<number>,
  available: number
): ReadonlyArray<number> => {
  const widths = [...natural]
  let excess = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - available
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
    .map((cell, i) => cell + " ".repeat(Math.max(0, (widths[i] ?? 0) - lengthOf(cell))))
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

/**
 * The table as text. Within `width`, cells are wrapped between words; without one, each row is one line. A line is longer than `width`
 * only where single words leave no choice.
 */
export const table = <Row>(
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>,
  width = Number.POSITIVE_INFINITY
): string => {
  const titles = columns.map(({ title }) => title)
  const cells = [titles, ...rows.map((one) => columns.map(({ cell }) => cell(one).replaceAll(/\s+/g, " ").trim()))]
  const texts = columns.map((_, i) => cells.map((one) => one[i] ?? ""))
  const natural = texts.map(longest)
  const least = texts.map((column) => longest(column.flatMap((text) => text.split(" "))))
  const widths = fit(natural, least, width)
  return cells.flatMap((one) => row(one, widths)).join("\n")
}

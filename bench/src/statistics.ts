const sorted = (values: ReadonlyArray<number>): ReadonlyArray<number> => [...values].sort((a, b) => a - b)

export const median = (values: ReadonlyArray<number>): number =>
  sorted(values)[Math.floor(values.length / 2)] ?? Number.NaN

/** The median, with the least and the most in brackets. */
export const spread = (values: ReadonlyArray<number>): string => {
  const digits = median(values) < 10 ? 2 : median(values) < 100 ? 1 : 0
  return `${median(values).toFixed(digits)} (${sorted(values)[0]?.toFixed(digits)}-${sorted(values).at(-1)?.toFixed(digits)})`
}

/** The rows of a table in Markdown, the first one its head, as the formatter wants it: every column as wide as its widest cell. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const [head = [], ...rest] = rows
  const widths = head.map((_, i) => Math.max(3, ...rows.map((cells) => cells[i]?.length ?? 0)))
  const line = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rest.map(line)].join("\n")
}

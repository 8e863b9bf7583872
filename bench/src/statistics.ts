const sorted = (values: ReadonlyArray<number>): ReadonlyArray<number> => [...values].sort((a, b) => a - b)

export const median = (values: ReadonlyArray<number>): number =>
  sorted(values)[Math.floor(values.length / 2)] ?? Number.NaN

/** The median, with the least and the most in brackets. */
export const spread = (values: ReadonlyArray<number>): string => {
  const digits = median(values) < 10 ? 2 : median(values) < 100 ? 1 : 0
  return `${median(values).toFixed(digits)} (${sorted(values)[0]?.toFixed(digits)}-${sorted(values).at(-1)?.toFixed(digits)})`
}

/** The rows of a table in Markdown, the first one its head. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const [head = [], ...rest] = rows
  return [head, head.map(() => "---"), ...rest].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

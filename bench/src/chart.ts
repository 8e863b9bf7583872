// Bars in groups, as SVG: one group a work, one bar a contender.

export interface Group {
  readonly title: string
  readonly bars: ReadonlyArray<{ readonly name: string; readonly value: number }>
}

const colours: Readonly<Record<string, string>> = {
  raw: "#b8b2a7",
  bytes: "#d9d5cc",
  parser: "#c9a66b",
  platform: "#a3a86b",
  openai: "#7d9ba6",
  sdk: "#5b6d8a",
  ours: "#c2452d"
}

const width = 760
const labelWidth = 250
const barHeight = 15
const groupGap = 16
const top = 62
const room = width - labelWidth - 90

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

const format = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0))

/** A chart whose bars are lengths of the same unit; a shorter bar is better. */
export const chart = (title: string, unit: string, groups: ReadonlyArray<Group>): string => {
  const heights = groups.map(({ bars }) => bars.length * (barHeight + 2) + groupGap)
  const height = top + heights.reduce((sum, one) => sum + one, 0) + 8
  const most = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value)))
  const body = groups.map(({ bars, title }, i) => {
    const y = top + heights.slice(0, i).reduce((sum, one) => sum + one, 0)
    const middle = y + (bars.length * (barHeight + 2)) / 2
    const lines = bars.map(({ name, value }, j) => {
      const at = y + j * (barHeight + 2)
      const length = Math.max(1, (value / most) * room)
      const weight = name === "ours" ? ' font-weight="700"' : ""
      return (
        `<rect x="${labelWidth}" y="${at}" width="${length.toFixed(1)}" height="${barHeight}" rx="2" fill="${colours[name] ?? "#999"}"/>` +
        `<text x="${(labelWidth + length + 6).toFixed(1)}" y="${at + 11.5}" font-size="11"${weight}>${name} ${format(value)}</text>`
      )
    })
    return `<text x="${labelWidth - 12}" y="${middle + 4}" text-anchor="end" font-size="12.5">${escaped(title)}</text>${lines.join("")}`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" fill="#2b2b2b">
<title>${escaped(`${title}, ${unit}`)}</title>
<rect width="${width}" height="${height}" rx="8" fill="#faf8f4"/>
<text x="24" y="30" font-size="16" font-weight="700">${escaped(title)}</text>
<text x="24" y="48" font-size="12" fill="#6b665e">${escaped(unit)}, shorter is better</text>
${body.join("\n")}
</svg>
`
}

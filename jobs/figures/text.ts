/** How figures are told: numbers, tables, prose in lines. */
import { cpus } from "node:os"

export const number = (value: number) => Math.round(value).toLocaleString("en-US")

export const fixed = (value: number | undefined, digits = 1) => (value === undefined ? "" : value.toFixed(digits))

export const machine = `Node ${process.version}, ${cpus().length} CPUs (${cpus()[0]?.model.trim() ?? "unknown"})`

export const tableOf = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")
}

/** Sets prose in lines of 120 characters. Tables and headings stay as they are. */
export const wrap = (text: string): string =>
  text
    .split("\n\n")
    .map((block) => {
      if (block.startsWith("|")) return block
      return block
        .replaceAll("\n", " ")
        .replace(/(.{1,120})( |$)/g, "$1\n")
        .trimEnd()
    })
    .join("\n\n")

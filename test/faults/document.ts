/** The matrix as a document: what each fault comes to, from the table and the oracle alone. */
import { adviceOf } from "./advice.js"
import { applicable } from "./harness.js"
import { attemptsOf, type CallName, outcomeOf } from "./oracle.js"
import { type Row, type Section, table } from "./table.js"

const titles: Readonly<Record<Section, string>> = {
  answers: "Answers that are an error",
  successes: "HTTP 200 with a body that is not the API's",
  network: "Connections that break or fall silent",
  bodies: "Answers that are slow or wrong",
  streams: "Streams that end otherwise"
}

/** A line of the document: what it says, and of which details and calls. */
interface Line {
  readonly what: string
  readonly says: string
  readonly details: Set<string>
  readonly calls: ReadonlyArray<CallName>
}

/** Error, billing, whether it is retried by default, and advice; of a fault that outlasts a timeout, with one. */
const saysOf = (row: Row, call: CallName): string => {
  const outcome = outcomeOf(row, call, true)
  if (outcome === "success") return "none: it succeeds | as usual | no | Nothing."
  const tag = outcome.phase === undefined ? outcome.tag : `${outcome.tag} (${outcome.phase})`
  const again = attemptsOf(outcome, "default", call) > 1 ? "yes" : "no"
  return `${tag} | ${outcome.billing} | ${again} | ${adviceOf(row, call, outcome)}`
}

const generations = "generate, generateStream, generateStream (JSON)"
const discovery = "listModels, listModelEndpoints"

/** Calls that come to the same are told in the shortest way. */
const names = (calls: ReadonlyArray<CallName>): string => {
  const listed = calls.map((call) => (call === "generateStream answered as JSON" ? "generateStream (JSON)" : call))
  const text = listed.join(", ")
  return text === `${generations}, ${discovery}` ? "every" : text.replace(generations, "generate, generateStream")
}

/** Calls of a row that come to the same. */
const byCalls = (row: Row): ReadonlyArray<readonly [says: string, calls: ReadonlyArray<CallName>]> => {
  const bySaying = new Map<string, ReadonlyArray<CallName>>()
  for (const call of applicable(row)) {
    const says = saysOf(row, call)
    bySaying.set(says, [...(bySaying.get(says) ?? []), call])
  }
  return [...bySaying]
}

/** Rows that come to the same share a line; lines stay in the table's order. */
const linesOf = (rows: ReadonlyArray<Row>): ReadonlyArray<Line> => {
  const lines = new Map<string, Line>()
  for (const { detail, what, ...row } of rows) {
    for (const [says, calls] of byCalls({ detail, what, ...row })) {
      const key = `${what} | ${names(calls)} | ${says}`
      const line = lines.get(key) ?? { what, says, details: new Set(), calls }
      line.details.add(detail)
      lines.set(key, line)
    }
  }
  const place = ({ what }: Line) => rows.findIndex((row) => row.what === what)
  return [...lines.values()].sort((a, b) => place(a) - place(b))
}

/** A line that is about all details names none. */
const cellsOf = (rows: ReadonlyArray<Row>) => {
  return ({ calls, details, says, what }: Line): ReadonlyArray<string> => {
    const all = new Set(rows.filter((row) => row.what === what).map(({ detail }) => detail))
    const which = details.size < all.size ? `: ${[...details].join("; ")}` : ""
    return [what + which, names(calls), ...says.split(" | ")]
  }
}

const head = ["fault", "operation", "error", "billing", "retried by default", "what to do"]

/** As the formatter wants it: every column as wide as its widest cell. */
const tableOf = (lines: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = head.map((name, i) => Math.max(name.length, ...lines.map((line) => line[i]?.length ?? 0)))
  const row = (cells: ReadonlyArray<string>) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`
  return [row(head), row(widths.map((width) => "-".repeat(width))), ...lines.map(row)].join("\n")
}

const section = (name: Section): string =>
  [`## ${titles[name]}`, "", tableOf(linesOf(table[name]).map(cellsOf(table[name]))), ""].join("\n")

const introduction = `# Faults

What a call comes to when something goes wrong. The tests make each of these faults happen over a real socket, under
every retry policy, with and without a timeout. They compare what \`billing\` says with the server's ledger.

A line that names no kind of body or moment is about all of them. \`generateStream (JSON)\` is a stream that the provider
answers with plain JSON.

<!-- Written by \`npm run faults\` from test/faults/table.ts. -->
`

const sections = Object.keys(titles) as ReadonlyArray<Section>

export const document: string = [introduction, ...sections.map(section)].join("\n")

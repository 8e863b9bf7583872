/** The matrix as a document: what each fault comes to, from the table and the oracle alone. */
import { adviceOf } from "./advice.js"
import { applicable, cellsOf } from "./harness.js"
import { namesGeneration } from "./ids.js"
import { attemptsOf, type CallName, callNames, calls, isDiscovery, outcomeOf } from "./oracle.js"
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

/** Error, billing, whether it names its generation, whether it is retried by default, and advice; of a fault that outlasts a timeout, with one. */
const saysOf = (row: Row, call: CallName): string => {
  const outcome = outcomeOf(row, call, true)
  if (outcome === "success") return "none: it succeeds | as usual | as usual | no | Nothing."
  const tag = outcome.phase === undefined ? outcome.tag : `${outcome.tag} (${outcome.phase})`
  const again = attemptsOf(outcome, "default", call) > 1 ? "yes" : "no"
  const id = namesGeneration(row, call) ? "yes" : "no"
  return `${tag} | ${outcome.billing} | ${id} | ${again} | ${adviceOf(row, call, outcome)}`
}

const answerNames = { json: "JSON", events: "events" } as const

/** Operations, each with its answer where only that one comes to the same. */
const names = (same: ReadonlyArray<CallName>): string => {
  if (same.length === callNames.length) return "every"
  const operations = [...new Set(same.map((call) => calls[call].operation))]
  return operations
    .map((operation) => {
      const all = callNames.filter((call) => calls[call].operation === operation)
      const some = all.filter((call) => same.includes(call))
      return some.length === all.length
        ? operation
        : `${operation} (${some.map((call) => answerNames[calls[call].answer]).join(", ")})`
    })
    .join(", ")
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
const columnsOf = (rows: ReadonlyArray<Row>) => {
  return ({ calls, details, says, what }: Line): ReadonlyArray<string> => {
    const all = new Set(rows.filter((row) => row.what === what).map(({ detail }) => detail))
    const which = details.size < all.size ? `: ${[...details].join("; ")}` : ""
    return [what + which, names(calls), ...says.split(" | ")]
  }
}

const head = ["fault", "operation", "error", "billing", "id", "retried by default", "what to do"]

/** As the formatter wants it: every column as wide as its widest cell. */
const tableOf = (head: ReadonlyArray<string>, lines: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = head.map((name, i) => Math.max(name.length, ...lines.map((line) => line[i]?.length ?? 0)))
  const row = (cells: ReadonlyArray<string>) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`
  return [row(head), row(widths.map((width) => "-".repeat(width))), ...lines.map(row)].join("\n")
}

const section = (name: Section): string =>
  [`## ${titles[name]}`, "", tableOf(head, linesOf(table[name]).map(columnsOf(table[name]))), ""].join("\n")

/** How many cells of a call end unknown and how many of those errors name their generation: of all, and of those without a whole answer. */
const unknownOf = (call: CallName): ReadonlyArray<string> => {
  const unknown = Object.values(table)
    .flat()
    .filter((row) => applicable(row).includes(call))
    .flatMap((row) => cellsOf(row, call))
    .flatMap(({ row, timed }) => {
      const outcome = outcomeOf(row, call, timed)
      return outcome !== "success" && outcome.billing === "unknown" ? [{ row, ...outcome }] : []
    })
  const cut = unknown.filter(({ tag }) => tag === "ConnectionError" || tag === "RequestTimeoutError")
  const counts = [unknown, cut].flatMap((all) => [all, all.filter(({ row }) => namesGeneration(row, call))])
  return [names([call]), ...counts.map(({ length }) => length.toLocaleString("en-US"))]
}

const introduction = `# Faults

What a call comes to when something goes wrong. The tests make each of these faults happen over a real socket, under
every retry policy, with and without a timeout. They compare what \`billing\` says with the server's ledger.

A line that names no kind of body or moment is about all of them. Generations may be answered as JSON or as events:
\`generate\` asks for events with \`wire: "events"\`, and \`generateStream\` gets JSON from a provider that cannot stream. A
line that names no answer is about both.

\`id\` says whether the error has a \`generationId\`. With it, \`Generations.settle\` asks what the generation cost.

<!-- Written by \`npm run faults\` from test/faults/table.ts. -->
`

const sums = `## What can be asked afterwards

So many cells end with \`billing: "unknown"\`: each fault under each retry policy, with and without a timeout.

${tableOf(["operation", "unknown", "with an id", "of these cut or timed out", "with an id"], callNames.filter((call) => !isDiscovery(call)).map(unknownOf))}

The others are answers of boxes in between, which name no generation, and connections that ended before any answer. The
head of a stream comes before the picture is drawn, so what ends in that time has an id by events and none by JSON.
`

const sections = Object.keys(titles) as ReadonlyArray<Section>

export const document: string = [introduction, ...sections.map(section), sums].join("\n")

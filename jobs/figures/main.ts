/** Measures, and writes docs/jobs.md. Parts may be named, the others then stay as they stand there: `throughput`, `memory`, `crash`. */
import { cpus } from "node:os"
import { FileSystem } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { crash } from "./crash.js"
import { type Measured, measure, type Run } from "./throughput.js"

const target = "docs/jobs.md"
const number = (value: number) => Math.round(value).toLocaleString("en-US")

const machine = `Node ${process.version}, ${cpus().length} CPUs (${cpus()[0]?.model.trim() ?? "unknown"})`

const tableOf = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")
}

const runs: ReadonlyArray<Run> = [
  { database: "SQLite", workers: 1, pictures: 500 },
  { database: "PostgreSQL", workers: 1, pictures: 500 },
  { database: "PostgreSQL", workers: 2, pictures: 500 },
  { database: "PostgreSQL", workers: 3, pictures: 500 }
]

const rowOf = ({ cpuMillis, database, perSecond, pictures, workers }: Measured) => [
  database,
  String(workers),
  number(pictures),
  perSecond.toFixed(1),
  cpuMillis.toFixed(1)
]

const throughput = Effect.map(
  Effect.forEach(runs, measure),
  (
    all
  ) => `Against a server that answers at once, 16 items under way in each worker; server, database and workers share the machine: ${machine}. The CPU is that of the workers, their start with it.

${tableOf(["database", "workers", "pictures", "pictures a second", "ms of CPU a picture"], all.map(rowOf))}

A picture is written down at each step: the item, the claim, the engine's message and reply for the workflow and for its attempt, the attempt before and after, the outcome; each commit waits for the disk. A generation takes seconds, so a worker
with 16 of them under way needs 1 to 5 pictures a second.`
)

const memory = Effect.map(
  measure({ database: "SQLite", workers: 1, pictures: 4_000 }),
  ({
    memory: all,
    pictures
  }) => `One worker over SQLite, ${number(pictures)} pictures, resident memory after each tenth of them, in MiB:

${all.map((value) => number(value)).join(", ")}

It is not flat. That the engine keeps a workflow that has ended for a minute explains a part of it at most; the rest is not explained yet.`
)

const crashed = Effect.map(
  Effect.provide(crash(600, 3), Emulator.layerServer()),
  (
    told
  ) => `${number(told.pictures)} generations over ${told.workers} worker processes on PostgreSQL, against the emulator, where one answer in twenty fails. A worker is killed with SIGKILL every 8 seconds (${told.kills} times), the database once in the midst, after which all workers start again.

${tableOf(
  ["what", "items"],
  [
    ["have one outcome", number(told.outcomes)],
    ["made, and billed exactly once", number(told.made - told.madeAndNotBilledOnce)],
    ["begun by a worker that was killed, outcome unknown and said so", number(told.lost)],
    ["failed with an error that says that billing is unknown", number(told.unknown)],
    ["failed with an error that says that it was billed", number(told.billed)],
    ["failed and cost nothing, after all retries", number(told.notBilled)],
    ["**billed twice**", `**${number(told.billedTwice)}**`],
    ["made, and not billed exactly once", number(told.madeAndNotBilledOnce)],
    ["said to cost nothing, and billed", number(told.saidFreeAndBilled)]
  ]
)}`
)

const parts = { throughput, memory, crash: crashed } as const
const titles = { throughput: "Throughput", memory: "Memory", crash: "The crash test" } as const

const intro = `# Jobs in figures

\`npm run jobs:figures\` measures and writes this page; \`npm run jobs:figures -- crash\` does one part of it (\`throughput\`, \`memory\`, \`crash\`). It needs Debian's \`postgresql\`.
`

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const before = yield* Effect.orElseSucceed(fs.readFileString(target), () => "")
  const asked = process.argv.slice(2)
  const sections: Array<string> = []
  for (const name of ["crash", "throughput", "memory"] as const) {
    const title = `## ${titles[name]}\n\n`
    const old = before.split(title)[1]?.split("\n\n## ")[0]?.trimEnd()
    const isAsked = asked.length === 0 || asked.includes(name)
    const text = isAsked ? yield* parts[name] : old
    if (text !== undefined) sections.push(title + text)
  }
  yield* fs.writeFileString(target, `${intro}\n${sections.join("\n\n")}\n`)
})

program.pipe(Effect.provide(NodeContext.layer), NodeRuntime.runMain)

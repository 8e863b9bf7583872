/**
 * Measures, and writes docs/jobs.md. When you name parts (`crash`, `faults`, `months`, `results`, `throughput`, `memory`,
 * `million`), the others stay as they are.
 */
import { FileSystem } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { crash } from "./crash.js"
import { faults } from "./faults.js"
import { bounds, type Cluster, type Costs, simulate } from "./million.js"
import { type Export, measureExport } from "./results.js"
import { fixed, machine, number, tableOf, wrap } from "./text.js"
import { type Measured, measure, measurePlain, measureSubmission, type Run } from "./throughput.js"

const target = "docs/jobs.md"

const runs: ReadonlyArray<Run> = [
  { database: "SQLite", workers: 1, pictures: 500 },
  { database: "PostgreSQL", workers: 1, pictures: 500 },
  { database: "PostgreSQL", workers: 2, pictures: 500 },
  { database: "PostgreSQL", workers: 3, pictures: 500 }
]

const rowOf = (run: Measured) => [
  run.database,
  String(run.workers),
  fixed(run.perSecond),
  fixed(run.cpuMillis),
  fixed(run.server?.cpuMillis),
  fixed(run.server?.transactions),
  fixed(run.bytes / 1024)
]

const throughput = Effect.gen(function* () {
  const plain = yield* measurePlain(500)
  const all = yield* Effect.forEach(runs, measure)
  const engine = (all[0]?.cpuMillis ?? 0) - plain.cpuMillis
  return `500 pictures against a server that answers at once, 16 items under way in each worker. Server, database and
workers share the machine: ${machine}. The CPU is that of the processes, their start included. SQLite works within the
worker.

${tableOf(
  [
    "database",
    "workers",
    "pictures a second",
    "worker's CPU, ms a picture",
    "database's CPU, ms",
    "transactions a picture",
    "KiB a picture on disk"
  ],
  [["none, the client alone", "1", fixed(plain.perSecond), fixed(plain.cpuMillis), "", "", ""], ...all.map(rowOf)]
)}

So the engine costs a worker ${engine.toFixed(0)} ms of CPU for each picture. Each step is written down: the item, the
claim, the engine's message and reply for the workflow and for its attempt, the attempt before and after, the outcome.
Each commit waits for the disk.

A generation takes seconds, so a worker with 16 of them under way needs 1 to 5 pictures a second. More workers are not
faster on two cores that they share with the server and the database. What they do on machines of their own is
computed below.`
})

const memory = Effect.gen(function* () {
  const worker = yield* measure({ database: "SQLite", workers: 1, pictures: 10_000 })
  const submission = yield* measureSubmission(100_000)
  return `One worker over SQLite, ${number(worker.pictures)} pictures, resident memory after each tenth of them, in MiB:

${worker.memory.map(number).join(", ")}

A process that submits 100,000 requests as a stream, ${number(submission.perSecond)} a second, after each tenth of them:

${submission.memory.map(number).join(", ")}`
})

const clusters = [
  { runners: 1, cores: 2 },
  { runners: 10, cores: 2 },
  { runners: 100, cores: 2 },
  { runners: 100, cores: 4 },
  { runners: 100, cores: 16 },
  { runners: 1_000, cores: 4 },
  { runners: 1_000, cores: 16 }
].map((each) => ({ ...each, concurrency: 16, callMillis: 8_000 }))

const limitOf = (cluster: Cluster, costs: Costs): string => {
  const { calls, database, runners } = bounds(cluster, costs)
  const least = Math.min(calls, database, runners)
  return `${least === calls ? "calls under way" : least === database ? "the database's CPU" : "the runners' CPU"}, ${least.toFixed(0)}`
}

const simulatedRow = (costs: Costs) => (cluster: Cluster) => {
  const { databaseBusy, perSecond, runnersBusy } = simulate(cluster, costs, 1_000_000)
  return [
    number(cluster.runners),
    String(cluster.cores),
    limitOf(cluster, costs),
    perSecond.toFixed(1),
    `${(databaseBusy * 100).toFixed(0)} %`,
    `${(runnersBusy * 100).toFixed(0)} %`,
    perSecond === 0 ? "never" : (1_000_000 / perSecond / 3600).toFixed(1)
  ]
}

const million = Effect.map(
  measure({ database: "PostgreSQL", workers: 1, pictures: 500 }),
  ({ bytes, cpuMillis: workerCpuMillis, server }) => {
    if (server === undefined) return ""
    const costs = { ...server, workerCpuMillis }
    return `This is computed with what one worker on PostgreSQL costs here. Each picture takes
${fixed(server.transactions)} transactions, ${fixed(server.cpuMillis)} ms of the database's CPU and
${fixed(workerCpuMillis)} ms of the worker's. A worker that only looks for items makes
${fixed(server.idleTransactions)} transactions a second. Each runner has 16 calls under way. A call takes 8 s in the
median; one in twenty takes 24 s.

The least bound is the smallest of three on paper. Simulated is each transaction and call of a million pictures, in
queues before the runners' threads and the database's cores.

${tableOf(
  [
    "runners",
    "cores of the database",
    "least bound, pictures a second",
    "simulated",
    "database busy",
    "runners busy",
    "hours for a million"
  ],
  clusters.map(simulatedRow(costs))
)}

A million pictures leave ${((bytes * 1_000_000) / 2 ** 30).toFixed(1)} GiB in the database, without the pictures
themselves. This leaves out the network, the provider's own limits, and a disk that is slower than this machine's.`
  }
)

const crashed = Effect.map(
  Effect.provide(crash(2_000, 3), Emulator.layerServer()),
  (result) => `${number(result.pictures)} generations over ${result.workers} worker processes on PostgreSQL, against the
emulator, where one answer in twenty fails. A worker is killed with SIGKILL every 8 seconds (${result.kills} times). The
database is killed once, in the middle, and comes back after five seconds; the other workers survive that.

${tableOf(
  ["what", "items"],
  [
    ["have one outcome", number(result.outcomes)],
    ["made, and billed exactly once", number(result.made - result.madeAndNotBilledOnce)],
    ["failed and said to be billed, by the answer or by the record", number(result.billed)],
    ["failed and said to be unknown: no answer had named the generation", number(result.unknown)],
    ["failed and cost nothing, after all retries", number(result.notBilled)],
    ["**billed twice**", `**${number(result.billedTwice)}**`],
    ["made, and not billed exactly once", number(result.madeAndNotBilledOnce)],
    ["said to cost nothing, and billed", number(result.saidFreeAndBilled)]
  ]
)}

Of attempts whose billing was unknown, the records told that ${number(result.settledBilled)} were billed, and that
${number(result.settledFree)} cost nothing. The latter were sent again.`
)

const faulted = Effect.map(
  Effect.provide(faults(1), Emulator.layerServer()),
  (
    rows
  ) => `Three workers with 8 calls under way each on PostgreSQL, one on SQLite; a call takes 0.4 s. A checker compares
the emulator's ledger, the database and the SHA-256 of each picture. The longest stand is the longest time in which no
item ended although some were waiting.

${tableOf(
  ["fault", "items", "wall time, s", "longest stand, s", "made", "billed twice", "billed, said free", "lost"],
  rows.map(({ billedTwice, fault, items, lost, made, othersSeconds, undeclared, wallSeconds }) => [
    fault,
    number(items),
    wallSeconds.toFixed(0),
    othersSeconds.toFixed(1),
    number(made),
    number(billedTwice),
    number(undeclared),
    number(lost)
  ])
)}

What was not made had been sent when its worker, or the way to the API, died. Each such item is told as billed, or as
unknown.`
)

const endedItems = 1_000_000

const months = Effect.gen(function* () {
  const rows: Array<ReadonlyArray<string>> = []
  for (const database of ["SQLite", "PostgreSQL"] as const) {
    const run = { database, workers: 1, pictures: 500 }
    const fresh = yield* measure(run)
    const old = yield* measure({ ...run, ended: endedItems })
    rows.push([
      database,
      fixed(fresh.perSecond),
      fixed(old.perSecond),
      fixed(old.perSecond / fresh.perSecond, 2),
      `${fixed(fresh.listSeconds, 2)}, ${fixed(old.listSeconds, 2)}`,
      `${fixed(fresh.statusSeconds, 2)}, ${fixed(old.statusSeconds, 2)}`
    ])
  }
  return `A fresh database, and one with ${number(endedItems)} items that have ended, in ten jobs. One worker makes 500
pictures. The CPU of the commands includes their start.

${tableOf(
  [
    "database",
    "pictures a second, fresh",
    "with a million ended",
    "ratio",
    "`job list`, s of CPU, fresh and old",
    "`job status`, s of CPU"
  ],
  rows
)}`
})

const exportRow = ({ command, copy, kilobytes, provenance, start }: Export) => [
  `${kilobytes.toFixed(0)} kB`,
  provenance ? "yes" : "no",
  ...[copy, command, start].map(({ cpu, wall }) => `${fixed(wall)}, ${fixed(cpu)}`),
  fixed(command.wall / copy.wall),
  fixed(command.cpu / copy.cpu)
]

const exportedItems = 20_000
const exportRounds = 3

const exported = Effect.scoped(
  Effect.gen(function* () {
    const rows = yield* Effect.forEach([30, 141], (side) => measureExport(exportedItems, side, exportRounds))
    return `\`job results --out FOLDER\` of a job of ${number(exportedItems)} items on SQLite, whose pictures are in a folder
on the same disk, beside \`cp -r\` of that folder. The medians of ${exportRounds} rounds, in each of which both take their
turn: ${machine}. The command's time is without its start, which is that of \`job status\`.

${tableOf(
  [
    "a picture",
    "provenance",
    "copy, s, and of CPU",
    "command, s, and of CPU",
    "its start, s, and of CPU",
    "ratio of the time",
    "ratio of the CPU"
  ],
  rows.flat().map(exportRow)
)}

The command checks the SHA-256 of each picture, writes it under another name and then links it, so that it is there whole
or not at all, and never in place of another file. A line of \`results.jsonl\` says what each cost. These steps alone take
longer than the copy; the rest is reading each item from the database and checking it, and putting into the picture where
it comes from.`
  })
)

const parts = { crash: crashed, faults: faulted, months, results: exported, throughput, memory, million } as const
const titles = {
  crash: "The crash test",
  faults: "Faults around a job",
  months: "A database that has run for months",
  results: "The pictures of a large job as files",
  throughput: "Throughput",
  memory: "Memory",
  million: "A million pictures"
} as const

const intro = `# Jobs in figures

\`npm run jobs:figures\` measures and writes this page; \`npm run jobs:figures -- crash\` does one part of it
(\`crash\`, \`faults\`, \`months\`, \`results\`, \`throughput\`, \`memory\`, \`million\`). It needs Debian's \`postgresql\`.`

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const before = yield* Effect.orElseSucceed(fs.readFileString(target), () => "")
  const asked = process.argv.slice(2)
  const sections: Array<string> = []
  for (const name of ["crash", "faults", "months", "results", "throughput", "memory", "million"] as const) {
    const title = `## ${titles[name]}\n\n`
    const old = before.split(title)[1]?.split("\n\n## ")[0]?.trimEnd()
    const isAsked = asked.length === 0 || asked.includes(name)
    const text = isAsked ? yield* parts[name] : old
    if (text !== undefined) sections.push(title + text)
  }
  yield* fs.writeFileString(target, `${wrap([intro, ...sections].join("\n\n"))}\n`)
})

program.pipe(Effect.provide(NodeContext.layer), NodeRuntime.runMain)

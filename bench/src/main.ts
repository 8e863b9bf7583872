// Measures the library side by side with others: rounds are interleaved, every measurement has a process of its own, and what counts is the
// ratio of the medians within one run. `npm run bench -- ROUNDS` writes bench/RESULTS.md and the charts.
import { writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { cpus } from "node:os"
import { chart, type Group } from "./chart.js"
import type { Name } from "./contenders.js"
import type { Measurement } from "./measure.js"
import { type Results, startRunner } from "./run.js"
import * as Startup from "./startup.js"
import { median, spread, table } from "./statistics.js"
import { growths, mostGrowth, startupTargets, type Target, type Work, works } from "./works.js"

const rounds = Number(process.argv[2] ?? 5)
const range = Array.from({ length: rounds })
const { measure, measureAll, stop } = await startRunner()

const valuesOf = (results: Results, name: Name, measure: keyof Measurement): ReadonlyArray<number> =>
  (results.get(name) ?? []).map((one) => one[measure])

const says: Readonly<Record<keyof Measurement, string>> = {
  milliseconds: "time",
  cpuMilliseconds: "processor",
  megabytes: "memory"
}

interface Figure {
  readonly work: string
  /** The major of Effect. */
  readonly line: "3" | "4"
  readonly what: string
  readonly ratio: number
  readonly atMost: number
}

const lineOf = { ours: "3", "ours 4": "4" } as const

const figureOf = ({ task, title }: Work, results: Results, { against, atMost, measure, ours: who }: Target): Figure => {
  const ours = median(valuesOf(results, who, measure))
  const decoded = task.sizes.reduce((sum, size) => sum + size, 0) / 1e6
  const other = against === "decoded" ? decoded : median(valuesOf(results, against, measure))
  return { work: title, line: lineOf[who], what: `${says[measure]}, to ${against}`, ratio: ours / other, atMost }
}

const figureRow = ({ atMost, line, ratio, what, work }: Figure): ReadonlyArray<string> => [
  work,
  line,
  what,
  ratio.toFixed(2),
  atMost.toFixed(2),
  ratio <= atMost ? "yes" : "**no**"
]

const figures: Array<Figure> = []
const rows: Array<ReadonlyArray<string>> = []
const measured = new Map<string, Results>()

for (const work of works) {
  const results = await measureAll(work, rounds)
  measured.set(work.title, results)
  for (const name of work.names) {
    const column = (measure: keyof Measurement) => spread(valuesOf(results, name, measure))
    rows.push([work.title, name, column("milliseconds"), column("cpuMilliseconds"), column("megabytes")])
  }
  figures.push(...work.targets.map((target) => figureOf(work, results, target)))
  console.log(`\n${table(rows.slice(-work.names.length))}`)
}
stop()

const growthRows = growths.map(({ tasks, title }) => {
  const results = tasks.map((): Array<Measurement> => [])
  for (const _ of range) for (const [i, task] of tasks.entries()) results[i]?.push(measure("ours", task))
  const times = results.map((all) => median(all.map(({ milliseconds }) => milliseconds)))
  const peaks = results.map((all) => median(all.map(({ megabytes }) => megabytes)))
  figures.push({
    work: title,
    line: "3",
    what: "time of 64 MB, to 16 MB",
    ratio: (times[3] ?? Number.NaN) / (times[2] ?? Number.NaN),
    atMost: mostGrowth
  })
  return [title, ...times.map((time, i) => `${time.toFixed(1)} ms, ${peaks[i]?.toFixed(0)} MB`)]
})
console.log(`\n${table(growthRows)}`)

const imports = new Map(Startup.names.map((name): [Startup.Program, Array<number>] => [name, []]))
for (const _ of range) for (const name of Startup.names) imports.get(name)?.push(Startup.importMillis(name))
const sizes = new Map(await Promise.all(Startup.names.map(async (name) => [name, await Startup.sizeOf(name)] as const)))
const importOf = (name: Startup.Program) => median(imports.get(name) ?? [])
const kib = (value = Number.NaN) => `${value.toFixed(1)} KiB`
const startupRows = Startup.names.map((name) => [
  name,
  `${spread(imports.get(name) ?? [])}`,
  kib(sizes.get(name)?.whole)
])
figures.push(
  ...startupTargets.flatMap(({ atMost, ours }): ReadonlyArray<Figure> => {
    const line = lineOf[ours]
    const size = sizes.get(ours)
    return [
      {
        ...{ work: "import in a fresh process", line, what: "time, to sdk" },
        ...{ ratio: importOf(ours) / importOf("sdk"), atMost: atMost.time }
      },
      { work: "bundle for a browser", line, what: "KiB", ratio: size?.whole ?? Number.NaN, atMost: atMost.whole },
      {
        ...{ work: "bundle for a browser", line, what: "KiB of our own code" },
        ...{ ratio: size?.own ?? Number.NaN, atMost: atMost.own }
      }
    ]
  })
)
console.log(`\n${table(startupRows)}`)

const figureTable = table([["work", "Effect", "ours", "measured", "to reach", "met"], ...figures.map(figureRow)])
console.log(`\n${figureTable}`)

const versionOf = (name: string, from = import.meta.url): string => {
  const path =
    createRequire(from)
      .resolve.paths(name)
      ?.map((folder) => `${folder}/${name}/package.json`) ?? []
  for (const one of path) {
    try {
      return `${name} ${(createRequire(import.meta.url)(one) as { readonly version: string }).version}`
    } catch {}
  }
  return name
}
const versions = [
  versionOf("effect", new URL("../../effect4/package.json", import.meta.url).href),
  ...["effect", "@effect/platform", "@openrouter/sdk", "openai", "eventsource-parser"].map((name) => versionOf(name))
]

writeFileSync(
  "bench/RESULTS.md",
  `# Measurements

Made by \`npm run bench\`: medians of ${rounds} interleaved rounds, least and most in brackets; every measurement in a process of its own, with its
connections open and its code compiled, against a server on the same machine that sends bodies from memory. Memory is the peak above what the
process held before. Only the ratios within a run mean something elsewhere.

- \`raw\`: \`fetch\`, \`JSON.parse\` and \`Buffer.from\`, as people write it by hand, without a check
- \`bytes\`: the answer is read and dropped, the floor under everything; \`parser\`: eventsource-parser, \`JSON.parse\` and \`Buffer.from\`
- \`platform\`: the HttpClient of Effect, \`response.json\` and \`Buffer.from\`, without a check, a retry or a timeout
- \`ours 4\`, \`platform 4\`: the same on Effect 4
- \`openai\`, \`sdk\`: the two packages, and \`Buffer.from\`

Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} cores (${cpus()[0]?.model.trim()}); ${versions.join(", ")}.

## Figures

${figureTable}

## Each contender

${table([["work", "who", "ms a call", "ms of the processor a call", "MB above base"], ...rows])}

## Growth, of one event in memory

${table([["", "1 MB", "4 MB", "16 MB", "64 MB"], ...growthRows])}

## Start

${table([["program", "import, ms", "bundle, minified and gzipped"], ...startupRows])}
`
)

const groupsOf = (titles: ReadonlyArray<string>, measure: keyof Measurement): ReadonlyArray<Group> =>
  titles.map((title) => ({
    title,
    bars: [...(measured.get(title)?.keys() ?? [])].map((name) => ({
      name,
      value: median(valuesOf(measured.get(title) ?? new Map(), name, measure))
    }))
  }))

const large = ["generate, 16 MB", "generate, 64 MB", "generate, 4 x 16 MB", "stream, 3 previews of 4 MB, 16 MB"]
writeFileSync(
  "docs/bench-memory.svg",
  chart("Memory above the process's base", "MB at the peak", groupsOf(large, "megabytes"))
)
writeFileSync("docs/bench-time.svg", chart("Time of a call", "milliseconds", groupsOf(large, "milliseconds")))
console.log("\nwritten to bench/RESULTS.md and docs/bench-*.svg")

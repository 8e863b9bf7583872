// Measures the library side by side with the official SDK and with code written by hand: rounds are interleaved, every measurement has a
// process of its own, and what counts is the ratio of the medians within one run.
import { execFileSync, spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { contenders, type Name } from "./contenders.js"

interface Measurement {
  readonly milliseconds: number
  readonly megabytes: number
}

const rounds = Number(process.argv[2] ?? 7)
const names = Object.keys(contenders) as ReadonlyArray<Name>
const works: ReadonlyArray<readonly [title: string, work: string, calls: number]> = [
  ["listModels, 40 models", "models", 200],
  ["generate, 1 KB", "1024x1", 200],
  ["generate, 1 MB", "1048576x1", 30],
  ["generate, 16 MB", "16777216x1", 2],
  ["generate, 16 MB x 4", "16777216x4", 1],
  ["generate, 64 MB", "67108864x1", 1]
]

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

const server = spawn(process.execPath, [file("server.js")], { stdio: ["ignore", "pipe", "inherit"] })
const { value: baseUrl } = (await createInterface(server.stdout)[Symbol.asyncIterator]().next()) as { value: string }

const measure = (name: Name, work: string, calls: number): Measurement =>
  JSON.parse(
    execFileSync(process.execPath, [file("measure.js"), name, work, String(calls), baseUrl], { encoding: "utf8" })
  )

const sorted = (values: ReadonlyArray<number>) => [...values].sort((a, b) => a - b)
const median = (values: ReadonlyArray<number>) => sorted(values)[Math.floor(values.length / 2)] ?? Number.NaN
const spread = (values: ReadonlyArray<number>, digits: number) =>
  `${median(values).toFixed(digits)} (${sorted(values)[0]?.toFixed(digits)}-${sorted(values).at(-1)?.toFixed(digits)})`

const row = (title: string, results: Readonly<Record<Name, ReadonlyArray<Measurement>>>): string => {
  const times = (name: Name) => results[name].map(({ milliseconds }) => milliseconds)
  const peaks = (name: Name) => results[name].map(({ megabytes }) => megabytes)
  const ratio = (of: (name: Name) => ReadonlyArray<number>, to: Name) =>
    (median(of("ours")) / median(of(to))).toFixed(2)
  const cells = [
    ...names.map((name) => spread(times(name), 2)),
    `${ratio(times, "raw")} / ${ratio(times, "sdk")}`,
    ...names.map((name) => spread(peaks(name), 0)),
    `${ratio(peaks, "raw")} / ${ratio(peaks, "sdk")}`
  ]
  return `| ${title} | ${cells.join(" | ")} |`
}

const rows = works.map(([title, work, calls]) => {
  const results: Record<Name, Array<Measurement>> = { raw: [], sdk: [], ours: [] }
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results[name].push(measure(name, work, calls))
  }
  const line = row(title, results)
  console.log(line)
  return line
})
server.kill()

const times = names.map((name) => `${name}, ms`)
const peaks = names.map((name) => `${name}, MB above base`)
const report = `# Measurements

Medians of ${rounds} interleaved rounds, least and most in brackets; every measurement in a process of its own, against a server that sends
a body from memory. \`raw\` is \`fetch\`, \`JSON.parse\` and \`Buffer.from\`; \`sdk\` is @openrouter/sdk 1.3.19. The ratios are ours to raw / ours to sdk.
Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} cores (${cpus()[0]?.model.trim()}). Made by \`npm run bench\`.

| work | ${times.join(" | ")} | time ratio | ${peaks.join(" | ")} | memory ratio |
|---|${"---|".repeat(8)}
${rows.join("\n")}
`
writeFileSync("bench/RESULTS.md", report)
console.log("\nwritten to bench/RESULTS.md")

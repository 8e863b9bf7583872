// Measures how long the command takes to start, side by side with what else people would start: rounds are interleaved, every
// run is a process of its own, and what counts is the ratio of processor time. `npm run bench:start -- ROUNDS` writes
// bench/START.md.
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { cpus, loadavg, tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { spread, table } from "../bench/dist/statistics.js"
import { versionOf } from "./package/consumer.js"
import { download } from "./runtimes.js"

const rounds = Number(process.argv[2] ?? 7)
const command = resolve("cli/bin/openrouter-images.js")
const work = mkdtempSync(join(tmpdir(), "start-"))

/** A program that imports a package and prints its version, run where it finds the package. */
const script = (imports, name) => ({
  args: ["--input-type=module", "--eval", `${imports}; console.log("${versionOf(name)}")`],
  cwd: resolve("bench")
})

const ours = (...args) => ({ args: [command, ...args], cwd: work })

const starts = {
  "node -e 0": { args: ["-e", "0"], cwd: work },
  "--version": ours("--version"),
  "--help": ours("--help"),
  "models --emulator": ours("models", "--emulator"),
  "generate --emulator": ours("generate", "a red panda", "--emulator", "--seed", "7"),
  "job list": ours("job", "list"),
  "job status": ours("job", "status", "two"),
  "import openai": script(`import OpenAI from "openai"; globalThis.used = OpenAI`, "openai"),
  "import the AI SDK": script(
    `import { generateImage } from "ai"
     import { createOpenRouter } from "@openrouter/ai-sdk-provider"
     globalThis.used = [generateImage, createOpenRouter]`,
    "ai"
  )
}
const others = ["node -e 0", "import openai", "import the AI SDK"]

/** No key, and a compile cache that no other program has filled. */
const { OPENROUTER_API_KEY: _, ...inherited } = process.env
const env = { ...inherited, TMPDIR: work }

/** Milliseconds of the processor that ended children of this process have used; Linux counts in hundredths of a second. */
const childrenMillis = () => {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /s, "")
    .split(" ")
  return (Number(fields[13]) + Number(fields[14])) * 10
}

/** better-sqlite3 has a binary for one line of Node. */
const hasDatabase = (node) => spawnSync(node, ["-e", 'new (require("better-sqlite3"))(":memory:")']).status === 0

/** One start in milliseconds. */
const measure = (node, { args, cwd }) => {
  const before = childrenMillis()
  const start = performance.now()
  execFileSync(node, args, { cwd, env, stdio: "ignore" })
  const wall = performance.now() - start
  return { wall, cpu: childrenMillis() - before }
}

/** A job of two pictures, done. */
const makeJob = () => {
  writeFileSync(join(work, "two.jsonl"), '{"prompt":"a fox","size":"32x32"}\n{"prompt":"a dog","size":"32x32"}\n')
  const run = (...args) =>
    execFileSync(process.execPath, [command, "job", ...args], { cwd: work, env, stdio: "ignore" })
  run("submit", "two.jsonl", "--model", "bytedance-seed/seedream-5-lite")
  run("worker", "--until-done", "--emulator")
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length

const figuresOf = (node) => {
  const names = Object.keys(starts).filter((name) => !name.startsWith("job ") || hasDatabase(node))
  for (const name of names) measure(node, starts[name])
  const results = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) for (const name of names) results[name].push(measure(node, starts[name]))
  const cpuOf = (name) => mean(results[name].map(({ cpu }) => cpu))
  const rows = names.map((name) => [
    name,
    spread(results[name].map(({ wall }) => wall)),
    cpuOf(name).toFixed(0),
    ...others.map((other) => (cpuOf(name) / cpuOf(other)).toFixed(2))
  ])
  return table([["start", "ms", "ms of the processor", ...others.map((other) => `to ${other}`)], ...rows])
}

const runtimes = resolve("node_modules/.cache/runtimes")
const nodes = [process.execPath, download(runtimes, "Node 22"), download(runtimes, "Node 24")]

try {
  makeJob()
  const sections = nodes.map((node) => {
    const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim()
    const section = `## Node ${version}\n\n${figuresOf(node)}\n`
    console.log(`\n${section}`)
    return section
  })
  const versions = ["effect", "openai", "ai", "@openrouter/ai-sdk-provider"].map((name) => `${name} ${versionOf(name)}`)
  writeFileSync(
    "bench/START.md",
    `# How long the command takes to start

Made by \`npm run bench:start\`: whole processes in ${rounds} interleaved rounds, after one that does not count. Time is the median, with least
and most in brackets. Processor time is the mean, and the ratios are of it. Only they mean something elsewhere. Node 22 and later keep
compiled code (\`module.enableCompileCache\`); Node 20 does not. The jobs need an SQLite for the Node that runs them, and are left out
where there is none.

- \`import openai\`, \`import the AI SDK\` (\`ai\` with \`@openrouter/ai-sdk-provider\`): a script that imports what makes a picture, and
  prints the version. The package \`openai\` has no command.

${process.platform} ${process.arch}, ${cpus().length} cores (${cpus()[0].model.trim()}) under a load of ${loadavg()[1].toFixed(0)}; ${versions.join(", ")}.

${sections.join("\n")}`
  )
  console.log("written to bench/START.md")
} finally {
  rmSync(work, { recursive: true, force: true })
}

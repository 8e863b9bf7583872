// Runs what the library promises against faults, hostile bytes, load and changed code, and writes the figures of these runs into
// docs/reliability.md. `npm run reliability` runs all of it (an hour or so); `npm run reliability -- load mutations` runs these parts again and
// leaves the others as they stand.
import { spawn } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"

const target = "docs/reliability.md"
const seed = 20261125

/** Runs a command, shows what it prints, and gives that back. What fails is a figure that nobody may write down. */
const run = (command, args, env = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "inherit"]
    })
    const chunks = []
    child.stdout.on("data", (chunk) => {
      chunks.push(chunk)
      process.stdout.write(chunk)
    })
    child.on("error", reject)
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString())
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code}`))
    })
  })

const vitest = (files, env) => run(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...files], env)

const number = (text) => Number(text).toLocaleString("en-US")
const sum = (all) => all.reduce((one, other) => one + other, 0)

const tableOf = (head, rows) => {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i].length)))
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")
}

const faults = async () => {
  const printed = await vitest(["test/faults"])
  const found = [...printed.matchAll(/^(.+): (\d+) cells, (\d+) attempts$/gm)].map(([, ...groups]) => groups)
  const total = ["together", ...[1, 2].map((i) => String(sum(found.map((groups) => Number(groups[i])))))]
  const rows = [...found, total].map(([title, cells, attempts]) => [title, number(cells), number(attempts)])
  const ended = [...printed.matchAll(/^(generate|generate by events): (\d+) ended unknown, (\d+) with an id$/gm)]
  const unknown = ["generate", "generate by events"].map((call) => {
    const counts = ended.filter(([, name]) => name === call)
    return [call, ...[2, 3].map((i) => number(sum(counts.map((groups) => Number(groups[i])))))]
  })
  return `Every fault of [faults.md](faults.md) × each operation × each retry policy × with and without a timeout, over real
sockets. Each cell checks the error's tag, its \`billing\`, the number of attempts and the server's ledger. What \`billing\`
says is true, and no policy pays for a call twice unless it was told to.

${tableOf(["matrix", "cells", "attempts"], rows)}

An error whose \`billing\` is \`unknown\` names its generation wherever OpenRouter's own head had come, so that you can ask
what it cost. The head of a stream comes before the picture is drawn. So \`generate\` knows its generation in more cells
by events (\`wire: "events"\`) than by JSON, the default.

${tableOf(["call", "unknown", "with an id"], unknown)}

\`npx vitest run test/faults\` repeats it.`
}

const cuts = async () => {
  const printed = await vitest(["test/network/toxic.test.ts"])
  const [, count] = /^(\d+) cuts$/m.exec(printed)
  return `A proxy between client and server resets or closes the connection after each single byte of an answer. It does so for
each operation, with a declared length and in chunks, by \`fetch\` and undici.

**${number(count)} cuts**: after each, the outcome is the right one of the documented outcomes, with the pictures that had arrived
whole, and nothing is paid twice. The same proxy makes a network slow, narrow, half open and silent.

\`npx vitest run test/network/toxic.test.ts\` repeats it.`
}

const settlements = async () => {
  const [runs, kills] = ["200", "30"]
  const files = ["test/internal/reconcile", "test/internal/budget/stacks.proof.test.ts"]
  const printed = await vitest(files, { FUZZ_RUNS: runs, FUZZ_SEED: String(seed), KILLS: kills })
  const stacks = /^(\d+) calls of (\d+) attempts, \d+ with something left; ended in: (.+)$/m.exec(printed)
  const states = stacks[3].split(", ")
  const schedules = /^(\d+) schedules of (\d+) calls: (\d+) reservations settled, (\d+) left without an id$/m.exec(
    printed
  )
  const crashes = /^(\d+) kills, (\d+) pictures paid: (\d+) reservations settled, (\d+) left without an id$/m.exec(
    printed
  )
  const rows = [
    [
      "random faults, delays and interruptions",
      `${number(schedules[1])} schedules, ${number(schedules[2])} calls`,
      ...schedules.slice(3)
    ],
    [
      "kill -9 of a program with a kept ledger",
      `${number(crashes[1])} kills, ${number(crashes[2])} pictures`,
      ...crashes.slice(3)
    ]
  ]
  return `A budget with \`Reconcile\` above it settles what lost answers cost. Afterwards its \`spentUsd\` equals the server's ledger
to the millionth of a dollar, but for the calls that were cut before the head of their answer: each of those was billed
in full or not at all, and its reservation is left. Nothing is paid twice, and nothing is counted twice.

${tableOf(["what happens", "how often", "settled", "left without an id"], rows)}

The layers may stand in any order, and a call may be left at any moment. **${number(stacks[1])} calls of ${number(stacks[2])} attempts** in
random stacks of layers were left in each of ${states.length} states, from the queue of a gate to the last picture. Each time the
sum holds: what was spent is what was billed under an id, and what is set aside is at most the price of the attempts
that ended without an id and without proof. Where there was none, nothing is set aside.

\`FUZZ_RUNS=${runs} FUZZ_SEED=${seed} KILLS=${kills} npx vitest run ${files.join(" ")}\` repeats it.`
}

const inputs = async () => {
  const runs = "2000"
  const printed = await vitest(["test/fuzz"], { FUZZ_RUNS: runs, FUZZ_SEED: String(seed) })
  const found = [...printed.matchAll(/^(\d+) inputs for (\d+) properties/gm)]
  const [tried, properties] = [1, 2].map((i) => sum(found.map((match) => Number(match[i]))))
  return `The inputs are whole requests and answers made from the Schemas, right bodies with mutations in them, and soup of
server-sent events, cut anywhere: **${number(tried)} inputs for ${properties} properties**, seed ${seed}.

Each ends within 10 seconds in a value or a documented error. There is no defect, no unhandled rejection, no key in an
error, and no whole picture is lost.

\`FUZZ_RUNS=${runs} FUZZ_SEED=${seed} npm run fuzz\` repeats it. Without a seed the inputs are new, and a failure
prints its seed.`
}

const loadBy = async (client) => {
  const printed = await run(process.execPath, ["soak/dist/main.js", "--client", client, "--seed", String(seed)])
  const [, calls, attempts, seconds] = /^(\d+) calls, (\d+) attempts in ([\d.]+) s$/m.exec(printed)
  const checks = [...printed.matchAll(/^ok {6}(.+?): (.+)$/gm)].map(([, what, figure]) => [what, figure])
  return `### By ${client}: ${number(calls)} calls, ${number(attempts)} attempts in ${seconds} s

${tableOf(["what holds", "figure"], checks)}`
}

const load =
  async () => `10,000 small generations and 500 of 4 MB go through one client, 64 at once, with each kind of fault on 5 % of the
attempts. Then everything under way is interrupted at random moments.

${await loadBy("fetch")}

${await loadBy("undici")}

\`npm run soak -- --client fetch --seed ${seed}\` repeats it. CI runs a short form.`

const wires = async () => {
  const rounds = "5"
  const printed = await run(process.execPath, ["bench/dist/wires.js", rounds])
  return `What \`generate\` pays for \`wire: "events"\`, with which it knows its generation early: the same pictures from a server on
the same machine, by JSON and by events in turn, ${rounds} times, each in a process of its own. \`time\` and \`processor\` are
events to JSON, the median of the turns with the least and the most in brackets. Memory is the peak above what the
process held before. Previews are passed over, not decoded, but their bytes come all the same. This is why \`json\` is the
default. Beside the seconds that a model takes to draw, the difference is small.

${printed.trim()}

\`npm run bench:wires\` repeats it.`
}

/** How many tests passed on each line of Effect: what scripts/test.js prints of one run. */
const passedIn = (printed) =>
  [...printed.matchAll(/^== (.+), on Node (v[\d.]+)$[\s\S]*?^(\d+) passed, (\d+) failed$/gm)].map(
    ([, title, node, passed]) => ({ title, node, passed: Number(passed) })
  )

const lines = async () => {
  const tests = (...projects) =>
    run(process.execPath, ["scripts/test.js", ...projects.flatMap((name) => ["--project", name])])
  const quick = passedIn(await tests("unit", "process"))
  const proofs = passedIn(await tests("proof"))
  const rows = quick.map(({ node, passed, title }, i) => [title, node, number(passed), number(proofs[i].passed)])
  return `The library for Effect 4 is made from the same source, and so are its tests: the fault matrix, the cuts, the random
inputs, back-pressure, interruption and crashes run on both lines. The first row also counts the tests of the emulator,
the command, the jobs and their view. \`effect4/skipped.js\` names the few tests that Effect 4 has no counterpart for, each
with its reason.

${tableOf(["tests that pass", "Node", "quick", "proofs"], rows)}

\`npm test\` and \`npm run test:proof\` repeat it.`
}

/** Of one file: how many changes a test noticed, also by never ending, of those that could be noticed. */
const scoreOf = ([file, { mutants }]) => {
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length
  const noticed = count("Killed", "Timeout")
  const all = noticed + count("Survived", "NoCoverage")
  return { file, noticed, all }
}

const mutations = async () => {
  await run("npx", ["--no-install", "stryker", "run"])
  const report = JSON.parse(readFileSync(".stryker/report.json", "utf8"))
  const scores = Object.entries(report.files).map(scoreOf)
  const total = {
    file: "together",
    noticed: sum(scores.map(({ noticed }) => noticed)),
    all: sum(scores.map(({ all }) => all))
  }
  const rows = [...scores.filter(({ all }) => all > 0), total].map(({ all, file, noticed }) => [
    file,
    number(all),
    number(noticed),
    `${((noticed / all) * 100).toFixed(0)} %`
  ])
  return `[Stryker](https://stryker-mutator.io) changes the code of errors, retries and streams, one place at a time, and runs the
tests that reach it. The score says how many changes a test notices. What runs once at the start (tables, schemas) is
left out.

${tableOf(["file", "changes", "noticed", "score"], rows)}

\`npm run mutation\` repeats it.`
}

const parts = {
  lines: ["Both lines of Effect", lines],
  faults: ["Faults", faults],
  cuts: ["Cuts", cuts],
  settlements: ["Settlements", settlements],
  inputs: ["Random inputs", inputs],
  load: ["Load", load],
  wires: ["The cost of events", wires],
  mutations: ["Mutations", mutations]
}

const introduction = `# Reliability

The library promises never to pay twice, to lose no picture that was paid for, to tell no secret, and to end in a value
or a documented error. This page says what was done to break these promises, in figures.

<!-- Written by \`npm run reliability\` from the runs themselves. -->
`

/** What the document says of each part now. */
const written = existsSync(target)
  ? Object.fromEntries(
      readFileSync(target, "utf8")
        .split(/^## /m)
        .slice(1)
        .map((section) => [section.slice(0, section.indexOf("\n")), section.slice(section.indexOf("\n")).trim()])
    )
  : {}

const chosen = process.argv.slice(2)
const strangers = chosen.filter((name) => !Object.hasOwn(parts, name))
if (strangers.length > 0) throw new Error(`no such part: ${strangers.join(", ")}; there are ${Object.keys(parts)}`)

for (const [name, [title, measure]] of Object.entries(parts)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  const where = `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} cores`
  written[title] = `${await measure()}\n\nLast run: ${new Date().toISOString().slice(0, 10)}, ${where}.`
  const sections = Object.values(parts).flatMap(([title]) =>
    written[title] ? [`## ${title}\n\n${written[title]}\n`] : []
  )
  writeFileSync(target, [introduction, ...sections].join("\n"))
  console.log(`\n${target}: ${title}`)
}

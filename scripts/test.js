// Runs the tests of the whole repository, and then those of the library for Effect 4. Arguments are Vitest's own, such as
// `--project proof` or a part of a file's path. The last line counts the tests of both.
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { nodeForEffect4 } from "./runtimes.js"

const folder = mkdtempSync(join(tmpdir(), "tests-"))
const args = ["run", ...process.argv.slice(2)]

/** What Effect 4 has no tests for: programs that are for Effect 3, and the jobs on PostgreSQL. */
const elsewhere = ["process", "postgres"]
const isElsewhere = (arg, i) => elsewhere.includes(arg) || (arg === "--project" && elsewhere.includes(args[i + 1]))

const lines = [
  { title: "Effect 3, and everything around the library", cwd: ".", node: () => process.execPath, args },
  {
    title: "Effect 4",
    cwd: "effect4",
    node: nodeForEffect4,
    args: [...args.filter((arg, i) => !isElsewhere(arg, i)), "--passWithNoTests"]
  }
]

/** How many tests passed, and what failed; a line that ended badly without a failed test failed itself. */
const runLine = ({ args, cwd, node, title }, i) => {
  const executable = node()
  const version = spawnSync(executable, ["--version"], { encoding: "utf8" }).stdout.trim()
  console.log(`\n== ${title}, on Node ${version}`)
  const counts = join(folder, String(i))
  const { status } = spawnSync(executable, ["node_modules/vitest/vitest.mjs", ...args], {
    cwd,
    stdio: "inherit",
    env: { ...process.env, TEST_COUNTS: counts }
  })
  try {
    const { failures, passed } = JSON.parse(readFileSync(counts, "utf8"))
    return { passed, failures: status === 0 || failures.length > 0 ? failures : [`${title}: ended with ${status}`] }
  } catch {
    return { passed: 0, failures: status === 0 ? [] : [`${title}: ended with ${status}`] }
  }
}

const all = lines.map(runLine)
rmSync(folder, { recursive: true })
const passed = all.reduce((total, line) => total + line.passed, 0)
const failures = all.flatMap((line) => line.failures)
for (const failure of failures) console.log(`\nfailed: ${failure}`)
console.log(`\nboth lines of Effect:\n${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1

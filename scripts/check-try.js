// The first minute of a newcomer, on each line of Effect: `npm run try` into an empty folder, and what it says to do next.
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, resolve } from "node:path"
import { startEmulator } from "./emulator.js"
import { printedByReadme } from "./package/readme.js"
import { nodeForEffect4 } from "./runtimes.js"

const lines = [
  { line: 3, node: process.execPath },
  { line: 4, node: nodeForEffect4() }
]

const work = mkdtempSync(join(tmpdir(), "try-"))

/** What npm starts finds this Node first. */
const environment = (node) => ({ ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) })

const demand = (holds, fault) => {
  if (!holds) throw new Error(fault)
}

const check = ({ line, node }, baseUrl) => {
  const folder = join(work, `effect-${line}`)
  const env = environment(node)
  const arguments_ = [resolve("scripts/try.js"), folder, "--effect", String(line)]
  const started = performance.now()
  const printed = execFileSync(node, arguments_, { encoding: "utf8", env })
  const seconds = Math.round((performance.now() - started) / 1000)
  demand(
    printed.includes(printedByReadme),
    `Effect ${line}: the program did not print what the README says:\n${printed}`
  )
  demand(existsSync(join(folder, "panda-0.png")), `Effect ${line}: there is no picture in ${folder}`)
  const key = { OPENROUTER_API_KEY: "sk-or-first", OPENROUTER_BASE_URL: baseUrl }
  const first = execFileSync("npm", ["--silent", "run", "first"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...env, ...key }
  })
  demand(/^panda\.png image\/png .+ \$0\.04\n$/.test(first), `Effect ${line}: first.ts printed:\n${first}`)
  const again = spawnSync(node, arguments_, { encoding: "utf8", env })
  demand(
    again.status === 1 && again.stderr.includes(`${folder} is not empty`),
    `Effect ${line}: it writes over a project`
  )
  console.log(`Effect ${line}: the first minute took ${seconds} s, and first.ts asks the API that it is told`)
}

const emulator = await startEmulator()
try {
  for (const line of lines) check(line, emulator.baseUrl)
} finally {
  emulator.stop()
  rmSync(work, { recursive: true, force: true })
}

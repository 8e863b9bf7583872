// Runs Effect's own diagnostics over every project; any error or warning fails.
import { spawnSync } from "node:child_process"

const rooms = ["browser", "emulator", "cli", "jobs", "jobs-view", "mcp", "examples", "bench", "soak"]
const projects = ["tsconfig.src.json", ...rooms.map((room) => `${room}/tsconfig.json`), "tsconfig.test.json"]

const failed = projects.filter((project) => {
  const { status, stdout, stderr } = spawnSync(
    "npx",
    ["--no-install", "effect-language-service", "diagnostics", "--project", project],
    { encoding: "utf8", shell: process.platform === "win32" }
  )
  const clean = status === 0 && /\b0 errors, 0 warnings\b/.test(stdout)
  console.log(`${project}: ${clean ? "clean" : `not clean\n${stdout}${stderr}`}`)
  return !clean
})

process.exitCode = failed.length === 0 ? 0 : 1

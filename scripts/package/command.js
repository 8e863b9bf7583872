// The packed command, alone in an empty folder, as its users install it.
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { begin, install, run } from "./consumer.js"

/** What the package has: the command, its bundle with the licences in it, and what npm adds. */
const expected =
  /^(bin\/openrouter-images\.js|dist\/[\w.-]+\.js|dist\/THIRD-PARTY-NOTICES|package\.json|README\.md|LICENSE)$/

const assert = (condition, problem) => {
  if (!condition) throw new Error(problem)
}

/** Packs the command into a folder, installs it in another one, and makes a picture with it. */
export const useCommand = ({ folder, to }) => {
  const pack = ["pack", "--json", "--loglevel", "error", "--ignore-scripts", "-w", "cli", "--pack-destination", to]
  const [{ filename, files, name, size }] = JSON.parse(run("npm", pack))
  const others = files.map(({ path }) => path).filter((path) => !expected.test(path))
  assert(others.length === 0, `${name} has more than it needs: ${others.join(", ")}`)

  begin(folder)
  run("npm", install([join(to, filename)]), { cwd: folder })
  assert(!existsSync(join(folder, "node_modules/effect")), `${name} brings what is in its bundle`)

  const { OPENROUTER_API_KEY: _, ...env } = process.env
  const call = (...args) => spawnSync("npx", ["--no-install", name, ...args], { cwd: folder, encoding: "utf8", env })
  const made = call("generate", "a red panda, 小熊猫 🐼, लाल पांडा", "--emulator", "--out", "pictures")
  const isThere = made.status === 0 && readdirSync(join(folder, "pictures")).length === 1
  assert(isThere && made.stderr.includes("nothing is billed"), `${name} makes no picture: ${made.stderr}`)
  const jobs = call("job", "list")
  assert(jobs.status === 2 && jobs.stderr.includes("npm install effect-openrouter-images-jobs"), jobs.stderr)
  return { files: files.length, name, size }
}

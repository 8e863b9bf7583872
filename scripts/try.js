// `npm run try`: a project of your own, beside this clone, that draws a picture with the emulator. It installs the library as its
// tarball, with the very versions that this repository is tested with. `npm run try -- --help` tells the options.
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { npm } from "./package/npm.js"
import { pack } from "./package/pack.js"
import { readOptions } from "./try/options.js"
import { packagesFolder, projectOf } from "./try/project.js"

const inherit = { stdio: ["ignore", "inherit", "inherit"] }

const node = (...args) => execFileSync(process.execPath, args, inherit)

/** Builds what is packed for a line. */
const build = (line) =>
  line === 4 ? node("effect4/build.js") : node("node_modules/typescript/bin/tsc", "-b", "tsconfig.src.json", "emulator")

const write = (folder, line, manager) => {
  mkdirSync(join(folder, packagesFolder), { recursive: true })
  const files = projectOf(line, manager, pack(line, join(folder, packagesFolder)))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}

/** On Windows such a program can only be started through a shell. */
const other = (manager, args, cwd) => {
  const { error, status } = spawnSync(manager, args, { ...inherit, cwd, shell: process.platform === "win32" })
  if (error?.code === "ENOENT") throw new Error(`--with ${manager}: there is no ${manager} on this machine`)
  if (status !== 0) throw new Error(`${manager} ${args.join(" ")} ended with ${status}`)
}

const install = {
  npm: (cwd) => npm(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"], { cwd }),
  pnpm: (cwd) => other("pnpm", ["install", "--ignore-scripts", "--reporter", "silent"], cwd),
  bun: (cwd) => other("bun", ["install", "--ignore-scripts", "--silent"], cwd)
}

const next = (folder, manager) => `
The project is in ${folder}. Look at panda-0.png. Then:

  cd ${[folder, relative("", folder)].sort((a, b) => a.length - b.length)[0]}
  ${manager} start        # again: first change the prompt in panda.ts
  ${manager} run first    # first.ts calls OpenRouter: set OPENROUTER_API_KEY before. A picture costs about $0.04

docs/guides/first-picture.md tells how these programs work.`

const main = ({ folder, line, manager }) => {
  const isNew = !existsSync(folder)
  try {
    console.log(`Building the library and the emulator for Effect ${line} ...`)
    build(line)
    console.log(`Installing them in ${folder} ...`)
    write(folder, line, manager)
    install[manager](folder)
    console.log("Running panda.ts with the emulator ...\n")
    npm(["--silent", "start"], { cwd: folder, ...inherit })
    console.log(next(folder, manager))
  } catch (error) {
    if (isNew) rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

try {
  const { help, ...options } = readOptions()
  if (help) console.log(help)
  else main(options)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

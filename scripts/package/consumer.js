// An empty folder in which packed libraries are used as their users do: installed, type-checked and run.
import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export const run = (command, args, options) =>
  execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], ...options })

/** The version of a package that this repository has installed. */
export const versionOf = (name, from = ".") =>
  JSON.parse(readFileSync(join(from, "node_modules", name, "package.json"), "utf8")).version

const tools = ["typescript", "@types/node"].map((name) => `${name}@${versionOf(name)}`)

const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--verbatimModuleSyntax"]
const modern = ["--module", "nodenext", "--target", "es2022", "--types", "node"]

/** Makes the folder; `dependencies` are what its project has already. */
export const begin = (folder, dependencies = {}) => {
  mkdirSync(folder)
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }))
}

export const install = (packages) => [
  "install",
  "--no-audit",
  "--no-fund",
  "--ignore-scripts",
  "--loglevel",
  "error",
  ...packages
]

/** Installs `packages`, compiles `code` and gives what it prints. `flags` are for the compiler. */
export const useIt = ({ baseUrl, code, flags = [], folder, packages }) => {
  begin(folder)
  run("npm", install([...packages, ...tools]), { cwd: folder })
  writeFileSync(join(folder, "program.ts"), code)
  run("npx", ["--no-install", "tsc", ...strict, ...modern, ...flags, "program.ts"], { cwd: folder })
  const env = { ...process.env, OPENROUTER_API_KEY: "sk-or-consumer", OPENROUTER_BASE_URL: baseUrl }
  return run(process.execPath, ["program.js"], { cwd: folder, env })
}

/** What npm says when it refuses to install a package in a project that has another version of Effect. */
export const refusalOf = ({ effect, folder, tarball }) => {
  begin(folder, { effect })
  const { status, stderr } = spawnSync("npm", install([tarball]), { cwd: folder, encoding: "utf8" })
  if (status === 0) throw new Error(`npm installs ${tarball} beside effect ${effect}`)
  return stderr
}

/** What Node says of a program beside another version of Effect, which was installed against npm's word. */
export const complaintOf = ({ effect, folder, packages }) => {
  begin(folder, { effect })
  run("npm", install(["--legacy-peer-deps", ...packages]), { cwd: folder })
  writeFileSync(join(folder, "program.js"), 'import "effect-openrouter-images/Client"\n')
  return spawnSync(process.execPath, ["program.js"], { cwd: folder, encoding: "utf8" }).stderr
}

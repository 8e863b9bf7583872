// Packs the library, has linters look at it, and uses it as its users do: installed from the tarball beside the lowest and the highest peers that it accepts,
// type-checked under strict settings, and run against the emulator.
import { execFileSync } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { startEmulator } from "./emulator.js"
import { filesIn } from "./snippets.js"

const versionOf = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version
const manifest = JSON.parse(readFileSync("package.json", "utf8"))
const lowestOf = (name) => /\d+\.\d+\.\d+/.exec(manifest.peerDependencies[name])[0]

const names = ["effect", "@effect/platform"]
const pairs = [names.map((name) => `${name}@${lowestOf(name)}`), names.map((name) => `${name}@${versionOf(name)}`)]
const tools = ["typescript", "@types/node"].map((name) => `${name}@${versionOf(name)}`)

const expected = "1 image/png { width: 1024, height: 1024 } 0.04\nInvalidRequestError: notBilled\n"

const run = (command, args, options) =>
  execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], ...options })

const useIt = (folder, tarball, peers, baseUrl) => {
  mkdirSync(folder)
  copyFileSync("test/consumer/program.ts", join(folder, "program.ts"))
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }))
  run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", tarball, ...peers, ...tools], { cwd: folder })
  const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--verbatimModuleSyntax"]
  const modern = ["--module", "nodenext", "--target", "es2022", "--types", "node"]
  run("npx", ["--no-install", "tsc", ...strict, ...modern, "program.ts"], { cwd: folder })
  const env = { ...process.env, OPENROUTER_API_KEY: "sk-or-consumer", OPENROUTER_BASE_URL: baseUrl }
  const printed = run(process.execPath, ["program.js"], { cwd: folder, env })
  if (printed !== expected) throw new Error(`with ${peers.join(" and ")} the program printed:\n${printed}`)
  console.log(`${peers.join(" and ")}: the packed library installs, type-checks and runs`)
}

/** What linters of packages say of the tarball; the library is ESM alone, so the rules for CommonJS do not hold. */
const lint = (tarball) => {
  run("npx", ["--no-install", "publint", "--strict", tarball])
  run("npx", ["--no-install", "attw", "--profile", "esm-only", tarball])
  run("npm", ["publish", "--dry-run", "--ignore-scripts"])
  console.log("publint, attw and a dry run of publishing find nothing")
}

/** A declaration that TypeScript infers may name the library's files by a path that only this repository has. */
const checkDeclarations = () => {
  const declarations = ["jobs/dist", "jobs-view/dist"].flatMap((folder) => filesIn(folder, ".d.ts"))
  const reaching = declarations.filter((file) => /import\("(\.\.\/)+(jobs\/)?dist\//.test(readFileSync(file, "utf8")))
  if (reaching.length > 0) throw new Error(`declarations reach out of their package: ${reaching.join(", ")}`)
  console.log("no declaration of the jobs or their view reaches out of its package")
}

checkDeclarations()
const work = mkdtempSync(join(tmpdir(), "consumer-"))
const emulator = await startEmulator()
try {
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", work]))
  lint(resolve(work, packed.filename))
  for (const [i, peers] of pairs.entries()) {
    useIt(join(work, `pair-${i}`), resolve(work, packed.filename), peers, emulator.baseUrl)
  }
} finally {
  emulator.stop()
  rmSync(work, { recursive: true, force: true })
}

// Packs the library for Effect 3 and for Effect 4, has linters look at both, and uses them as their users do: installed from the
// tarball beside the peers that it accepts, type-checked under strict settings, and run against the emulator. The install lines and
// the first programs of the README run in the same way. Beside the other line of Effect npm must refuse. The command and the
// server of agents are each installed alone, and make a picture.
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { rewrite } from "../effect4/codemod/rewrite.js"
import { startEmulator } from "./emulator.js"
import { useCommand, useServer } from "./package/command.js"
import { complaintOf, refusalOf, run, useIt, versionOf } from "./package/consumer.js"
import { pack } from "./package/pack.js"
import { printedByReadme, readmeOf } from "./package/readme.js"
import { checkSourceMaps } from "./package/sourceMaps.js"
import { filesIn } from "./snippets.js"

const manifest = JSON.parse(readFileSync("package.json", "utf8"))
const { name } = manifest
const program = "test/consumer/program.ts"
const code = readFileSync(program, "utf8")
const expected = "1 image/png { width: 1024, height: 1024 } 0.04\nInvalidRequestError: notBilled\n"

const work = mkdtempSync(join(tmpdir(), "consumer-"))

const peers3 = Object.keys(manifest.peerDependencies)
const lowestOf = (peer) => /\d+\.\d+\.\d+/.exec(manifest.peerDependencies[peer])[0]

/** Each line of Effect: its tarballs, the peers to try, the consumer's program, the version that npm must ask for, and what it needs beside Effect. */
const lines = [
  {
    line: 3,
    tarballs: pack(3, work),
    peers: [peers3.map((peer) => `${peer}@${lowestOf(peer)}`), peers3.map((peer) => `${peer}@${versionOf(peer)}`)],
    code,
    other: `^${versionOf("effect", "effect4")}`,
    asked: /peer effect@"\^3\.22\.\d+" from/,
    alone: [`@effect/platform@${versionOf("@effect/platform")}`]
  },
  {
    line: 4,
    tarballs: pack(4, work),
    peers: [[`effect@${versionOf("effect", "effect4")}`]],
    code: rewrite(program, code),
    other: `^${versionOf("effect")}`,
    asked: /peer effect@"~4\.1\.0" from/,
    alone: []
  }
]

/** What linters of packages say of a tarball; the library is ESM alone, so the rules for CommonJS do not hold. */
const lint = (tarball) => {
  run("npx", ["--no-install", "publint", "--strict", tarball])
  run("npx", ["--no-install", "attw", "--profile", "esm-only", tarball])
  run("npm", ["publish", "--dry-run", "--ignore-scripts", "--loglevel", "error", tarball])
}

let folders = 0
const folder = () => join(work, `folder-${folders++}`)

/** The code and the module that Node names beside the wrong Effect are those that the guide explains. */
const checkComplaint = (complaint) => {
  const [code] = /ERR_\w+/.exec(complaint) ?? []
  const [module] = /effect\/dist\/\w+\.js|'\.\/[\w/]+'/.exec(complaint) ?? []
  const rows = readFileSync("docs/guides/effect-3-or-4.md", "utf8").split("\n")
  if (!rows.some((row) => row.includes(`\`${code}\``) && row.includes(`\`${module}\``)))
    throw new Error(`docs/guides/effect-3-or-4.md does not explain ${code} with ${module}:\n${complaint}`)
  return `${code} with ${module}`
}

const checkLine = ({ alone, asked, code, line, other, peers, tarballs }, baseUrl) => {
  const title = `Effect ${line}`
  for (const tarball of Object.values(tarballs)) lint(tarball)
  console.log(`${title}: publint, attw and a dry run of publishing find nothing`)
  for (const set of peers) {
    const place = folder()
    const printed = useIt({ baseUrl, code, folder: place, packages: [tarballs[name], ...set] })
    if (printed !== expected) throw new Error(`with ${set.join(" and ")} the program printed:\n${printed}`)
    const maps = checkSourceMaps(join(place, "node_modules", name))
    console.log(
      `${title}: beside ${set.join(" and ")} it installs, type-checks and runs; ${maps} source maps are right`
    )
  }
  const printed = useIt({ baseUrl, folder: folder(), flags: ["--skipLibCheck"], ...readmeOf(line, tarballs) })
  if (printed !== printedByReadme) throw new Error(`the README's first program printed:\n${printed}`)
  console.log(`${title}: the README's install line and its first program work in an empty folder`)
  const refusal = refusalOf({ effect: other, folder: folder(), tarball: tarballs[name] })
  const [said] = asked.exec(refusal) ?? []
  if (said === undefined) throw new Error(`npm does not name the version of effect that it needs:\n${refusal}`)
  console.log(`${title}: beside effect@${other} npm refuses: ${said} ...`)
  const complaint = complaintOf({ effect: other, folder: folder(), packages: [tarballs[name], ...alone] })
  console.log(`${title}: beside it Node says what the guide explains: ${checkComplaint(complaint)}`)
}

/** A declaration that TypeScript infers may name the library's files by a path that only this repository has. */
const checkDeclarations = () => {
  const declarations = ["jobs/dist", "jobs-view/dist"].flatMap((folder) => filesIn(folder, ".d.ts"))
  const reaching = declarations.filter((file) => /import\("(\.\.\/)+(jobs\/)?dist\//.test(readFileSync(file, "utf8")))
  if (reaching.length > 0) throw new Error(`declarations reach out of their package: ${reaching.join(", ")}`)
  console.log("no declaration of the jobs or their view reaches out of its package")
}

/** What is written twice, by hand: a growing number says that the lines drift apart. */
const countOverlays = () => {
  const overlays = filesIn("effect4/overlay", "").filter((file) => /\.[jt]s$/.test(file))
  const lines = overlays.reduce((sum, file) => sum + readFileSync(file, "utf8").split("\n").length - 1, 0)
  console.log(`the overlays for Effect 4 have ${lines} lines in ${overlays.length} files`)
}

/** What is in the bundles need not be installed. */
const checkCommands = async () => {
  for (const use of [useCommand, useServer]) {
    const { files, name, size } = await use({ folder: folder(), to: work })
    console.log(`${name}: ${files} files in ${Math.round(size / 1000)} kB install and make a picture`)
  }
}

countOverlays()
checkDeclarations()
await checkCommands()
const emulator = await startEmulator()
try {
  for (const line of lines) checkLine(line, emulator.baseUrl)
} finally {
  emulator.stop()
  rmSync(work, { recursive: true, force: true })
}

// `npm run release:raise -- minor` (or patch) gives every package its next version: in the manifests, in the lockfile, in the
// sources that state it and in the changelog. Commit what it writes.
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { closeChangelog, raise, raised, restated } from "./versions.js"

const read = (file) => JSON.parse(readFileSync(file, "utf8"))
const write = (file, value) => writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)

/** What is published has versions. The package for Effect 4 is private only under the name that it has here. */
const isPublished = ({ folder, manifest }) => manifest.private !== true || folder === "effect4"

/** The sources that state the version of their package, for `--version`, by its folder. */
const statements = { cli: "cli/src/Cli.ts", mcp: "mcp/src/Server.ts" }

const main = (kind) => {
  if (kind !== "minor" && kind !== "patch") throw new Error(`npm run release:raise -- minor|patch: not ${kind}`)
  const all = read("package.json").workspaces.map((folder) => ({
    folder,
    manifest: read(join(folder, "package.json"))
  }))
  const next = Object.fromEntries(
    all.filter(isPublished).map(({ manifest }) => [manifest.name, raise(manifest.version, kind)])
  )
  const versionIn = (room) => next[all.find(({ folder }) => folder === room).manifest.name]
  const changelog = closeChangelog(
    readFileSync("CHANGELOG.md", "utf8"),
    `${versionIn(".")} and ${versionIn("effect4")}`,
    `With the command ${versionIn("cli")}, its server for agents ${versionIn("mcp")}, jobs ${versionIn("jobs")} and their view ${versionIn("jobs-view")}.`
  )
  const sources = Object.entries(statements).map(([folder, file]) => ({
    file,
    text: restated(readFileSync(file, "utf8"), file, versionIn(folder))
  }))
  const lock = read("package-lock.json")
  for (const { folder, manifest } of all) {
    write(join(folder, "package.json"), raised(manifest, next))
    // The lockfile calls the root "".
    const entry = folder === "." ? "" : folder
    lock.packages[entry] = raised(lock.packages[entry], next)
  }
  write("package-lock.json", { ...lock, version: versionIn(".") })
  for (const { file, text } of sources) writeFileSync(file, text)
  writeFileSync("CHANGELOG.md", changelog)
  for (const [name, version] of Object.entries(next)) console.log(`${name} ${version}`)
}

try {
  main(process.argv[2])
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

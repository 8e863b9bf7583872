// `npm run release` publishes every package whose version the registry does not have yet, each under its own tag, so it may be run
// again after a failure. `npm run release -- --dry-run` only shows them, and what npm says of each.
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { npm } from "./package/npm.js"
import { packAll } from "./release/packages.js"
import { filesIn } from "./snippets.js"

const { "dry-run": isDry } = parseArgs({ options: { "dry-run": { type: "boolean" } } }).values

/** Whether the registry has this very version. Any other answer than yes or no ends the release. */
const isPublished = ({ name, version }) => {
  try {
    return npm(["view", `${name}@${version}`, "version", "--json"], { stdio: ["ignore", "pipe", "pipe"] }) !== ""
  } catch ({ stderr, stdout }) {
    if (/E404/.test(stdout + stderr)) return false
    throw new Error(`npm cannot say whether ${name}@${version} is published:\n${stderr}`)
  }
}

const publish = ({ tag, tarball }, ...options) =>
  npm(["publish", tarball, "--tag", tag, "--access", "public", "--loglevel", "error", ...options])

/** The files of a package by the folder that they are in, such as `dist 80, src 40, README.md`. */
const summaryOf = (files) => {
  const tops = files.map(({ path }) => path.split("/"))
  const folders = [...new Set(tops.map(([top]) => top))].sort()
  return folders
    .map((folder) => {
      const within = tops.filter(([top, ...rest]) => top === folder && rest.length > 0)
      return within.length === 0 ? folder : `${folder} ${within.length}`
    })
    .join(", ")
}

/** What is wrong with the files of a package: what only the compiler needs is in none, and some files are in each. */
const faultsOf = (files) => {
  const paths = files.map(({ path }) => path)
  const missing = ["LICENSE", "README.md", "package.json"].filter((name) => !paths.includes(name))
  const stray = paths.filter((path) => path.endsWith(".tsbuildinfo"))
  return [...missing.map((name) => `it lacks ${name}`), ...stray.map((name) => `it has ${name}`)]
}

/** Has npm try it, without sending anything. */
const show = (each) => {
  const { files, size } = Object.values(JSON.parse(publish(each, "--dry-run", "--json")))[0]
  const faults = faultsOf(files)
  if (faults.length > 0) throw new Error(`${each.name}: ${faults.join(", ")}`)
  console.log(`${each.name}@${each.version}  tag ${each.tag}  ${Math.round(size / 1000)} kB`)
  console.log(`  ${files.length} files: ${summaryOf(files)}`)
}

/** Documents that say that the packages cannot be installed by their names. */
const outdated = () =>
  ["README.md", ...filesIn("docs/guides", ".md")].filter((file) => readFileSync(file, "utf8").includes("registry yet"))

/** What must hold before anything is sent. */
const demandReady = (packages) => {
  const changed = execFileSync("git", ["status", "--porcelain"], { encoding: "utf8" })
  if (changed !== "") throw new Error(`commit first, so that what is published can be found again:\n${changed}`)
  const documents = outdated()
  if (documents.length > 0) throw new Error(`these say that the packages are not there yet: ${documents.join(", ")}`)
  const homeless = packages.filter(({ repository }) => repository === undefined).map(({ name }) => name)
  if (homeless.length > 0)
    throw new Error(`package.json must name the repository, for npm's provenance: ${[...new Set(homeless)].join(", ")}`)
}

const main = (folder) => {
  const packages = packAll(folder)
  if (!isDry) demandReady(packages)
  const waiting = packages.filter((each) => {
    const isThere = isPublished(each)
    if (isThere) console.log(`${each.name}@${each.version}  is on the registry already`)
    return !isThere
  })
  for (const each of waiting) show(each)
  if (!isDry) for (const each of waiting) console.log(publish(each).trim())
  console.log(`${waiting.length} of ${packages.length} packages ${isDry ? "would be published" : "published"}`)
}

const folder = mkdtempSync(join(tmpdir(), "release-"))
try {
  main(folder)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

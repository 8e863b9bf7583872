// Other runtimes than this Node, as the npm registry has them for this platform.
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"

const platform = `${process.platform}-${process.arch}`

/** The package of each, and its executable. */
const packages = {
  "Node 22": [`node-${platform}@22`, "bin/node"],
  "Node 24": [`node-${platform}@24`, "bin/node"],
  Bun: [`@oven/bun-${platform}@1`, "bin/bun"],
  Deno: [`@deno/${platform}${process.platform === "linux" ? "-glibc" : ""}@2`, "deno"]
}

/** What a runtime wants to hear before a program's file. */
export const argumentsOf = (runtime) => (runtime === "Deno" ? ["run", "--allow-all"] : [])

export const runtimes = Object.keys(packages)

/** Downloads one of them into a folder; gives the path of its executable. */
export const download = (folder, runtime) => {
  const [name, executable] = packages[runtime]
  const prefix = join(folder, runtime.replace(" ", "-"))
  const there = join(prefix, "node_modules", name.replace(/(.)@.*$/, "$1"), executable)
  if (existsSync(there)) return there
  mkdirSync(prefix, { recursive: true })
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", prefix, name], {
    stdio: ["ignore", "ignore", "inherit"]
  })
  return there
}

/** The oldest Node that Effect 4's package for Node loads on. */
export const oldestForEffect4 = JSON.parse(readFileSync("effect4/package.json", "utf8"))
  .engines.node.match(/\d+/g)
  .map(Number)

/** Whether this Node loads Effect 4's package for Node. */
export const loadsEffect4 = () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
  const [oldestMajor, oldestMinor] = oldestForEffect4
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}

/** This Node, or one that Effect 4's package for Node loads on, which is downloaded once. */
export const nodeForEffect4 = () =>
  loadsEffect4() ? process.execPath : download(resolve("node_modules/.cache/runtimes"), "Node 22")

// Other runtimes than this Node, as the npm registry has them for this platform.
import { execFileSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { join } from "node:path"

const platform = `${process.platform}-${process.arch}`

/** The package of each, and its executable. */
const packages = {
  "Node 22": [`node-${platform}@22`, "bin/node"],
  "Node 24": [`node-${platform}@24`, "bin/node"],
  Bun: [`@oven/bun-${platform}@1`, "bin/bun"]
}

export const runtimes = Object.keys(packages)

/** Downloads one of them into a folder; gives the path of its executable. */
export const download = (folder, runtime) => {
  const [name, executable] = packages[runtime]
  const prefix = join(folder, runtime)
  mkdirSync(prefix)
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", prefix, name], {
    stdio: ["ignore", "ignore", "inherit"]
  })
  return join(prefix, "node_modules", name.replace(/(.)@.*$/, "$1"), executable)
}

// The manifest under which a package for Effect 4 is published. It is that of its twin for Effect 3 but for versions and
// peers, so what both have in common is written once.
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** A manifest as it stands in a folder of this repository. */
export const manifestIn = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))

const { devDependencies, engines, version } = manifestIn(dirname(fileURLToPath(import.meta.url)))

/** What only this repository needs. */
const ofTheRepository = ["workspaces", "scripts", "devDependencies", "allowScripts"]

/** The packages that Effect 4 has in `effect` itself. */
const merged = ["@effect/platform"]

const mapped = (record, write) => Object.fromEntries(Object.entries(record ?? {}).flatMap(write))

/** Much of what we use of Effect 4 may change with a minor version, so peers stay within the one that is tested. */
const peerOf = ([name, range]) =>
  merged.includes(name) ? [] : [[name, name in devDependencies ? `~${devDependencies[name]}` : range]]

/** Packages of this repository depend on the very same version of each other. */
const dependencyOf = ([name, range]) => [[name, name.startsWith("effect-openrouter-images") ? version : range]]

/** The manifest for Effect 4 of the package whose manifest for Effect 3 is `twin`. */
export const manifestOf = (twin) => {
  const shared = mapped(twin, ([key, value]) => (ofTheRepository.includes(key) ? [] : [[key, value]]))
  const dependencies = twin.dependencies && { dependencies: mapped(twin.dependencies, dependencyOf) }
  const peerDependencies = mapped(twin.peerDependencies, peerOf)
  // Effect 4 itself runs on Node 20. Its package for Node asks for a newer one.
  const node = "@effect/platform-node" in peerDependencies ? { engines } : {}
  const description = twin.description.replace("Effect 3", "Effect 4")
  return {
    ...shared,
    version,
    description,
    ...node,
    publishConfig: { tag: "latest" },
    ...dependencies,
    peerDependencies
  }
}

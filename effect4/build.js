// Makes the package for Effect 4: writes its sources, compiles them, and points the source maps to what was written by
// hand.
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { manifestIn, manifestOf } from "./manifest.js"
import { isSkippedTest } from "./skipped.js"
import { filesIn, makeTree } from "./trees.js"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const line = join(root, "effect4")

/** The parts of this tree that there are for Effect 4, where their overlays are, and where they go. */
const trees = [
  { from: join(root, "src"), overlay: join(line, "overlay/src"), to: join(line, "src") },
  {
    from: join(root, "bench/src"),
    overlay: join(line, "overlay/bench"),
    skips: (path) => !["contender.ts", "line.ts", "prompt.ts"].includes(path),
    to: join(line, "bench/src")
  },
  { from: join(root, "emulator/src"), overlay: join(line, "overlay/emulator"), to: join(line, "emulator/src") }
]

const tests = {
  from: join(root, "test"),
  overlay: join(line, "overlay/test"),
  skips: isSkippedTest,
  to: join(line, "test")
}

/** Makes a folder available at another place. */
const link = (place, folder) => {
  mkdirSync(dirname(place), { recursive: true })
  if (!existsSync(place)) symlinkSync(relative(dirname(place), folder), place, "junction")
}

/** Removes what a source was compiled to that is not there any more. */
const removeStale = (dist, { to }) => {
  const extension = /\.(js|d\.ts)(\.map)?$/
  for (const path of filesIn(dist).filter((path) => extension.test(path)))
    if (!existsSync(join(to, path.replace(extension, ".ts")))) rmSync(join(dist, path))
}

/** The map of a compiled file names the generated source, whose lines are those of the file that was written by hand. */
const pointToSource = (dist, { from, overlay }, replaced) => {
  for (const path of filesIn(dist).filter((path) => path.endsWith(".js.map"))) {
    const source = path.replace(/\.js\.map$/, ".ts")
    const origin = join(replaced.includes(source) ? overlay : from, source)
    const map = JSON.parse(readFileSync(join(dist, path), "utf8"))
    const sources = [relative(dirname(join(dist, path)), origin)]
    writeFileSync(join(dist, path), JSON.stringify({ ...map, sources, sourcesContent: [readFileSync(origin, "utf8")] }))
  }
}

for (const tree of trees) tree.replaced = makeTree(tree)
writeFileSync(
  join(line, "emulator/package.json"),
  `${JSON.stringify(manifestOf(manifestIn(join(root, "emulator"))), null, 2)}\n`
)
// Under these names the root has the packages for Effect 3.
link(join(line, "node_modules/effect-openrouter-images"), line)
link(join(line, "node_modules/effect-openrouter-images-emulator"), join(line, "emulator"))
link(join(root, "examples/effect4/node_modules"), join(line, "node_modules"))
const projects = [
  ...["src", "bench", "emulator"].map((name) => join(line, `tsconfig.${name}.json`)),
  join(root, "examples/effect4")
]
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", ...projects], {
  cwd: root,
  stdio: "inherit"
})
for (const tree of trees) {
  const dist = join(dirname(tree.to), "dist")
  removeStale(dist, tree)
  pointToSource(dist, tree, tree.replaced)
}
makeTree(tests)

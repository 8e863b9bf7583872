// Makes the package for Effect 4: writes its sources, compiles them, and points the source maps to what was written by
// hand.
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { filesIn, makeTree } from "./codemod/trees.js"
import { isSkippedTest } from "./skipped.js"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const line = join(root, "effect4")

const trees = [{ from: join(root, "src"), overlay: join(line, "overlay/src"), to: join(line, "src") }]
const tests = { from: join(root, "test"), overlay: join(line, "overlay/test"), skips: isSkippedTest, to: join(line, "test") }

/** Makes a package available to its neighbours under its own name, which the package for Effect 3 has in this tree. */
const link = (name, folder) => {
  const place = join(line, "node_modules", name)
  mkdirSync(dirname(place), { recursive: true })
  if (!existsSync(place)) symlinkSync(relative(dirname(place), folder), place)
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
makeTree(tests)
link("effect-openrouter-images", line)
execFileSync("npx", ["--no-install", "tsc", "-b", join(line, "tsconfig.src.json")], { cwd: root, stdio: "inherit" })
for (const tree of trees) pointToSource(join(dirname(tree.to), "dist"), tree, tree.replaced)

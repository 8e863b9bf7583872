// Writes a tree of files for Effect 4: each rewritten, or replaced by the overlay's file of the same path.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { dirname, join } from "node:path"
import { rewriteSnippets } from "./codemod/comments.js"
import { rewrite } from "./codemod/rewrite.js"

/** The files of a folder, by their paths within it. */
export const filesIn = (folder, within = "") =>
  readdirSync(join(folder, within), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(folder, join(within, entry.name)) : [join(within, entry.name)]
  )

const isSource = (path) => /\.[jt]s$/.test(path) && !path.endsWith(".d.ts")

const contentFor = (from, path) => {
  const text = readFileSync(join(from, path), "utf8")
  return isSource(path) ? rewriteSnippets(path, rewrite(join(from, path), text)) : text
}

/** A file keeps its time where nothing has changed, so that the compiler need not look at it again. */
const write = (target, text) => {
  if (existsSync(target) && readFileSync(target, "utf8") === text) return
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text)
}

/** `skips` says which paths have no counterpart. Returns the paths that the overlay replaced. */
export const makeTree = ({ from, overlay, skips = () => false, to }) => {
  const replaced = existsSync(overlay) ? filesIn(overlay) : []
  const sources = filesIn(from).filter((path) => !skips(path) && !replaced.includes(path))
  for (const path of sources) {
    if (isSource(path)) write(join(to, path), contentFor(from, path))
    else {
      mkdirSync(dirname(join(to, path)), { recursive: true })
      copyFileSync(join(from, path), join(to, path))
    }
  }
  for (const path of replaced) write(join(to, path), readFileSync(join(overlay, path), "utf8"))
  const made = new Set([...sources, ...replaced])
  for (const path of filesIn(to)) if (!made.has(path) && statSync(join(to, path)).isFile()) rmSync(join(to, path))
  return replaced
}

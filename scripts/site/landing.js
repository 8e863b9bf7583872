// The first page of the site: what the library is, with parts that the README tells already.
import { readFileSync } from "node:fs"
import { build } from "esbuild"

/** The text of a section of the README, up to the next heading of its rank. */
const sectionOf = (readme, title) => {
  const [, text] = readme.split(`\n## ${title}\n`)
  if (text === undefined) throw new Error(`README.md has no section "${title}"`)
  return text.split("\n## ")[0].trim()
}

export const text = () => {
  const readme = readFileSync("README.md", "utf8")
  return readFileSync("scripts/site/landing.md", "utf8").replace(/\{\{(.+)\}\}/g, (_, title) =>
    sectionOf(readme, title)
  )
}

/** What pictures have beside the scene needs fonts and an encoder, which a page has of its own. */
const scenesAlone = {
  name: "scenes-alone",
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^sharp$/ }, ({ path }) => ({ path, namespace: "absent" }))
    onLoad({ filter: /.*/, namespace: "absent" }, () => ({ contents: "export default undefined" }))
    onLoad({ filter: /Caption\.js$/ }, () => ({ contents: 'export const caption = () => ({ svg: "", height: 0 })' }))
  }
}

/** Writes the script that draws while somebody types. */
export const writeScript = (outfile) =>
  build({
    entryPoints: ["scripts/site/live.js"],
    outfile,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    plugins: [scenesAlone]
  })

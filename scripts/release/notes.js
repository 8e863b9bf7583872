// `npm run release:notes -- TAG` prints what the changelog says of the release with that tag, which must be the version of this tree.
import { readFileSync } from "node:fs"
import { manifestIn } from "../../effect4/manifest.js"
import { notesOf } from "./versions.js"

const { version } = manifestIn("effect4")
const tag = process.argv[2]

try {
  if (tag !== `v${version}`)
    throw new Error(`the tag is ${tag}, and this tree has the version ${version}: tag it v${version}`)
  console.log(notesOf(readFileSync("CHANGELOG.md", "utf8"), version))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

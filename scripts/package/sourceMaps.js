// The source maps of an installed package: each names a file that the package has, with the lines that were written by hand.
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { filesIn } from "../snippets.js"

/** Where a source is written by hand: in the overlay, where that has it. */
const handWritten = (source) => [join("effect4/overlay", source), source].find(existsSync)

const faultOf = (installed, file) => {
  const { sources, sourcesContent } = JSON.parse(readFileSync(file, "utf8"))
  const source = relative(installed, join(dirname(file), sources[0]))
  if (!existsSync(join(installed, source))) return `${file} names ${source}, which is not in the package`
  if (sourcesContent === undefined) return undefined
  const isSame = sourcesContent[0] === readFileSync(handWritten(source), "utf8")
  return isSame ? undefined : `${file} has another content than ${handWritten(source)}`
}

/** Throws where one is wrong; gives how many there are. */
export const checkSourceMaps = (installed) => {
  const maps = filesIn(join(installed, "dist"), ".js.map")
  const faults = maps.flatMap((file) => faultOf(installed, file) ?? [])
  if (faults.length > 0 || maps.length === 0) throw new Error(faults.join("\n") || `no source maps in ${installed}`)
  return maps.length
}

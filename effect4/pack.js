// Packs what the build has made for Effect 4, as its users install it.
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { npm } from "../scripts/package/npm.js"
import { manifestIn, manifestOf } from "./manifest.js"
import { filesIn } from "./trees.js"

const line = dirname(fileURLToPath(import.meta.url))
const root = join(line, "..")

/** Each package: its folder for Effect 3, and what was built for Effect 4. */
const packages = [
  { twin: root, built: line },
  { twin: join(root, "emulator"), built: join(line, "emulator") }
]

const documents = ["README.md", "LICENSE", "CHANGELOG.md"]

/** In the package a map names the file that is there. Its content stays what was written by hand, line for line. */
const nameSources = (dist) => {
  for (const path of filesIn(dist).filter((path) => path.endsWith(".js.map"))) {
    const map = JSON.parse(readFileSync(join(dist, path), "utf8"))
    const source = join("src", path.replace(/\.js\.map$/, ".ts"))
    writeFileSync(
      join(dist, path),
      JSON.stringify({ ...map, sources: [relative(dirname(join("dist", path)), source)] })
    )
  }
}

/** A folder with what is published, and nothing else. */
const stage = ({ built, twin }, folder) => {
  mkdirSync(folder, { recursive: true })
  for (const name of ["dist", "src"]) cpSync(join(built, name), join(folder, name), { recursive: true })
  nameSources(join(folder, "dist"))
  for (const name of documents) if (existsSync(join(twin, name))) copyFileSync(join(twin, name), join(folder, name))
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifestOf(manifestIn(twin)), null, 2)}\n`)
}

/** Packs each package into the folder `to`. Gives the paths of the tarballs by the names of the packages. */
export const packForEffect4 = (to) => {
  const work = mkdtempSync(join(tmpdir(), "effect4-"))
  const pack = (each) => {
    const { name } = manifestIn(each.twin)
    const folder = join(work, name)
    stage(each, folder)
    const printed = npm(["pack", "--json", "--loglevel", "error", "--pack-destination", resolve(to)], { cwd: folder })
    return [name, join(resolve(to), JSON.parse(printed)[0].filename)]
  }
  try {
    return Object.fromEntries(packages.map(pack))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** `node effect4/pack.js FOLDER` does the same. */
if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(packForEffect4(process.argv[2] ?? "."))

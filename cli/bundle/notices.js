// The licences of the packages of others in a bundle.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** The folders of the packages that have a part in it. */
const foldersOf = ({ outputs }) => {
  const parts = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))
  const used = parts.filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  const folders = used.flatMap(([path]) => /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
  return [...new Set(folders)].sort()
}

/** A package has its licence as a file, or at the end of its README. */
const licenceIn = (folder) => {
  const files = readdirSync(folder)
  const read = (pattern) => {
    const file = files.find((name) => pattern.test(name))
    return file === undefined ? "" : readFileSync(join(folder, file), "utf8")
  }
  return read(/^licen[cs]e/i) || /^#+ *licen[cs]e\s+([\s\S]*)/im.exec(read(/^readme/i))?.[1]
}

const noticeOf = (folder) => {
  const { license, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const text = licenceIn(folder)
  if (!text) throw new Error(`${name} has no text of its licence`)
  return `${name} ${version} (${license})\n\n${text.trim()}\n`
}

/** The licence of each, in one text; `root` is the folder that esbuild worked in. */
export const noticesOf = (root, metafile) =>
  foldersOf(metafile)
    .map((folder) => noticeOf(join(root, folder)))
    .join(`\n${"-".repeat(80)}\n\n`)

// The names that a module of Effect 4 exports, values and types, by its declarations.
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const packages = fileURLToPath(new URL("../node_modules", import.meta.url))

const declared = /^export (?:declare )?(?:abstract )?(?:const|function|class|interface|type|namespace|let) (\w+)/gm
const listed = /^export (?:type )?\{([^}]*)\}/gm
const handedOn = /^export \* from "(\w[^"]*)"/gm

const read = (module) => {
  const [, name, path] = /^((?:@[^/]+\/)?[^/]+)\/?(.*)$/.exec(module)
  const place = (folder) => `${packages}/${name}/${folder}/${path === "" ? "index" : path}.d.ts`
  const file = ["dist", "types"].map(place).find(existsSync)
  if (file === undefined) return undefined
  const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "")
  const lists = [...text.matchAll(listed)].flatMap(([, list]) => list.split(","))
  return new Set([
    ...[...text.matchAll(declared)].map(([, exported]) => exported),
    ...[...text.matchAll(handedOn)].flatMap(([, other]) => [...(exportsOf(other) ?? [])]),
    ...lists.map((item) =>
      item
        .trim()
        .split(/\s+as\s+|\s+/)
        .at(-1)
    )
  ])
}

const known = new Map()

/** `undefined` where there is no such module. */
export const exportsOf = (module) => {
  if (!known.has(module)) known.set(module, read(module))
  return known.get(module)
}

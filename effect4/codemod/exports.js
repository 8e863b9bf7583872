// The names that a module of Effect 4 exports, values and types, by its declarations.
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const packages = fileURLToPath(new URL("../node_modules", import.meta.url))

const declared = /^export (?:declare )?(?:abstract )?(?:const|function|class|interface|type|namespace|let) (\w+)/gm
const listed = /^export (?:type )?\{([^}]*)\}/gm
const handedOn = /^export \* from "(\w[^"]*)"/gm

const isOfEffect = (module) => /^(@effect|effect)(\/|$)/.test(module)

const read = (module) => {
  if (!isOfEffect(module)) return undefined
  const [, name, path] = /^((?:@[^/]+\/)?[^/]+)\/?(.*)$/.exec(module)
  const file = `${packages}/${name}/dist/${path === "" ? "index" : path}.d.ts`
  if (!existsSync(file)) return new Set()
  const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "")
  const others = [...text.matchAll(handedOn)].map(([, other]) => exportsOf(other))
  if (others.includes(undefined)) return undefined
  const lists = [...text.matchAll(listed)].flatMap(([, list]) => list.split(","))
  return new Set([
    ...[...text.matchAll(declared)].map(([, exported]) => exported),
    ...lists.map((item) =>
      item
        .trim()
        .split(/\s+as\s+|\s+/)
        .at(-1)
    )
  ])
}

const known = new Map()

/** `undefined` where another package than Effect's has a say in it. */
export const exportsOf = (module) => {
  if (!known.has(module)) known.set(module, read(module))
  return known.get(module)
}

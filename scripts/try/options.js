// What `npm run try` may be told.
import { existsSync, readdirSync } from "node:fs"
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { loadsEffect4, oldestForEffect4 } from "../runtimes.js"

const oldest = oldestForEffect4.slice(0, 2).join(".")

export const managers = ["npm", "pnpm", "bun"]

const help = `npm run try -- [FOLDER] [--effect 3|4] [--with npm|pnpm|bun]

Makes a project that draws a picture, without a key.

FOLDER    a new or empty folder; by default one beside this clone, named
          first-picture-effect-3 or first-picture-effect-4
--effect  the version of Effect; by default 4, or 3 on a Node older than ${oldest}
--with    what installs the packages; by default npm`

const oneOf = (name, value, allowed) => {
  if (!allowed.includes(value)) throw new Error(`--${name} ${value}: choose ${allowed.join(" or ")}`)
  return value
}

const effectOf = (asked) => {
  const effect = oneOf("effect", asked ?? (loadsEffect4() ? "4" : "3"), ["3", "4"])
  if (effect === "4" && !loadsEffect4())
    throw new Error(
      `--effect 4: Effect 4's package for Node needs Node ${oldest} or later, and this is ${process.versions.node}. ` +
        "Take a newer Node, or --effect 3"
    )
  return Number(effect)
}

const folderOf = (named, line) => {
  if (named.length > 1) throw new Error(`${named.join(" ")}: name one folder`)
  const folder = resolve(named[0] ?? `../first-picture-effect-${line}`)
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${folder} is not empty. Name another: npm run try -- FOLDER`)
  return folder
}

/** The options as given, with their defaults. Throws a sentence where one is wrong. */
export const readOptions = () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { effect: { type: "string" }, with: { type: "string" }, help: { type: "boolean", short: "h" } }
  })
  if (values.help) return { help }
  const line = effectOf(values.effect)
  return { line, manager: oneOf("with", values.with ?? "npm", managers), folder: folderOf(positionals, line) }
}

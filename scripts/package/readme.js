// The install line and the first program of the README, for each line of Effect, with packed libraries in place of the
// registry's.
import { readFileSync } from "node:fs"
import { snippetsOf } from "../snippets.js"

const readme = readFileSync("README.md", "utf8")

const commands = [...readme.matchAll(/^```sh\n(npm install effect-openrouter-images.*?)```/gms)].map(([, command]) =>
  command.replaceAll("\\\n", " ").trim().split(/\s+/)
)

/** What the first program of the README prints. */
export const printedByReadme = /^```text\n(.*?)```/ms.exec(readme)[1]

const ownName = /^(effect-openrouter-images[a-z-]*)(@.+)?$/

/** The packages of the README's install line, where ours are `tarballs`, and its first program. */
export const readmeOf = (line, tarballs) => {
  const command = commands.find((words) => words.some((word) => word.startsWith(`effect@${line}`)))
  const packages = command.slice(2).map((word) => tarballs[ownName.exec(word)?.[1]] ?? word)
  return { code: snippetsOf("README.md", line)[0].code, packages }
}

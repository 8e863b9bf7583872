// The TypeScript snippets of documents and docstrings, for each line of Effect.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { rewrite } from "../effect4/codemod/rewrite.js"

export const filesIn = (room, ending) =>
  readdirSync(room, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => join(room, file))

/** The rooms and pages whose snippets are for Effect 3 alone, because the packages are that they tell of. */
const effect3Only = [
  "cli",
  "jobs",
  "jobs-view",
  "mcp",
  "docs/guides/jobs.md",
  "docs/guides/jobs-in-production.md",
  "docs/guides/mcp.md"
]

export const isForEffect3Only = (file) => effect3Only.some((room) => `${file}/`.startsWith(`${room}/`))

/** The snippets that are written for one line say so after `ts`. */
const isFor = (line, file, mark) => (mark === undefined ? line === 3 || !isForEffect3Only(file) : mark === line)

/** Sources for Effect 4 are made by the same rules already. */
const isWrittenFor = (line, file, mark) => line === 3 || mark === line || file.startsWith("effect4/")

/**
 * The fenced blocks of a text that are for a line of Effect, each with its place and a file name of its own, which its first line may choose
 * (`// Thumbnails.ts`): then the others of the same document can import it. In docstrings the leading asterisks are taken off.
 */
export const snippetsOf = (file, line = 3) => {
  const text = readFileSync(file, "utf8")
  const plain = file.endsWith(".ts") ? text.replaceAll(/^ *\* ?/gm, "") : text
  return [...plain.matchAll(/^```ts(?: effect-([34]))?\n(.*?)^```/gms)].flatMap(({ 1: digit, 2: code, index }, i) => {
    const mark = digit && Number(digit)
    if (!isFor(line, file, mark)) return []
    const place = `${file}:${plain.slice(0, index).split("\n").length + 1}`
    const name = join(file.replaceAll(/\W+/g, "-"), /^\/\/ ([\w.-]+\.ts)\n/.exec(code)?.[1] ?? `${i}.ts`)
    return [{ place, code: isWrittenFor(line, file, mark) ? code : rewrite(place, code), name }]
  })
}

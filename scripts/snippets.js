// The TypeScript snippets of documents and docstrings.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

export const filesIn = (room, ending) =>
  readdirSync(room, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => join(room, file))

/**
 * The fenced blocks of a text, each with its line and a file name of its own, which its first line may choose (`// Thumbnails.ts`): then
 * the others of the same document can import it. In docstrings the leading asterisks are taken off.
 */
export const snippetsOf = (file) => {
  const text = readFileSync(file, "utf8")
  const plain = file.endsWith(".ts") ? text.replaceAll(/^ *\* ?/gm, "") : text
  return [...plain.matchAll(/^```ts\n(.*?)^```/gms)].map((match, i) => ({
    place: `${file}:${plain.slice(0, match.index).split("\n").length + 1}`,
    code: match[1],
    name: join(file.replaceAll(/\W+/g, "-"), /^\/\/ ([\w.-]+\.ts)\n/.exec(match[1])?.[1] ?? `${i}.ts`)
  }))
}

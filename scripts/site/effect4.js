// Programs for Effect 4 beside those that are written for Effect 3.
import { rewrite } from "../../effect4/codemod/rewrite.js"

const before = { kind: "text", text: "\n\n<details><summary>On Effect 4</summary>\n\n" }
const after = { kind: "text", text: "\n\n</details>\n\n" }

/** The parts of a text, with each program followed by its twin, folded away, where the twin is another. */
export const withEffect4 = (place, parts) =>
  parts.flatMap((part) => {
    const code = part.kind === "code" ? /^```ts\n(.*)```$/s.exec(part.text)?.[1] : undefined
    const twin = code && rewrite(place, code)
    return twin === code ? [part] : [part, before, { kind: "code", text: `\`\`\`ts\n${twin}\`\`\`` }, after]
  })

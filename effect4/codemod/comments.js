// Rewrites the examples in comments.
import { rewrite } from "./rewrite.js"

const example = /( *\* ```ts[^\n]*\n)([\s\S]*?)( *\* ```\n)/g

/** The lines of an example, without the comment's own marks. */
const lineStart = /^ *\* ?/gm

/** `file` is for messages. Examples keep their number of lines, as all that is rewritten does. */
export const rewriteSnippets = (file, text) =>
  text.replace(example, (_, open, body, close) => {
    const mark = /^ *\*/.exec(body)?.[0] ?? ""
    const lines = rewrite(`an example in ${file}`, body.replace(lineStart, "")).split("\n").slice(0, -1)
    return open + lines.map((line) => `${mark}${line === "" ? "" : ` ${line}`}\n`).join("") + close
  })

// The docstrings that TypeDoc does not see: the one at the head of a module, and those before a name that a module exports again
// (`export { /** ... */ name } from "./internal/file.js"`), which win over what stands at the name's own place.
import { Comment, CommentTag, MinimalSourceFile } from "typedoc"

const docstring = /\/\*\*((?:[^*]|\*(?!\/))*)\*\//
const before = new RegExp(`${docstring.source}\\s*(?:type )?\\w*?(?: as )?(\\w+)(?=,|\\s*$)`, "g")

/** The text without its asterisks. */
const textOf = (match) => match.replaceAll(/^ *\* ?/gm, "").trim()

/** The docstring at the head of a module. */
export const headOf = (source) => {
  const match = source.startsWith("/**") ? docstring.exec(source) : null
  return match === null ? undefined : textOf(match[1])
}

/** The docstrings of the names that a module exports again. */
export const reexportsOf = (source) =>
  new Map(
    [...source.matchAll(/^export (?:type )?\{(.*?)\} from/gms)].flatMap(([, names]) =>
      [...names.matchAll(before)].map(([, text, name]) => [name, textOf(text)])
    )
  )

/** A docstring's summary and its block tags, as TypeDoc has them. */
export const commentOf = (text, file, { converter, files }) => {
  const parts = (markdown) => converter.parseRawComment(new MinimalSourceFile(markdown, file), files).content
  const [summary, ...tags] = `\n${text}`.split(/^(?=@\w+)/m)
  return new Comment(
    parts(summary.trim()),
    tags.map((tag) => {
      const [, name, content] = /^(@\w+)(.*)$/s.exec(tag)
      return new CommentTag(name, parts(content.trim()))
    })
  )
}

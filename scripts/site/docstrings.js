// The docstrings that TypeDoc does not see: the one at the head of a module, and those before a name that a module exports again
// (`export { /** ... */ name } from "./internal/file.js"`), which win over what stands at the name's own place.
import { Comment, CommentTag, MinimalSourceFile } from "typedoc"
import ts from "typescript"

/** The text of the last docstring before a position, without its asterisks. */
const docstringAt = (source, position) => {
  const range = ts.getLeadingCommentRanges(source, position)?.at(-1)
  const comment = range === undefined ? "" : source.slice(range.pos, range.end)
  return comment.startsWith("/**")
    ? comment
        .slice(3, -2)
        .replaceAll(/^ *\* ?/gm, "")
        .trim()
    : undefined
}

/** The docstring at the head of a module. */
export const headOf = (source) => docstringAt(source, 0)

/** The docstrings of the names that a module exports again. */
export const reexportsOf = (source) => {
  const { statements } = ts.createSourceFile("module.ts", source, ts.ScriptTarget.Latest)
  const specifiers = statements.flatMap(({ exportClause }) => exportClause?.elements ?? [])
  return new Map(
    specifiers.flatMap(({ name, pos }) => {
      const text = docstringAt(source, pos)
      return text === undefined ? [] : [[name.text, text]]
    })
  )
}

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

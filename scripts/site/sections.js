// What the search finds: the sections of the documents by their headings and their text, before the names of the API.
import { DocumentReflection, IndexEvent, ReflectionKind, Slugger } from "typedoc"

const boosts = { Guides: 8, Project: 2, Decisions: 1 }

/** A section counts as its document does. The fields of schemas and errors are many, and share their names. */
const boostOf = (reflection) => {
  if (reflection.isDocument()) {
    return boosts[(reflection.parent.isDocument() ? reflection.parent : reflection).frontmatter.category]
  }
  return reflection.kindOf(ReflectionKind.SomeMember) ? 0.3 : 2
}

/** The parts of a Markdown text that begin with a heading. A heading within a code block is none. */
const split = (text) => {
  const sections = [{ heading: "", lines: [] }]
  let inCode = false
  for (const line of text.split("\n")) {
    if (line.startsWith("```")) inCode = !inCode
    const heading = inCode ? undefined : /^#{1,6} (.+)$/.exec(line)?.[1]
    if (heading === undefined) sections.at(-1).lines.push(line)
    else sections.push({ heading, lines: [] })
  }
  return sections.filter(({ heading }) => heading !== "")
}

/** A heading as it is read: without marks, and a link is its words. */
const plain = (heading) => heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "")

/** TypeDoc leaves code out of an anchor. */
const withoutCode = (heading) => heading.replace(/`[^`]*`/g, "")

/** The sections of a document by their anchors; the first heading is the document's own. */
const sectionsOf = (document, options) => {
  const slugger = new Slugger(options)
  return split(document.content.map(({ text }) => text).join(""))
    .map(({ heading, lines }) => ({
      name: plain(heading),
      anchor: slugger.slug(plain(withoutCode(heading))),
      text: lines.join("\n")
    }))
    .slice(1)
    .map(({ anchor, name, text }) => {
      const section = new DocumentReflection(name, document, [{ kind: "text", text }], {})
      return { section, anchor }
    })
}

/** Adds the sections to the search of an application, and gives the anchor of each section. */
export const findSections = (app) => {
  const anchors = new Map()
  app.renderer.on(IndexEvent.PREPARE_INDEX, (event) => {
    const options = app.options.getValue("sluggerConfiguration")
    for (const document of event.searchResults.filter((one) => one.isDocument())) {
      for (const { anchor, section } of sectionsOf(document, options)) {
        anchors.set(section, anchor)
        event.searchResults.push(section)
      }
    }
    for (const reflection of event.searchResults) reflection.relevanceBoost = boostOf(reflection)
  })
  return anchors
}

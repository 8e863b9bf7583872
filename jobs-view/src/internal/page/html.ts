/** HTML whose every interpolation is escaped, unless it is HTML itself. */

/** What can be put into a page as it is. */
export interface Html {
  readonly html: string
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

/** Half of a character cannot be written, and control characters are no HTML at all. */
const wellFormed = (text: string): string => text.replace(/\p{Cs}/gu, "\ufffd").replace(/[^\P{Cc}\n\t]/gu, "")

/** Text as HTML, also within an attribute in quotes. */
export const escaped = (text: string): string =>
  wellFormed(text).replace(/[&<>"']/g, (character) => entities[character] ?? "")

/** A part of a path; `wellFormed` first, for half a character has no encoding. */
export const encoded = (text: string): string => encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd"))

type Part = string | number | Html | ReadonlyArray<Html>

const written = (part: Part): string =>
  typeof part === "string"
    ? escaped(part)
    : typeof part === "number"
      ? String(part)
      : "html" in part
        ? part.html
        : part.map(({ html }) => html).join("")

/** Attributes have to stand in double quotes. */
export const html = (strings: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Html => ({
  html: strings.map((text, i) => text + (i < parts.length ? written(parts[i] ?? "") : "")).join("")
})

export const nothing: Html = { html: "" }

/** Where there is a value. */
export const given = <A>(value: A | undefined, shown: (value: A) => Html): Html =>
  value === undefined ? nothing : shown(value)

/** A long name in UpperCamelCase may be broken before each of its words. */
export const breakable = (name: string): Html =>
  html`${name.split(/(?=[A-Z])/).map((word, i) => (i === 0 ? html`${word}` : html`<wbr>${word}`))}`

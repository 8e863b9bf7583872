/** HTML that escapes every interpolation, unless it is HTML itself. */
import * as Markup from "effect-openrouter-images/Markup"

/** What can be put into a page as it is. */
export interface Html {
  readonly html: string
}

/** Text as a part of a path or query. */
export const encodePart = (text: string): string => encodeURIComponent(Markup.toWellFormed(text))

type Part = string | number | Html | ReadonlyArray<Html>

const render = (part: Part): string =>
  typeof part === "string"
    ? Markup.escapeHtml(part)
    : typeof part === "number"
      ? String(part)
      : "html" in part
        ? part.html
        : part.map(({ html }) => html).join("")

/** Attributes have to stand in double quotes. */
export const html = (strings: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Html => ({
  html: strings.map((text, i) => text + (i < parts.length ? render(parts[i] ?? "") : "")).join("")
})

export const empty: Html = { html: "" }

/** What `toHtml` makes of a value, or nothing where there is no value. */
export const ifDefined = <A>(value: A | undefined, toHtml: (value: A) => Html): Html =>
  value === undefined ? empty : toHtml(value)

/** A long name in UpperCamelCase that may be broken before each of its words. */
export const withWordBreaks = (name: string): Html =>
  html`${name.split(/(?=[A-Z])/).map((word, i) => (i === 0 ? html`${word}` : html`<wbr>${word}`))}`

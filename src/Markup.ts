/**
 * Text of strangers in a page: prompts, names of files, the words of a server.
 *
 * @since 0.1.0
 */

/**
 * Text that can be encoded: a lone surrogate, which is half a character, becomes a replacement character. Use it before
 * `encodeURIComponent`, which throws on one.
 *
 * @since 0.1.0
 * @category conversions
 * @example
 * ```ts
 * import { Markup } from "effect-openrouter-images"
 *
 * const address = (file: string) => encodeURIComponent(Markup.toWellFormed(file))
 * ```
 */
export const toWellFormed = (text: string): string => text.replace(/\p{Cs}/gu, "\ufffd")

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

/**
 * Text as HTML, also within an attribute in quotes. Control characters are dropped, except line feeds and tabs: HTML has
 * none.
 *
 * @since 0.1.0
 * @category conversions
 * @example
 * ```ts
 * import { Errors, Markup } from "effect-openrouter-images"
 *
 * const paragraph = (error: Errors.OpenRouterError) => `<p>${Markup.escapeHtml(Errors.explain(error).what)}</p>`
 * ```
 */
export const escapeHtml = (text: string): string =>
  toWellFormed(text)
    .replace(/[^\P{Cc}\n\t]/gu, "")
    .replace(/[&<>"']/g, (character) => entities[character] ?? "")

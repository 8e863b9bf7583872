/** What the command's own pages share: HTML files that load nothing which they do not name. */
import { createHash } from "node:crypto"
import { Markup } from "effect-openrouter-images"

/** A relative path as an address: what has a meaning in one is encoded, and no name can be a scheme. */
export const addressOf = (path: string, separator: string): string =>
  `./${path
    .split(separator)
    .map((part) => encodeURIComponent(Markup.toWellFormed(part)))
    .join("/")}`

/** Marks a page as the command's own, which it may overwrite. */
export const mark = '<meta name="generator" content="openrouter-images gallery">'

/** A style or a script, as the policy of its page names it. */
const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`

interface Document {
  /** As a text. */
  readonly title: string
  /** Where its pictures come from, in the words of a Content-Security-Policy. */
  readonly images: string
  readonly style: string
  readonly script?: string
  /** Between the tags of the body, as HTML. */
  readonly body: string
}

/** Nothing is loaded but the pictures, and the one style and the one script are known by their hashes. */
const policyOf = ({ images, script, style }: Document): string =>
  [
    "default-src 'none'",
    `img-src ${images}`,
    `style-src ${hashOf(style)}`,
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`]),
    "base-uri 'none'",
    "form-action 'none'"
  ].join("; ")

/** The whole text of a page. */
export const document = (page: Document): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(page)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
${mark}
<title>${Markup.escapeHtml(page.title)}</title>
<style>${page.style}</style>
</head>
<body>
${page.body}${page.script === undefined ? "" : `\n<script>${page.script}</script>`}
</body>
</html>
`

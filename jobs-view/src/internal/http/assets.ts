/**
 * What the pages load: a style, a script and an icon. Each has the hash of its text in its address, so it is never
 * stale.
 */
import { createHash } from "node:crypto"
import { script as scriptText } from "../page/script.js"
import { style as styleText } from "../page/style.js"

export interface Asset {
  readonly name: string
  readonly path: string
  readonly text: string
  readonly contentType: string
}

const asset = (name: string, contentType: string, text: string): Asset => ({
  name,
  path: `assets/${name}?v=${createHash("sha256").update(text).digest("hex").slice(0, 16)}`,
  text,
  contentType
})

export const style = asset("view.css", "text/css; charset=utf-8", styleText)
export const script = asset("view.js", "text/javascript; charset=utf-8", scriptText)
export const icon = asset(
  "icon.svg",
  "image/svg+xml",
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="1" y="1" width="14" height="14" rx="3" fill="#2a5db0"/><path d="M3 12l4-5 3 3 1.5-1.5L13 12z" fill="#fff"/><circle cx="11" cy="5" r="1.5" fill="#fff"/></svg>'
)

const all: ReadonlyArray<Asset> = [style, script, icon]

export const find = (name: string): Asset | undefined => all.find((each) => each.name === name)

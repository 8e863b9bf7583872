/** Answers, with the headers that keep a browser from doing more with them than showing them. */
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import type { Asset } from "./assets.js"

type Response = HttpServerResponse.HttpServerResponse

/** On every answer, whatever it is. */
export const protective: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin"
}

/** Nothing is loaded but what this server has, and nothing within the page runs. */
const pagePolicy =
  "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export const page = (html: string, status = 200): Response =>
  HttpServerResponse.text(html, {
    status,
    contentType: "text/html; charset=utf-8",
    headers: { ...protective, "content-security-policy": pagePolicy, "cache-control": "no-store" }
  })

const forever = "private, max-age=31536000, immutable"

export const asset = ({ contentType, text }: Asset): Response =>
  HttpServerResponse.text(text, { contentType, headers: { ...protective, "cache-control": forever } })

/** Opened by itself, an SVG is a document of its own, which neither runs scripts nor loads anything. */
const picturePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"

/** What a browser shows as a picture; anything else is something to save. */
const shown: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
  "image/avif",
  "image/svg+xml"
])

export interface Picture {
  readonly sha256: string
  readonly mediaType: string
  /** Whether its address names the content, so that it never changes. */
  readonly isPinned: boolean
}

const pictureHeaders = ({ isPinned, mediaType, sha256 }: Picture) => ({
  ...protective,
  "content-security-policy": picturePolicy,
  "cache-control": isPinned ? forever : "private, no-cache",
  etag: `"${sha256}"`,
  ...(shown.has(mediaType) ? {} : { "content-disposition": "attachment" })
})

export const picture = (picture: Picture, bytes: Uint8Array): Response =>
  HttpServerResponse.uint8Array(bytes, {
    contentType: shown.has(picture.mediaType) ? picture.mediaType : "application/octet-stream",
    headers: pictureHeaders(picture)
  })

export const notModified = (picture: Picture): Response =>
  HttpServerResponse.empty({ status: 304, headers: pictureHeaders(picture) })

/** Whether the browser has it already. */
export const has = (ifNoneMatch: string | undefined, { sha256 }: Picture): boolean =>
  (ifNoneMatch ?? "").split(",").some((tag) => ["*", `"${sha256}"`].includes(tag.trim().replace(/^W\//, "")))

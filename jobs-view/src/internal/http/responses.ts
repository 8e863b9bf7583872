/** Answers, with headers that keep a browser from doing more with them than show them. */
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { Asset } from "./assets.js"

export type Response = HttpServerResponse.HttpServerResponse

/** On every answer, whatever it is. */
export const protective: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin"
}

/** A page loads only what this server has, and no script within the page runs. */
const pagePolicy = [
  "default-src 'none'",
  "img-src 'self'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'"
].join("; ")

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

/** What a browser shows as a picture. It saves anything else. */
const displayable: ReadonlySet<string> = new Set([
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
  /** Whether its address names its content, so that it never changes. */
  readonly isPinned: boolean
}

const pictureHeaders = ({ isPinned, mediaType, sha256 }: Picture) => ({
  ...protective,
  "content-security-policy": picturePolicy,
  "cache-control": isPinned ? forever : "private, no-cache",
  etag: `"${sha256}"`,
  ...(displayable.has(mediaType) ? {} : { "content-disposition": "attachment" })
})

export const picture = (picture: Picture, bytes: Uint8Array): Response =>
  HttpServerResponse.uint8Array(bytes, {
    contentType: displayable.has(picture.mediaType) ? picture.mediaType : "application/octet-stream",
    headers: pictureHeaders(picture)
  })

export const notModified = (picture: Picture): Response =>
  HttpServerResponse.empty({ status: 304, headers: pictureHeaders(picture) })

/** Whether the browser has the picture already. */
export const isCached = (ifNoneMatch: string | undefined, { sha256 }: Picture): boolean =>
  (ifNoneMatch ?? "").split(",").some((tag) => ["*", `"${sha256}"`].includes(tag.trim().replace(/^W\//, "")))

const encoder = new TextEncoder()

/**
 * A stream of events, each with one line of JSON. A comment now and then shows both sides that the other is there.
 */
export const events = (updates: Stream.Stream<string>): Response =>
  HttpServerResponse.stream(
    Stream.succeed("retry: 2000\n\n").pipe(
      Stream.concat(
        Stream.merge(
          Stream.map(updates, (data) => `data: ${data}\n\n`),
          Stream.as(Stream.drop(Stream.fromSchedule(Schedule.spaced("15 seconds")), 1), ": still here\n\n"),
          { haltStrategy: "left" }
        )
      ),
      Stream.map((text) => encoder.encode(text))
    ),
    {
      contentType: "text/event-stream",
      headers: { ...protective, "cache-control": "no-store", "x-accel-buffering": "no" }
    }
  )

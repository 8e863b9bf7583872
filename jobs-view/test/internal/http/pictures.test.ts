import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import { ImageStore } from "effect-openrouter-images-jobs"
import { itemsOf, made, prompts } from "../../../../jobs/test/support/working.js"
import { ask, drawing, svg, viewing } from "../../support/viewing.js"

/** The address of the first picture on the page of a job, as a browser finds it. */
const pictureOn = (job: string) =>
  Effect.map(ask(`/jobs/${job}`), ({ text }) => {
    const address = /<img src="([^"]+)"/.exec(text)?.[1] ?? ""
    const { pathname, search } = new URL(address.replaceAll("&amp;", "&"), `http://127.0.0.1/jobs/${job}`)
    return pathname + search
  })

const storedIn = (job: string) =>
  Effect.map(itemsOf(job), ([item]) => {
    const stored = item?.outcome._tag === "Made" ? item.outcome.generation.pictures[0] : undefined
    if (stored === undefined) return expect.fail("no picture")
    return stored
  })

describe("a picture", () => {
  it.scoped("comes as it is in the store, once, and is kept for good", () =>
    Effect.gen(function* () {
      yield* made(prompts(1), { job: "one" })
      const stored = yield* storedIn("one")
      const { bytes } = yield* Effect.flatMap(ImageStore.ImageStore, (store) => store.get(stored))
      const address = yield* pictureOn("one")
      const { body, headers, status } = yield* ask(address)
      expect(status).toBe(200)
      expect(body.equals(bytes)).toBe(true)
      expect(headers).toMatchObject({
        "content-type": "image/png",
        "cache-control": "private, max-age=31536000, immutable",
        etag: `"${stored.sha256}"`,
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin"
      })
      for (const tag of [`"${stored.sha256}"`, `"other", W/"${stored.sha256}"`, "*"]) {
        const again = yield* ask(address, { headers: { "if-none-match": tag } })
        expect([again.status, again.body.byteLength]).toEqual([304, 0])
      }
      expect((yield* ask(address, { headers: { "if-none-match": '"other"' } })).status).toBe(200)
      const unpinned = yield* ask(address.replace(/\?.*/, ""))
      expect(unpinned.headers["cache-control"]).toBe("private, no-cache")
      expect((yield* ask(address.replace(/v=.*/, "v="))).headers["cache-control"]).toBe("private, no-cache")
    }).pipe(Effect.provide(viewing()))
  )

  it.scoped("is found by its item and number, and nothing else is", () =>
    Effect.gen(function* () {
      yield* made(prompts(1), { job: "one" })
      yield* made(prompts(1), { job: "one/more" })
      const stored = yield* storedIn("one")
      const [, key = ""] = /pictures\/([^/]+)\//.exec(yield* pictureOn("one")) ?? []
      const path = encodeURIComponent(stored.reference)
      const strange = [
        `/jobs/one/pictures/${key}/1`,
        `/jobs/one/pictures/${key}/-1`,
        `/jobs/one/pictures/${key}/0.5`,
        `/jobs/one/pictures/${key}/NaN`,
        `/jobs/one/pictures/${key}/length`,
        `/jobs/one/pictures/${path}/0`,
        `/jobs/one/pictures/..%2f..%2f..%2fetc%2fpasswd/0`,
        `/jobs/one/pictures/more%2F${key}/0`,
        `/jobs/none/pictures/${key}/0`
      ]
      for (const address of strange) expect([400, 404], address).toContain((yield* ask(address)).status)
    }).pipe(Effect.provide(viewing()))
  )

  it.scoped("that is an SVG runs nothing and loads nothing when it is opened by itself", () =>
    Effect.gen(function* () {
      yield* made(prompts(1), { job: "vector" })
      const { headers, text } = yield* ask(yield* pictureOn("vector"))
      expect(text).toContain("<script>")
      expect(headers["content-type"]).toBe("image/svg+xml")
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none';(?!.*script-src).*; sandbox$/)
    }).pipe(
      Effect.provide(
        viewing(
          {},
          { images: drawing([svg("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")]) }
        )
      )
    )
  )

  it.scoped("that says it is something else is saved, not shown", () =>
    Effect.gen(function* () {
      yield* made(prompts(1), { job: "page" })
      const { headers } = yield* ask(yield* pictureOn("page"))
      expect(headers).toMatchObject({
        "content-type": "application/octet-stream",
        "content-disposition": "attachment",
        "x-content-type-options": "nosniff"
      })
    }).pipe(
      Effect.provide(
        viewing(
          {},
          {
            images: drawing([GeneratedImage.make(new TextEncoder().encode("<script>alert(1)</script>"), "text/html")])
          }
        )
      )
    )
  )

  it.scoped("that the store has lost is told as missing", () =>
    Effect.gen(function* () {
      yield* made(prompts(1), { job: "lost" })
      expect((yield* ask(yield* pictureOn("lost"))).status).toBe(404)
    }).pipe(
      Effect.provide(
        viewing({}, { store: (store) => ({ ...store, get: (stored) => store.get({ ...stored, reference: "gone" }) }) })
      )
    )
  )
})

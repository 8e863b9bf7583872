import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import type { Picture } from "../../../src/commands/gallery/Card.js"
import * as Document from "../../../src/commands/gallery/Document.js"
import * as Page from "../../../src/commands/gallery/Page.js"

const picture: Picture = {
  ...{ file: "a.png", src: "./a.png", mediaType: "image/png", byteSize: 1200, dimensions: { width: 8, height: 4 } },
  ...{ prompt: "a red panda", model: "a/b", parameters: [["seed", "7"]], deviation: undefined, costUsd: 0.04 },
  ...{ generationId: "gen-1", created: 1_795_598_263, emulated: false },
  again: { command: "openrouter-images generate 'a red panda'", missing: [] }
}

/** The tags of a page, without what stands between them. */
const tagsOf = (html: string): ReadonlyArray<string> => html.match(/<[^>]*>/g) ?? []

describe("the page of a gallery", () => {
  it("says of a picture all that is known", () => {
    const html = Page.page("pictures", [picture])
    expect(html).toContain('<img src="./a.png" alt="a red panda" width="8" height="4" loading="lazy" decoding="async">')
    for (const [name, value] of [
      ["model", "a/b"],
      ["seed", "7"],
      ["picture", "8 × 4, png, 1.2 kB"],
      ["cost", "$0.04"],
      ["made", '<time datetime="2026-11-25T09:17:43.000Z">2026-11-25 09:17 UTC</time>'],
      ["generation", "gen-1"],
      ["file", "a.png"]
    ]) {
      expect(html).toContain(`<dt>${name}</dt><dd>${value}</dd>`)
    }
  })

  it("holds the tags of its own and no other, whatever a prompt, a file or a parameter says", () => {
    const plain = tagsOf(Page.page("x", [picture])).map((tag) => tag.split(/[\s>]/)[0])
    const text = FastCheck.oneof(
      FastCheck.string({ unit: "binary", maxLength: 60 }),
      FastCheck.constantFrom(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "</p></figcaption><iframe src=//evil>",
        "&lt;script&gt;",
        "<!--"
      )
    )
    FastCheck.assert(
      FastCheck.property(text, (hostile) => {
        const html = Page.page(hostile, [
          {
            ...picture,
            ...{ prompt: hostile, model: hostile, generationId: hostile, file: hostile, mediaType: `image/${hostile}` },
            ...{ parameters: [[hostile, hostile]], src: Document.addressOf(hostile, "/") },
            again: { command: hostile, missing: [] }
          }
        ])
        expect(tagsOf(html).map((tag) => tag.split(/[\s>]/)[0])).toEqual(plain)
        expect(html.match(/<img [^>]*>/)?.[0]).toMatch(
          /^<img src="[^"<>]*" alt="[^"<>]*" width="8" height="4" loading="lazy" decoding="async">$/
        )
      })
    )
  })

  it("forbids everything but its pictures, its one style and its one script", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(Page.page("x", [picture]))?.[1] ?? ""
    expect(policy).toMatch(
      /^default-src 'none'; img-src 'self' file:; style-src 'sha256-[\w+/=]{44}'; script-src 'sha256-[\w+/=]{44}'; /
    )
    expect(policy).not.toMatch(/unsafe|http/)
  })

  it("makes no address of a path that leads elsewhere", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.string({ unit: "binary" }), (name) => {
        const url = new URL(Document.addressOf(name, "/"), "file:///pictures/index.html")
        expect([url.protocol, url.host, url.search, url.hash]).toEqual(["file:", "", "", ""])
      })
    )
    expect(Document.addressOf("../a b/#1?.png", "/")).toBe("./../a%20b/%231%3F.png")
    expect(Document.addressOf("javascript:alert(1)", "/")).toBe("./javascript%3Aalert(1)")
  })

  it("takes a path apart where the platform does, and nowhere else", () => {
    expect(Document.addressOf("a\\b.png", "/")).toBe("./a%5Cb.png")
    expect(Document.addressOf("..\\a b.png", "\\")).toBe("./../a%20b.png")
  })

  it("leads to no SVG, whose scripts would run where it is opened by itself", () => {
    expect(Page.page("x", [picture])).toContain('<a href="./a.png">')
    expect(Page.page("x", [{ ...picture, mediaType: "image/svg+xml" }])).not.toContain('href="./')
  })

  it("marks dollars of the emulator wherever it shows them", () => {
    const html = Page.page("x", [{ ...picture, emulated: true }])
    expect(html).toContain("<span>$0.04 <b>emulated</b></span>")
    expect(html).toContain("<dt>cost</dt><dd>$0.04 (emulated: nothing is billed)</dd>")
    expect(html).toContain('<span id="costs">$0.04 (emulated: nothing is billed)</span>')
    expect(html.match(/\$\d/g)).toHaveLength(3)
  })

  it("gives the command that makes a picture again, and says what the file does not hold", () => {
    expect(Page.page("x", [picture])).toContain(
      "<pre><code>openrouter-images generate &#39;a red panda&#39;</code></pre>"
    )
    const html = Page.page("x", [{ ...picture, again: { command: "x", missing: ["PICTURE-1", "PICTURE-2"] } }])
    expect(html).toContain("put them in the place of PICTURE-1, PICTURE-2.")
  })

  it("leaves out a time that no calendar has", () => {
    for (const created of [-1, 1e300, undefined]) {
      expect(Page.page("x", [{ ...picture, created }])).not.toContain("<time")
    }
  })
})

import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { Markup } from "effect-openrouter-images"

describe("text of strangers", () => {
  it.each([
    ["<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"],
    ['" onload="x', "&quot; onload=&quot;x"],
    ["a\u0000b\u001b[2J\n\tc", "ab[2J\n\tc"],
    ["half \ud83d, whole 🐼", "half \ufffd, whole 🐼"],
    ["&amp;", "&amp;amp;"]
  ])("%j stands in a page as %j", (text, html) => {
    expect(Markup.escapeHtml(text)).toBe(html)
  })

  it("is never markup, whatever it is, and can always be encoded", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(Markup.escapeHtml(text)).toMatch(/^(?:[^<>"'&\p{Cs}]|&(?:amp|lt|gt|quot|#39);)*$/u)
        expect(() => encodeURIComponent(Markup.toWellFormed(text))).not.toThrow()
      })
    )
  })
})

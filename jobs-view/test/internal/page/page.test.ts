import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck } from "effect"
import { GeneratedImage } from "effect-openrouter-images"
import { Jobs } from "effect-openrouter-images-jobs"
import { finished, itemsOf, made, model, prompts, script, until } from "../../../../jobs/test/support/working.js"
import { ask, drawing, viewing } from "../../support/viewing.js"

const html = { headers: { accept: "text/html" } }

const plain = (text: string) =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")

/** The texts of the prompts on a page, as a browser reads them. */
const promptsOn = (page: string) =>
  [...page.matchAll(/<p class="prompt"(?: tabindex="0")?>([^<]*)<\/p>/g)].map(([, text = ""]) => plain(text))

const moderated = { _tag: "Status", status: 403, error: { message: "<b>flagged</b>" } } as const

describe("the list of jobs", () => {
  it.scoped("tells how far each is, the newest first, before any script runs", () =>
    Effect.gen(function* () {
      expect((yield* ask("/")).text).toContain("There are no jobs yet.")
      yield* made(prompts(3), { job: "first" })
      yield* made(prompts(2), { job: "a/b & c?", limitUsd: 1 })
      const { headers, text } = yield* ask("/", html)
      expect(headers["content-type"]).toBe("text/html; charset=utf-8")
      const links = [...text.matchAll(/<a href="(\.\/jobs\/[^"]+)">([^<]+)<\/a>/g)].map(([, href, name = ""]) => [
        href,
        plain(name)
      ])
      expect(links).toEqual([
        ["./jobs/a%2Fb%20%26%20c%3F", "a/b & c?"],
        ["./jobs/first", "first"]
      ])
      expect(text).toContain("<b>100 %</b> of 2 items · 2 pictures · 0 failed · $0.08 (emulated) of $1")
      expect((yield* ask("/jobs/a%2Fb%20%26%20c%3F", html)).text).toContain("<h1>a/b &amp; c?</h1>")
    }).pipe(Effect.provide(viewing()))
  )
})

describe("a job that is paused", () => {
  it.scoped("says so, by whom and why, and a list says where something may have been billed", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(3), { job: "held" })
      yield* Jobs.pause("held", { reason: "the <prompts> are checked" })
      const page = (yield* ask("/jobs/held", html)).text
      expect(page).toContain('<span class="badge open">paused</span>')
      expect(page).toContain("Paused: the &lt;prompts&gt; are checked. It goes on with <code>Jobs.resume</code>.")
      expect((yield* ask("/", html)).text).toContain("the &lt;prompts&gt; are checked")
      yield* Jobs.resume("held")
      yield* script({ _tag: "Reset", at: "head", afterCompletion: true })
      yield* finished("held")
      expect((yield* ask("/", html)).text).toContain("1 may have been billed")
    }).pipe(Effect.provide(viewing()))
  )
})

describe("the page of a job", () => {
  it.scoped("tells counts, money, what failed and what to do about it", () =>
    Effect.gen(function* () {
      // The prices are known from now on, so that the faults meet generations.
      yield* made(prompts(1), { job: "before", limitUsd: 1 })
      yield* script(moderated, { _tag: "Reset", at: "head", afterCompletion: true }, moderated)
      yield* made(prompts(6), { job: "six", limitUsd: 0.5 })
      const { headers, status, text } = yield* ask("/jobs/six", html)
      expect(status).toBe(200)
      expect(headers["content-security-policy"]).toMatch(
        /^default-src 'none';.*script-src 'self';.*frame-ancestors 'none'$/
      )
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" })
      expect(text).toContain('aria-valuetext="6 of 6 ended, 3 done, 3 failed"')
      expect(text).toContain("<dd>$0.12 (emulated)<small>of $0.50, $0.045 set aside</small></dd>")
      expect(text).toContain("1 failed item may have been billed")
      expect(text).toMatch(
        /2 ×<\/b> <strong>Forbidden<wbr>Response<wbr>Error<\/strong> <span class="bill notBilled">not billed/
      )
      expect(text).toContain("&lt;b&gt;flagged&lt;/b&gt;")
      expect(text).toContain("Change the prompt: moderation refused it")
      expect(text).toMatch(
        /1 ×<\/b> <strong>Connection<wbr>Error<\/strong> <span class="bill unknown">may have been billed/
      )
      expect(promptsOn(text)).toEqual(
        prompts(6)
          .map(({ prompt }) => prompt)
          .reverse()
      )
      expect(text).toMatch(/<img src="[^"]+" alt="picture 6" width="\d+" height="\d+" loading="lazy" decoding="async">/)
      expect(text).not.toMatch(/<script(?! src="\.\.\/assets\/)|style=|onerror|javascript:/)
      expect(promptsOn((yield* ask("/jobs/six?state=failed", html)).text)).toEqual([
        "picture 3",
        "picture 2",
        "picture 1"
      ])
      expect(promptsOn((yield* ask("/jobs/six?state=done", html)).text)).toEqual([
        "picture 6",
        "picture 5",
        "picture 4"
      ])
    }).pipe(Effect.provide(viewing({ concurrency: 1 })))
  )

  it.scoped("tells what may have been billed, and then what it cost", () =>
    Effect.gen(function* () {
      // The prices are known from now on, so that the fault meets a generation.
      yield* made(prompts(1), { job: "before", limitUsd: 1 })
      yield* script({ _tag: "Reset", at: "body" })
      yield* Jobs.submit(prompts(1), { job: "cut", limitUsd: 1 })
      yield* until("cut", ({ unsettled }) => unsettled === 1)
      const waiting = (yield* ask("/jobs/cut?state=unsettled", html)).text
      expect(waiting).toContain("asks what was billed")
      expect(waiting).toContain("1 call may have been billed ($0.04 to $0.045). Workers ask what it cost")
      expect(waiting).toContain("A worker asks what it cost: its record has not been asked for yet.")
      expect(waiting).toContain("If it cost nothing, it is sent again.")
      yield* finished("cut")
      const settled = (yield* ask("/jobs/cut", html)).text
      expect(settled).toContain("<dt>Billed, no picture</dt><dd>$0.04<small>1 call</small></dd>")
      expect(settled).toMatch(/<strong>Connection<wbr>Error<\/strong> <span class="bill billed">billed/)
      expect(settled).toContain("Its record says that it cost $0.04.")
      expect(settled).toContain("It was paid for; retryFailed pays for it again with mayPayTwice.")
      expect(settled).not.toContain("may have been billed")
      expect(settled).not.toContain("?state=unsettled")
    }).pipe(Effect.provide(viewing()))
  )

  it.scoped("asks about what is undecided", () =>
    Effect.gen(function* () {
      yield* script({ _tag: "Reset", at: "head", afterCompletion: true })
      yield* Jobs.submit(prompts(1), { job: "asks" })
      yield* until("asks", ({ undecided }) => undecided === 1)
      const [item] = yield* itemsOf("asks")
      const { text } = yield* ask("/jobs/asks?state=undecided", html)
      expect(text).toContain("May it be sent again? You may pay twice.")
      expect(plain(text)).toContain(`Jobs.decide("${item?.id}", "retry")`)
      yield* Jobs.decide(item?.id ?? "", "fail")
      yield* finished("asks")
      expect((yield* ask("/jobs/asks?state=undecided", html)).text).not.toContain("May it be sent again?")
    }).pipe(Effect.provide(viewing({ onUnknown: "ask" })))
  )

  it.scoped("has every item on one of its pages, both ways", () =>
    Effect.gen(function* () {
      const all = prompts(60)
        .map(({ prompt }) => prompt)
        .reverse()
      yield* made(prompts(60), { job: "sixty" })
      const walk = (rel: string, from: string) =>
        Effect.gen(function* () {
          const pages: Array<ReadonlyArray<string>> = []
          let query: string | undefined = from
          let last = from
          while (query !== undefined) {
            const { text }: { readonly text: string } = yield* ask(`/jobs/sixty${query}`, html)
            pages.push(promptsOn(text))
            last = query
            query = new RegExp(`<a rel="${rel}" href="([^"]*)">`).exec(text)?.[1]
          }
          return { last, pages }
        })
      const down = yield* walk("next", "")
      expect(down.pages.map(({ length }) => length)).toEqual([24, 24, 12])
      expect(down.pages.flat()).toEqual(all)
      const up = yield* walk("prev", down.last)
      expect(up.pages.slice(0, 3).reverse().flat()).toEqual(all)
    }).pipe(Effect.provide(viewing()))
  )

  it.scoped("has the last ones too while earlier ones are taken up again", () =>
    Effect.gen(function* () {
      yield* made(prompts(3), { job: "three" })
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE images_items SET state = 'waiting', outcome = NULL, lease = NULL WHERE position = 0`
      expect(promptsOn((yield* ask("/jobs/three", html)).text)).toEqual(["picture 3", "picture 2"])
    }).pipe(Effect.provide(viewing()))
  )

  it.scoped("is of nothing where there is no such job, or no such address", () =>
    Effect.gen(function* () {
      const { status, text } = yield* ask("/jobs/%3Cimg%20src=x%3E", html)
      expect(status).toBe(404)
      expect(text).toContain("there is no job &quot;&lt;img src=x&gt;&quot;.")
      expect((yield* ask("/jobs/none/events")).status).toBe(404)
      expect((yield* ask("/jobs/none?state=strange")).status).toBe(400)
      for (const path of [
        "/nothing",
        "/jobs",
        "/jobs/%E0%A4%A",
        "/../../etc/passwd",
        "/assets/..%2f..%2fpackage.json",
        "/assets/none.js"
      ]) {
        expect([400, 404], path).toContain((yield* ask(path)).status)
      }
    }).pipe(Effect.provide(viewing()))
  )
})

describe("texts of strangers", () => {
  const dot = GeneratedImage.make(
    new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "image/svg+xml"
  )

  it.scoped("are never markup, whatever they are", () =>
    Effect.gen(function* () {
      const hostile = FastCheck.array(
        FastCheck.oneof(
          FastCheck.string({ unit: "binary" }),
          FastCheck.constantFrom(
            "<",
            ">",
            "&",
            '"',
            "'",
            "</p>",
            "<script>",
            "<!--",
            "]]>",
            "&lt;",
            "\u2028",
            "\0",
            "`${",
            "-->"
          )
        ),
        { minLength: 1, maxLength: 8 }
      ).map((parts) => parts.join(""))
      const texts = [...new Set(FastCheck.sample(hostile, 160).filter((text) => !/\p{Cs}/u.test(text) && text !== ""))]
      const job = `<script>"'&${texts[0]}`
      yield* Jobs.submit(
        texts.map((prompt) => ({ model, prompt, size: "64x64" })),
        { job }
      )
      yield* finished(job)
      const shown: Array<string> = []
      let query: string | undefined = ""
      while (query !== undefined) {
        const { text }: { readonly text: string } = yield* ask(`/jobs/${encodeURIComponent(job)}${query}`, html)
        query = /<a rel="next" href="([^"]*)">/.exec(text)?.[1]
        shown.push(...promptsOn(text))
        const tags = [...text.matchAll(/<(\/?[^\s>/]*)(?:\s+[\w:-]+(?:="[^"<]*")?)*\s*\/?>/g)]
        expect(tags).toHaveLength(text.split("<").length - 1)
        expect(new Set(tags.map(([, name]) => name?.replace("/", "")))).toEqual(known)
      }
      const read = texts.map((text) => text.replace(/[^\P{Cc}\n\t]/gu, ""))
      expect(shown.reverse()).toEqual(read)
    }).pipe(Effect.provide(viewing({ concurrency: 8 }, { images: drawing([dot]) })))
  )
})

/** All that a page of a job without failures is made of. */
const known = new Set(
  "!doctype html head meta title link script body header p a h1 h2 span main section b div svg rect path line text g desc ul li dl dt dd small figure img figcaption nav".split(
    " "
  )
)

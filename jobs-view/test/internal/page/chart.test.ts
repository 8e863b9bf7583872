import { FetchHttpClient, HttpApiClient, HttpServer } from "@effect/platform"
import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import { View } from "effect-openrouter-images-jobs-view"
import { finished, letPass, made, prompts, script, stopping, until } from "../../../../jobs/test/support/working.js"
import { ask, viewing } from "../../support/viewing.js"

interface Chart {
  readonly name: string
  readonly description: string
  readonly svg: string
}

/** The charts of a page, by their names. */
const chartsOn = (job: string) =>
  Effect.map(ask(`/jobs/${job}`), ({ text }): Readonly<Record<string, Chart>> => {
    const all = [...text.matchAll(/<svg class="plot".*? aria-labelledby="(\S+) (\S+)">(.*?)<\/figure>/gs)]
    return Object.fromEntries(
      all.map(([, title, description, svg = ""]) => {
        const named = (tag: string, id = "") => new RegExp(`<${tag} id="${id}">([^<]*)</${tag}>`).exec(svg)?.[1] ?? ""
        const name = named("title", title)
        return [name, { name, description: named("desc", description), svg }]
      })
    )
  })

const paceName = "Items ended a minute"
const spendingName = "Spent, in US dollars"

const pathsOf = (chart: Chart | undefined, part: string): string =>
  new RegExp(`<path class="${part}" d="([^"]*)"`).exec(chart?.svg ?? "")?.[1] ?? ""

const barsOf = (chart: Chart | undefined, part: string): number => pathsOf(chart, part).split("M").length - 1

const detailsOf = (chart: Chart | undefined): ReadonlyArray<string> =>
  [...(chart?.svg ?? "").matchAll(/<title>([^<]*)<\/title><\/rect>/g)].map(([, text = ""]) => text)

describe("the charts of a job", () => {
  it.scoped("show what ended and what was spent, in words too", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* script({ _tag: "Status", status: 403 })
      yield* made(prompts(5), { job: "five" })
      // As if it had taken an hour
      yield* sql`UPDATE images_history SET at = at + 3590000`
      const charts = yield* chartsOn("five")
      expect(Object.keys(charts)).toEqual([paceName, spendingName])
      expect(charts[paceName]?.description).toMatch(
        /^Since 1970-01-01 00:00 UTC, in spans of 1 min: 4 done and 1 failed, at most 5 a minute, 59 min to 1 h after the submission\. It was not paused\.$/
      )
      expect(barsOf(charts[paceName], "done")).toBe(1)
      expect(barsOf(charts[paceName], "failed")).toBe(1)
      expect(charts[spendingName]?.description).toBe("$0.16 in 60 spans of 1 min since 1970-01-01 00:00 UTC.")
      const details = detailsOf(charts[paceName])
      expect(details).toHaveLength(60)
      expect(details[0]).toBe("0 s to 1 min: 0 done, 0 failed, $0 spent")
      expect(details[59]).toBe("59 min to 1 h: 4 done, 1 failed, $0.16 spent")
      expect(charts[paceName]?.svg).toContain(">20 min</text>")
      expect(charts[spendingName]?.svg).toContain(">$0.20</text>")
    }).pipe(Effect.provide(viewing({ concurrency: 1 })))
  )

  it.scoped("show where a job was paused", () => {
    const { images, open } = stopping()
    return Effect.gen(function* () {
      yield* Jobs.submit(prompts(4), { job: "held" })
      yield* until("held", ({ done }) => done >= 1)
      yield* Jobs.pause("held", { reason: "the <first> one" })
      yield* open
      yield* until("held", ({ running }) => running === 0)
      yield* letPass("30 seconds")
      const during = (yield* chartsOn("held"))[paceName]
      expect(during?.description).toMatch(/It was paused once, last from [^.]* and still is: the &lt;first&gt; one\.$/)
      expect(detailsOf(during).at(-2)).toMatch(/: 0 done, 0 failed, \$0 spent, paused$/)
      yield* Jobs.resume("held")
      yield* finished("held")
      for (const chart of Object.values(yield* chartsOn("held"))) {
        const [, x, width] = /<rect class="paused" x="([\d.]+)%" width="([\d.]+)%"/.exec(chart.svg) ?? []
        expect(Number(x)).toBeLessThan(15)
        expect(Number(width)).toBeGreaterThan(70)
        expect(Number(x) + Number(width)).toBeLessThanOrEqual(100)
        expect(pathsOf(chart, "done part")).toBe("")
      }
    }).pipe(Effect.provide(viewing({ concurrency: 1 }, { images })))
  })

  it.scoped("have axes where nothing has come of it yet, and a paler bar for the span that is not over", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(1), { job: "new" })
      const charts = yield* chartsOn("new")
      expect(pathsOf(charts[paceName], "done part")).toBe("")
      expect(Object.values(charts).map(({ svg }) => [...svg.matchAll(/<text class="y"/g)].length)).toEqual([3, 3])
      expect(charts[spendingName]?.svg).not.toMatch(/NaN|Infinity/)
      const sql = yield* SqlClient.SqlClient
      yield* sql`INSERT INTO images_history ${sql.insert({
        ...{ job: "new", at: 0, shard: 0, done: 1, failed: 0, pictures: 1, spent_usd: 0 }
      })}`
      const begun = (yield* chartsOn("new"))[paceName]
      expect([barsOf(begun, "done"), barsOf(begun, "done part")]).toEqual([0, 1])
    }).pipe(Effect.provide(viewing({ concurrency: 1 })))
  )
})

describe("the history in the API", () => {
  it.scoped("is that of the library", () =>
    Effect.gen(function* () {
      const baseUrl = yield* HttpServer.addressFormattedWith(Effect.succeed)
      const client = yield* HttpApiClient.make(View.api, { baseUrl }).pipe(Effect.provide(FetchHttpClient.layer))
      yield* made(prompts(3), { job: "three" })
      const path = { job: "three" }
      expect(yield* client.json.history({ path, urlParams: {} })).toEqual(yield* Jobs.history("three"))
      const one = yield* client.json.history({ path, urlParams: { buckets: 1 } })
      expect(one).toEqual(yield* Jobs.history("three", { buckets: 1 }))
      expect(one.spans).toMatchObject([{ done: 3, pictures: 3 }])
      expect((yield* ask("/api/jobs/three/history?buckets=101")).status).toBe(400)
      expect((yield* ask("/api/jobs/none/history")).status).toBe(404)
    }).pipe(Effect.provide(viewing()))
  )
})

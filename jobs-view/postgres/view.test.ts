/** The view over PostgreSQL. */
import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { ImageStore, Jobs } from "effect-openrouter-images-jobs"
import * as Postgres from "effect-openrouter-images-jobs/Postgres"
import { View } from "effect-openrouter-images-jobs-view"
import { postgres } from "../../jobs/test/support/postgres.js"
import { prompts, realPause } from "../../jobs/test/support/working.js"
import { ask, listen, server } from "../test/support/viewing.js"

const live = Layer.unwrapScoped(
  Effect.map(postgres, ({ url }) =>
    View.layerServer().pipe(
      Layer.provideMerge(Jobs.layer),
      Layer.provideMerge(server),
      Layer.provide(ImageStore.layerMemory),
      Layer.provideMerge(Postgres.layerClient({ url: Redacted.make(url) }))
    )
  )
)

/** What a worker would have written. */
const made = JSON.stringify({ _tag: "Made", generation: { pictures: [], costUsd: 0.04, created: 0 } })
const failed = (job: string) =>
  JSON.stringify({ _tag: "Failed", error: { _tag: "CancelledError", billing: "notBilled", job }, pictures: [] })

describe("the view on PostgreSQL", () => {
  it.scopedLive("has every item on one of its pages, groups what failed, and is live", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* Jobs.submit(prompts(60), { job: "sixty" })
      const { heard } = yield* listen("/jobs/sixty/events")
      yield* Effect.repeat(realPause, { until: () => heard().length > 0 })
      yield* sql`UPDATE images_items SET state = 'done', outcome = ${made}, billing = 'billed', finished_at = 1 WHERE position >= 10`
      yield* sql`UPDATE images_items SET state = 'failed', error = 'CancelledError', billing = 'notBilled', finished_at = 1, outcome = ${failed("sixty")} WHERE position < 10`
      yield* Effect.repeat(realPause, { until: () => heard().at(-1)?.progress.finished === true })
      expect(heard().at(-1)?.progress).toMatchObject({ done: 50, failed: 10 })
      const seen: Array<string> = []
      let query: string | undefined = ""
      while (query !== undefined) {
        const { text }: { readonly text: string } = yield* ask(`/jobs/sixty${query}`)
        seen.push(...[...text.matchAll(/<p class="prompt">([^<]*)</g)].map(([, prompt = ""]) => prompt))
        query = /<a rel="next" href="([^"]*)">/.exec(text)?.[1]
      }
      const all = prompts(60).map(({ prompt }) => prompt)
      expect(seen).toEqual(all.reverse())
      expect(JSON.parse((yield* ask("/api/jobs/sixty/failures")).text)).toMatchObject([
        { tag: "CancelledError", billing: "notBilled", items: 10, advice: "retryFailed takes it up again." }
      ])
      const { spans }: Jobs.History = JSON.parse((yield* ask("/api/jobs/sixty/history?buckets=1")).text)
      expect(spans).toEqual([{ done: 50, failed: 10, pictures: 0, spentUsd: 0 }])
      expect(JSON.parse((yield* ask("/api/jobs/sixty/items?state=failed&limit=3")).text)).toHaveLength(3)
    }).pipe(Effect.provide(live))
  )
})

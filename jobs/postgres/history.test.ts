/** The history of jobs, as PostgreSQL adds it up. */
import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Postgres from "effect-openrouter-images-jobs/Postgres"
import { addsUp, dividesEveryLife, hasWhatEndedBefore } from "../test/support/histories.js"
import { freePort, postgres } from "../test/support/postgres.js"
import { imagesLive, prompts } from "../test/support/working.js"

const database = Layer.unwrapScoped(
  Effect.map(postgres, ({ url }) => Layer.orDie(Postgres.layerClient({ url: Redacted.make(url) })))
)

describe("the history of a job on PostgreSQL", () => {
  it.scopedLive("has each ending in its span, however old the job is", () =>
    dividesEveryLife.pipe(Effect.provide(Layer.provideMerge(Jobs.layer, database)))
  )

  it.scopedLive("has what ended with an earlier version", () =>
    hasWhatEndedBefore(Effect.provide(Jobs.history("early"), Layer.fresh(Jobs.layer))).pipe(Effect.provide(database))
  )

  it.scopedLive("adds up to what its status says where many calls end at once, and a worker does not say when", () =>
    Effect.gen(function* () {
      const { url } = yield* postgres
      const port = yield* freePort
      yield* Effect.gen(function* () {
        yield* Effect.flatMap(Emulator.Emulator, ({ script }) => script([{ _tag: "Status", status: 403 }]))
        yield* Jobs.submit(prompts(60), { job: "sixty" })
        yield* Stream.runDrain(Jobs.watch("sixty", { every: "200 millis" }))
        const { done, failed } = yield* Jobs.status("sixty")
        expect({ done, failed }).toEqual({ done: 59, failed: 1 })
        yield* addsUp("sixty")
        const sql = yield* SqlClient.SqlClient
        yield* sql`UPDATE images_jobs SET spent_usd = spent_usd + 1, spent_at = NULL WHERE job = 'sixty'`
        yield* addsUp("sixty")
        yield* Jobs.pause("sixty", { reason: "looked at" })
        yield* Jobs.resume("sixty")
        expect(yield* sql`SELECT paused_by, reason FROM images_pauses WHERE until_at >= since_at`).toEqual([
          { paused_by: "user", reason: "looked at" }
        ])
        yield* Jobs.remove("sixty")
        expect(yield* sql`SELECT job FROM images_history`).toEqual([])
        expect(yield* sql`SELECT job FROM images_pauses`).toEqual([])
      }).pipe(
        Effect.provide(
          Layer.merge(Jobs.layer, Worker.layer({ concurrency: 12 })).pipe(
            Layer.provideMerge(Postgres.layer({ url: Redacted.make(url), host: "127.0.0.1", port })),
            Layer.provide(ImageStore.layerMemory),
            Layer.provideMerge(imagesLive)
          )
        )
      )
    })
  )
})

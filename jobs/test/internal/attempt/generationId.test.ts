import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Logger, LogLevel } from "effect"
import type { Images } from "effect-openrouter-images"
import { Jobs } from "effect-openrouter-images-jobs"
import {
  finished,
  itemsOf,
  ledger,
  letPass,
  made,
  prompts,
  questions,
  script,
  until,
  working
} from "../../support/working.js"

const one = prompts(1)

const keptIds = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(sql<{ readonly generation_id: string | null }>`SELECT generation_id FROM images_attempts`, (rows) =>
    rows.map(({ generation_id }) => generation_id)
  )
)

/** The pictures take their time after the head. */
const slowly = (images: Images.Service): Images.Service => ({
  ...images,
  generate: (...all) => Effect.zipLeft(images.generate(...all), Effect.sleep("10 seconds"))
})

describe("the id of a generation", () => {
  it.effect("is in the record as soon as the head of the answer is there", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(one, { job: "slow" })
      yield* until("slow", ({ running }) => running === 1)
      yield* letPass("1 second", "200 millis")
      const [paid] = yield* ledger
      expect(yield* keptIds).toEqual([paid?.generationId])
      expect(yield* Jobs.status("slow")).toMatchObject({ running: 1, done: 0 })
      expect(yield* finished("slow")).toMatchObject({ done: 1 })
    }).pipe(Effect.provide(working({}, { images: slowly })))
  )

  it.effect("harms and delays no call where the database does not take it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* made(one, { job: "before" })
      yield* sql`
        CREATE TRIGGER full BEFORE UPDATE OF generation_id ON images_attempts WHEN NEW.ended_at IS NULL
        BEGIN SELECT RAISE(FAIL, 'the disk is full'); END`
      const before = yield* Clock.currentTimeMillis
      expect(yield* made(prompts(2), { job: "full" })).toMatchObject({ done: 2 })
      expect((yield* Clock.currentTimeMillis) - before).toBeLessThan(3_000)
      // What the answer says is kept with it
      expect(yield* keptIds).toEqual((yield* ledger).map(({ generationId }) => generationId))
    }).pipe(Effect.provide(working({ concurrency: 1 })), Logger.withMinimumLogLevel(LogLevel.None))
  )

  it.effect("is never that of another request of the same call", () => {
    /** Sends again what cost nothing, as a layer over `Images` may. */
    const twice = (images: Images.Service): Images.Service => ({
      ...images,
      generate: (request, options) =>
        Effect.catchAll(images.generate(request, options), () =>
          Effect.delay(images.generate(request, options), "1 second")
        )
    })
    return Effect.gen(function* () {
      yield* script({ _tag: "Status", status: 503 }, { _tag: "Reset", at: "head", afterCompletion: true })
      yield* Jobs.submit(one, { job: "twice" })
      yield* until("twice", ({ running }) => running === 1)
      yield* letPass("400 millis", "200 millis")
      // That of the first request, which failed and cost nothing
      expect(yield* keptIds).toEqual([expect.stringMatching(/^gen-img-/)])
      expect(yield* finished("twice")).toMatchObject({ failed: 1, unknown: 1, unsettled: 0 })
      expect(yield* keptIds).toEqual([null])
      yield* letPass("2 minutes")
      expect(yield* questions).toBe(0)
      expect(yield* itemsOf("twice")).toMatchObject([{ billing: "unknown", settlements: [{ state: "unknown" }] }])
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working({}, { images: twice })))
  })
})

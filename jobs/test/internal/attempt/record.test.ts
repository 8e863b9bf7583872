import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { JobErrors, Jobs } from "effect-openrouter-images-jobs"
import { finished, itemsOf, ledger, made, model, prompts, script, working } from "../../support/working.js"

const [one = { model, prompt: "" }] = prompts(1)

/** Billed, and nobody hears of it. */
const cutAfterBilling = { _tag: "Reset", at: "head", afterCompletion: true } as const

const errorOf = (job: string) =>
  Effect.map(itemsOf(job), ([item]) => (item?.outcome._tag === "Failed" ? item.outcome.error : undefined))

describe("an attempt that was begun and never ended", () => {
  /** What a process leaves behind that dies between sending and recording. */
  const lost = (job: string, limitUsd?: number) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* Jobs.submit([one], { job, limitUsd })
      const [row] = yield* sql<{ readonly id: string }>`SELECT id FROM images_items WHERE job = ${job}`
      yield* sql`INSERT INTO images_attempts ${sql.insert({
        item: row?.id ?? "",
        round: 0,
        attempt: 1,
        token: "another process",
        begun_at: 1_000,
        beats: 0,
        reserved_usd: 0
      })}`
      return row?.id ?? ""
    })

  it.effect("is told as unknown, and nothing is sent", () =>
    Effect.gen(function* () {
      const item = yield* lost("lost")
      expect(yield* finished("lost")).toMatchObject({ failed: 1, unknown: 1 })
      const error = yield* errorOf("lost")
      expect(error).toEqual(new JobErrors.OutcomeUnknownError({ item, attempt: 1, begunAt: 1_000 }))
      expect(error?.message).toContain("1970-01-01T00:00:01.000Z")
      expect(yield* ledger).toHaveLength(0)
    }).pipe(Effect.provide(working()))
  )

  it.effect("is unknown too where nobody can quote it any more", () =>
    Effect.gen(function* () {
      yield* lost("lost", 1)
      yield* script({ _tag: "Status", status: 404 })
      expect(yield* finished("lost")).toMatchObject({ failed: 1, unknown: 1 })
      expect(yield* errorOf("lost")).toMatchObject({ _tag: "OutcomeUnknownError" })
    }).pipe(Effect.provide(working()))
  )

  it.effect("is settled where its id was kept", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* made(prompts(2).slice(1), { job: "other" })
      const [paid] = yield* ledger
      const item = yield* lost("lost")
      yield* sql`UPDATE images_attempts SET generation_id = ${paid?.generationId ?? ""} WHERE item = ${item}`
      expect(yield* finished("lost")).toMatchObject({ failed: 1, unknown: 0, spentUsd: 0.04 })
      expect(yield* errorOf("lost")).toMatchObject({ generationId: paid?.generationId })
      expect(yield* itemsOf("lost")).toMatchObject([{ billing: "billed", settlements: [{ state: "billed" }] }])
    }).pipe(Effect.provide(working()))
  )

  it.effect("is sent again with onUnknown: retry", () =>
    Effect.gen(function* () {
      yield* lost("lost")
      expect(yield* finished("lost")).toMatchObject({ done: 1 })
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working({ onUnknown: "retry" })))
  )

  it.effect("gives its picture without another payment when its outcome comes after all", () =>
    Effect.gen(function* () {
      const item = yield* lost("late")
      yield* finished("late")
      const sql = yield* SqlClient.SqlClient
      const generation = { pictures: [], created: 1, costUsd: 0.04 }
      yield* sql`UPDATE images_attempts SET outcome = ${JSON.stringify({ _tag: "Made", generation })} WHERE item = ${item}`
      expect(yield* Jobs.retryFailed("late", { mayPayTwice: true })).toBe(0)
      expect(yield* Jobs.status("late")).toMatchObject({ done: 1, failed: 0 })
      expect(yield* ledger).toHaveLength(0)
    }).pipe(Effect.provide(working()))
  )
})

describe("a call that comes back late", () => {
  it.effect("gives its picture also when the item was taken up again since, and failed", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* script(cutAfterBilling, { _tag: "Status", status: 400 })
      yield* made([one], { job: "late" })
      yield* sql`UPDATE images_attempts SET outcome = NULL, ended_at = NULL`
      yield* Jobs.retryFailed("late", { mayPayTwice: true })
      yield* finished("late")
      const generation = { pictures: [], created: 1, costUsd: 0.04 }
      yield* sql`UPDATE images_attempts SET outcome = ${JSON.stringify({ _tag: "Made", generation })} WHERE round = 0`
      expect(yield* Jobs.retryFailed("late", { mayPayTwice: true })).toBe(0)
      expect(yield* Jobs.status("late")).toMatchObject({ done: 1, failed: 0 })
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working()))
  )
})

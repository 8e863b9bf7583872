import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Images } from "effect-openrouter-images"
import { ImageStore, JobErrors, Jobs } from "effect-openrouter-images-jobs"
import { giveUp } from "../../../src/internal/attempt/unknown.js"
import { finish } from "../../../src/internal/items/finish.js"
import { itemsOf, ledger, letPass, prompts, records, until, working } from "../../support/working.js"

const one = prompts(1)

/** A call whose head comes at once, and whose pictures take their time. */
const slowly = (images: Images.Service): Images.Service => ({
  ...images,
  generate: (...all) => Effect.zipLeft(images.generate(...all), Effect.sleep("100 seconds"))
})

/** What another worker does that takes the one at the call for dead. */
const takeForDead = (job: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* Jobs.submit(one, { job })
    yield* until(job, ({ running }) => running === 1)
    yield* letPass("3 seconds", "1 second")
    const [row] = yield* sql<{ readonly id: string }>`SELECT id FROM images_items WHERE job = ${job}`
    const item = row?.id ?? ""
    expect(yield* giveUp({ item, round: 0, attempt: 1 })).toBe(true)
    const error = new JobErrors.OutcomeUnknownError({ item, attempt: 1, begunAt: 0 })
    yield* finish({ item, round: 0 }, { _tag: "Failed", error, pictures: [] }, "notBilled")
    expect(yield* Jobs.status(job)).toMatchObject({ unsettled: 1, running: 0 })
  })

/** The one picture of a job's one item, from the store. */
const pictureOf = (job: string) =>
  Effect.gen(function* () {
    const [item] = yield* itemsOf(job)
    if (item?.outcome._tag !== "Made") return expect.fail(`the item is ${item?.state}`)
    const [stored] = item.outcome.generation.pictures
    return stored === undefined ? expect.fail("no picture") : yield* (yield* ImageStore.ImageStore).get(stored)
  })

const live = working({}, { images: slowly })

describe("the answer of a worker that was taken for dead", () => {
  it.effect("wins where it comes before the record", () =>
    Effect.gen(function* () {
      yield* records(3_600_000)
      yield* takeForDead("early")
      yield* letPass("2 minutes")
      const status = yield* Jobs.status("early")
      expect(status).toMatchObject({ done: 1, failed: 0, unsettled: 0, spentUsd: 0.04, finished: true })
      expect(status.settlements).toMatchObject({ waiting: { attempts: 0 }, billed: { attempts: 0 } })
      expect((yield* pictureOf("early")).bytes.length).toBeGreaterThan(0)
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(live))
  )

  it.effect("is kept although the record came before it, and is paid once", () =>
    Effect.gen(function* () {
      yield* takeForDead("late")
      yield* letPass("40 seconds")
      const settled = yield* Jobs.status("late")
      expect(settled).toMatchObject({ failed: 1, spentUsd: 0.04, settlements: { billed: { attempts: 1 } } })
      yield* letPass("80 seconds")
      const status = yield* Jobs.status("late")
      expect(status).toMatchObject({ done: 1, failed: 0, spentUsd: 0.04, settlements: { billed: { attempts: 0 } } })
      expect((yield* pictureOf("late")).bytes.length).toBeGreaterThan(0)
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(live))
  )
})

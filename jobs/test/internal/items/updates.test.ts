import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect, TestClock } from "effect"
import { type Images, Retry } from "effect-openrouter-images"
import { Jobs } from "effect-openrouter-images-jobs"
import {
  finished,
  itemsOf,
  ledger,
  made,
  model,
  prompts,
  realPause,
  script,
  until,
  working
} from "../../support/working.js"

const [one = { model, prompt: "" }] = prompts(1)

/** Billed, and nobody hears of it. */
const cutAfterBilling = { _tag: "Reset", at: "head", afterCompletion: true } as const

const errorOf = (job: string) =>
  Effect.map(itemsOf(job), ([item]) => (item?.outcome._tag === "Failed" ? item.outcome.error : undefined))

describe("an item whose billing is unknown", () => {
  it.effect("is not sent again where it may be paid already, and retryFailed asks for leave", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling)
      expect(yield* made([one], { job: "cut" })).toMatchObject({ failed: 1, unknown: 1 })
      expect(yield* errorOf("cut")).toMatchObject({ _tag: "ConnectionError", billing: "unknown" })
      expect(yield* Jobs.retryFailed("cut")).toBe(0)
      expect(yield* ledger).toHaveLength(1)
      expect(yield* Jobs.retryFailed("cut", { mayPayTwice: true })).toBe(1)
      expect(yield* finished("cut")).toMatchObject({ done: 1, failed: 0, unknown: 0 })
      expect(yield* ledger).toHaveLength(2)
    }).pipe(Effect.provide(working()))
  )

  it.effect("is not sent again by a policy that would, unless onUnknown says so too", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling)
      expect(yield* made([one], { job: "eager" })).toMatchObject({ failed: 1, unknown: 1 })
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working({ retry: Retry.eager })))
  )

  it.effect("is sent again with onUnknown: retry", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling)
      expect(yield* made([one], { job: "bold" })).toMatchObject({ done: 1 })
      expect(yield* ledger).toHaveLength(2)
    }).pipe(Effect.provide(working({ onUnknown: "retry" })))
  )

  it.effect("waits for a decision with onUnknown: ask, and leaves its place to others", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling, cutAfterBilling)
      yield* Jobs.submit(prompts(6), { job: "asked" })
      const status = yield* until("asked", ({ done, undecided }) => done === 4 && undecided === 2)
      expect(status).toMatchObject({ done: 4, undecided: 2, running: 0, waiting: 0, finished: false })
      const [first, second] = yield* itemsOf("asked")
      expect([first?.state, second?.state]).toEqual(["undecided", "undecided"])
      expect(yield* Jobs.decide(first?.id ?? "", "retry")).toBe(true)
      expect(yield* Jobs.decide(first?.id ?? "", "fail")).toBe(false)
      expect(yield* Jobs.decide(second?.id ?? "", "fail")).toBe(true)
      expect(yield* finished("asked")).toMatchObject({ done: 5, failed: 1, unknown: 1 })
      expect(yield* ledger).toHaveLength(7)
    }).pipe(Effect.provide(working({ onUnknown: "ask", concurrency: 1 })))
  )
})

describe("a decision", () => {
  it.effect("about one attempt is none about the next", () => {
    const slow = (images: Images.Service): Images.Service => ({
      ...images,
      generate: (...all) => Effect.delay(images.generate(...all), "10 seconds")
    })
    return Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* script(cutAfterBilling, cutAfterBilling)
      yield* Jobs.submit([one], { job: "asked" })
      yield* until("asked", ({ undecided }) => undecided === 1)
      const [item] = yield* itemsOf("asked")
      yield* Jobs.decide(item?.id ?? "", "retry")
      yield* until("asked", ({ running }) => running === 1)
      yield* TestClock.adjust("3 seconds")
      // As when a worker died right after it had asked: it asks again when the decision is there already, and does not hear that it was told
      yield* sql`UPDATE images_items SET decision = 'retry', attempt = 1 WHERE state = 'running'`
      yield* until("asked", ({ undecided }) => undecided === 1)
      for (let i = 0; i < 50; i++) yield* Effect.zipRight(TestClock.adjust("1 second"), realPause)
      expect(yield* Jobs.status("asked")).toMatchObject({ undecided: 1 })
      expect(yield* ledger).toHaveLength(2)
    }).pipe(Effect.provide(working({ onUnknown: "ask" }, { images: slow })))
  })
})

describe("an item that may have been billed before", () => {
  it.effect("is not said to have cost nothing when a later attempt did not", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling, { _tag: "Status", status: 400 })
      expect(yield* made([one], { job: "bold" })).toMatchObject({ failed: 1, unknown: 1 })
      expect(yield* errorOf("bold")).toMatchObject({ _tag: "BadRequestResponseError" })
      expect(yield* Jobs.failures("bold")).toMatchObject([{ tag: "BadRequestResponseError", billing: "unknown" }])
      expect(yield* itemsOf("bold")).toMatchObject([{ billing: "unknown" }])
      expect(yield* Jobs.retryFailed("bold")).toBe(0)
      expect(yield* ledger).toHaveLength(1)
      expect(yield* Jobs.retryFailed("bold", { mayPayTwice: true })).toBe(1)
      expect(yield* finished("bold")).toMatchObject({ done: 1, failed: 0, unknown: 0 })
    }).pipe(Effect.provide(working({ onUnknown: "retry" })))
  )

  it.effect("needs leave each time that it is taken up again", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling, { _tag: "Status", status: 400 })
      yield* made([one], { job: "cut" })
      yield* Jobs.retryFailed("cut", { mayPayTwice: true })
      expect(yield* finished("cut")).toMatchObject({ failed: 1, unknown: 1 })
      expect(yield* Jobs.retryFailed("cut")).toBe(0)
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working()))
  )

  it.effect("needs it also when it was cancelled before it was taken up again", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling)
      yield* made([one], { job: "cut" })
      yield* Jobs.retryFailed("cut", { mayPayTwice: true })
      // No time has passed in which a worker could have looked
      expect(yield* Jobs.cancel("cut")).toMatchObject({ cancelled: 1 })
      expect(yield* Jobs.retryFailed("cut")).toBe(0)
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working()))
  )
})

import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import { finished, ledger, prompts, script, until, working } from "../../support/working.js"

describe("a job that is cancelled", () => {
  it.effect("sends nothing more, takes nothing more, and can be opened again", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(10), { job: "off" })
      yield* until("off", ({ done }) => done >= 2)
      yield* Jobs.cancel("off")
      const status = yield* finished("off")
      expect(status.done + status.cancelled).toBe(10)
      expect(status.cancelled).toBeGreaterThan(0)
      expect(yield* ledger).toHaveLength(status.done)
      expect(yield* Effect.flip(Jobs.submit(prompts(11), { job: "off" }))).toMatchObject({ _tag: "JobCancelledError" })
      expect(yield* Jobs.retryFailed("off")).toBe(status.cancelled)
      expect(yield* finished("off")).toMatchObject({ done: 10, cancelled: 0 })
      expect(yield* ledger).toHaveLength(10)
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )

  it.effect("lets those fail that wait for a decision", () =>
    Effect.gen(function* () {
      yield* script({ _tag: "Reset", at: "head", afterCompletion: true })
      yield* Jobs.submit(prompts(1), { job: "off" })
      yield* until("off", ({ undecided }) => undecided === 1)
      yield* Jobs.cancel("off")
      expect(yield* finished("off")).toMatchObject({ failed: 1, unknown: 1, finished: true })
    }).pipe(Effect.provide(working({ onUnknown: "ask" })))
  )
})

describe("asking for what is not there", () => {
  it.effect("fails with the job's name", () =>
    Effect.gen(function* () {
      const absent = { _tag: "JobNotFoundError", job: "nothing" }
      expect(yield* Effect.flip(Jobs.status("nothing"))).toMatchObject(absent)
      expect(yield* Effect.flip(Stream.runDrain(Jobs.watch("nothing")))).toMatchObject(absent)
      expect(yield* Effect.flip(Stream.runDrain(Jobs.results("nothing")))).toMatchObject(absent)
      expect(yield* Effect.flip(Jobs.cancel("nothing"))).toMatchObject(absent)
      expect(yield* Effect.flip(Jobs.retryFailed("nothing"))).toMatchObject(absent)
      expect(yield* Jobs.decide("nothing/0-0", "retry")).toBe(false)
    }).pipe(Effect.provide(working()))
  )

  it.effect("tells which request is not valid, and where", () =>
    Effect.gen(function* () {
      const [good = { model: "", prompt: "" }] = prompts(1)
      const error = yield* Effect.flip(Jobs.submit([good, { ...good, n: 11 }], { job: "wrong" }))
      if (error._tag !== "InvalidRequestError") return expect.fail(error._tag)
      expect(error.issues.map(({ path }) => path)).toEqual([[1, "n"]])
      expect(yield* Jobs.status("wrong")).toMatchObject({ submitting: true, finished: false })
    }).pipe(Effect.provide(working()))
  )
})

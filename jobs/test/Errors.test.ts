import { describe, expect, it } from "@effect/vitest"
import { Errors } from "effect-openrouter-images"
import { JobErrors } from "effect-openrouter-images-jobs"

const connection = new Errors.ConnectionError({
  operation: "generate",
  billing: "unknown",
  phase: "response",
  description: "read ECONNRESET"
})

describe("the error of an item in words", () => {
  it("is what the library says of its own errors", () => {
    expect(JobErrors.explain(connection)).toEqual(Errors.explain(connection))
  })

  it.each([
    [new JobErrors.OutcomeUnknownError({ item: "a/b-0", attempt: 1, begunAt: 0 }), /not known whether/, /mayPayTwice/],
    [
      new JobErrors.OutcomeUnknownError({ item: "a/b-0", attempt: 1, begunAt: 0, generationId: "gen-img-1" }),
      /not known whether/,
      /^Its record says what it cost/
    ],
    [new JobErrors.PictureLostError({ description: "the disk is full" }), /was billed/, /Make room/],
    [new JobErrors.CancelledError({ job: "a" }), /Nothing was billed/, /retryFailed/]
  ])("says of $_tag what it cost, and what to do", (error, cost, action) => {
    expect(JobErrors.explain(error)).toMatchObject({
      title: error._tag,
      what: error.message,
      cost: expect.stringMatching(cost),
      action: expect.stringMatching(action)
    })
  })

  it("has the words of the library for a cost", () => {
    const lost = new JobErrors.OutcomeUnknownError({ item: "a/b-0", attempt: 1, begunAt: 0 })
    expect(JobErrors.explain(lost).cost).toBe(Errors.explain(connection).cost)
  })
})

import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { JobErrors, Jobs } from "effect-openrouter-images-jobs"
import { decodeOutcome, encodeOutcome } from "../../../src/internal/attempt/outcomeText.js"
import { itemsOf, made, prompts, working } from "../../support/working.js"

describe("an outcome that a newer version wrote", () => {
  it.each([
    ['{"_tag":"Made","generation":{"films":[1]}}', "billed"],
    ['{"_tag":"Failed","error":{"_tag":"NewError","billing":"notBilled"},"pictures":[]}', "notBilled"],
    ['{"_tag":"Failed","error":{"_tag":"NewError"},"pictures":[]}', "unknown"],
    ['{"_tag":"Postponed"}', "unknown"],
    ["not even JSON", "unknown"]
  ])("%s is kept as it is, and says what it can of the billing", (text, billing) => {
    const outcome = decodeOutcome(text)
    expect(outcome).toMatchObject({ _tag: "Failed", error: { _tag: "UnreadableOutcomeError", billing, text } })
    expect(encodeOutcome(outcome)).toBe(text)
    if (outcome._tag === "Failed") expect(JobErrors.explain(outcome.error).action).toContain("Update this program")
  })

  it.effect("ends no list of results", () =>
    Effect.gen(function* () {
      yield* made(prompts(3), { job: "mixed" })
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE images_items SET outcome = '{"_tag":"Postponed"}' WHERE position = 1`
      expect((yield* itemsOf("mixed")).map(({ outcome }) => outcome._tag)).toEqual(["Made", "Failed", "Made"])
      expect(yield* Jobs.page("mixed")).toHaveLength(3)
    }).pipe(Effect.provide(working()))
  )
})

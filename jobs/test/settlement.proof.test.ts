/** Random faults, and records that come late or never: a job's money is the server's. */
import * as SqlClient from "@effect/sql/SqlClient"
import { expect, it } from "@effect/vitest"
import { Effect, FastCheck, Logger, LogLevel } from "effect"
import { Fault } from "effect-openrouter-images-emulator"
import { Jobs } from "effect-openrouter-images-jobs"
import { finished, ledger, letPass, prompts, records, script, working } from "./support/working.js"

const { array, boolean, constant, constantFrom, integer, oneof, option, record } = FastCheck

const afterCompletion = boolean()

/**
 * What can happen to an answer: of a generation, of discovery, and of a question for a record. No server says that it
 * refused what it has billed.
 */
const anyFault: FastCheck.Arbitrary<Fault.Fault> = oneof(
  record({
    _tag: constant("Status" as const),
    status: constantFrom(400, 402, 408, 429, 500, 502, 503, 504, 524, 529),
    body: constantFrom("envelope" as const, "html" as const, "empty" as const, "cut" as const)
  }),
  record({
    _tag: constant("Status" as const),
    status: constantFrom(408, 500, 502, 504, 524),
    body: constant("html" as const),
    afterCompletion
  }),
  record({ _tag: constant("Reset" as const), at: constantFrom("head" as const, "body" as const), afterCompletion }),
  record({
    _tag: constant("Corrupt" as const),
    how: constantFrom(...(["notJson", "cutJson", "cutEnd", "badBase64", "missingField", "empty"] as const))
  }),
  record({ _tag: constant("Edit" as const), how: constantFrom(...Fault.edits) })
)

const anyJob = record({
  faults: array(option(anyFault), { minLength: 1, maxLength: 12 }),
  /** Milliseconds until a record appears; null is never. */
  delays: array(option(integer({ min: 0, max: 60_000 }), { freq: 5 }), { maxLength: 10 }),
  isLimited: boolean()
})

interface AttemptRow {
  readonly item: string
  readonly generation_id: string | null
  readonly next_ask_at: number | null
  readonly reserved_usd: number
  readonly unknown_at: number | null
  readonly settlement: string | null
}

const sum = (amounts: ReadonlyArray<number>): number => amounts.reduce((total, amount) => total + amount, 0)

it.effect.prop(
  "the money of a job is what was billed, to the cent, and nothing is billed twice",
  [anyJob],
  ([{ delays, faults, isLimited }]) =>
    Effect.gen(function* () {
      yield* script(...faults)
      // A limit charges the most that a call may cost until its record appears
      yield* records(...delays.map((delay) => (isLimited ? (delay ?? 0) : delay)))
      yield* Jobs.submit(prompts(6), { job: "any", ...(isLimited ? { limitUsd: 10 } : {}) })
      yield* finished("any")
      yield* letPass("4 minutes", "5 seconds")
      const status = yield* Jobs.status("any")
      const sql = yield* SqlClient.SqlClient
      const attempts = yield* sql<AttemptRow>`SELECT * FROM images_attempts`
      const billed = yield* ledger

      const asked = attempts.filter(({ next_ask_at }) => next_ask_at !== null)
      expect(asked.length).toBeLessThanOrEqual(isLimited ? 0 : delays.filter((delay) => delay === null).length)
      const known = new Set(
        attempts.flatMap(({ generation_id, next_ask_at }) => (next_ask_at === null ? [generation_id] : []))
      )
      const paid = billed.filter(({ generationId }) => known.has(generationId)).map(({ costUsd }) => costUsd)
      expect(status.spentUsd).toBeCloseTo(sum(paid), 9)

      const open = attempts.filter(({ settlement, unknown_at }) => unknown_at !== null && settlement === null)
      expect(status.reservedUsd).toBeCloseTo(sum(open.map(({ reserved_usd }) => reserved_usd)), 9)

      const names = billed.map(({ prompt }) => prompt)
      expect(new Set(names).size).toBe(names.length)
    }).pipe(Effect.provide(working({ concurrency: 3 })), Logger.withMinimumLogLevel(LogLevel.None)),
  { fastCheck: { numRuns: 12 }, timeout: 300_000 }
)

/** `openrouter-images job cancel`, `retry` and `decide`: what people do to a job on its way. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { UsageError } from "../../failure/Failure.js"
import * as Said from "../../output/Json.js"
import { block, counted, printable } from "../../output/Text.js"
import * as Database from "./database/Database.js"
import { commandLine } from "./database/Target.js"
import type { Cancel, Decide, Retry } from "./Options.js"

const said = (lines: ReadonlyArray<readonly [string, string]>): Effect.Effect<void> =>
  Console.log(printable(block(lines)))

export const cancel = (options: Cancel) =>
  Database.using(options, "fail", ({ jobs, target }) =>
    Effect.gen(function* () {
      const progress = yield* jobs.cancel(options.name)
      if (options.json) return yield* Said.document(progress)
      const { cancelled, done, failed, running } = progress
      yield* said([
        ["cancelled", `${counted(cancelled, "request")} of ${options.name}; ${done} done, ${failed} failed before`],
        ...(running > 0 ? [["running", `${running} are finished still, for they may be paid already`] as const] : []),
        ["to go on", commandLine(target, "retry", options.name)]
      ])
    })
  )

export const retry = (options: Retry) =>
  Database.using(options, "fail", ({ jobs, target }) =>
    Effect.gen(function* () {
      const again = yield* jobs.retryFailed(options.name, { mayPayTwice: options.mayPayTwice })
      const progress = yield* jobs.status(options.name)
      if (options.json) return yield* Said.document({ again, ...progress })
      const { failed } = progress
      yield* said([
        ["again", `${counted(again, "request")} of ${options.name}`],
        ...(failed > 0
          ? [["left", `${failed} that failed stay so: they were billed, or may have been (--may-pay-twice)`] as const]
          : [])
      ])
      if (again > 0) yield* Console.error(block([["next", commandLine(target, "worker")]]))
    })
  )

export const decide = (options: Decide) =>
  Effect.gen(function* () {
    const decision = options.decision.toLowerCase()
    if (decision !== "retry" && decision !== "fail") {
      return yield* new UsageError({
        problem: `The decision is retry or fail, got ${JSON.stringify(options.decision)}.`,
        advice: "retry sends it again, which may pay twice; fail lets it fail."
      })
    }
    yield* Database.using(options, "fail", ({ jobs }) =>
      Effect.gen(function* () {
        if (yield* jobs.decide(options.item, decision)) {
          return yield* said([["decided", `${options.item}: ${decision === "retry" ? "sent again" : "it fails"}`]])
        }
        return yield* new UsageError({
          problem: `${options.item} does not wait for a decision.`,
          advice: "`openrouter-images job status NAME` lists those that do."
        })
      })
    )
  })

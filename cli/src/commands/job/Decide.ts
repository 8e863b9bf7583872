/** `openrouter-images job decide`: what becomes of a request that may have been billed. */

import * as Args from "@effect/cli/Args"
import * as Effect from "effect/Effect"
import { UsageError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import * as Print from "../../output/Print.js"
import { pluralize } from "../../output/Text.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import * as JobOptions from "./JobOptions.js"

const config = {
  item: Args.text({ name: "ITEM" }).pipe(
    Args.withDescription("The item, as `job status` names it; with --all-unknown or --error the job's name")
  ),
  decision: Args.text({ name: "retry|fail" }).pipe(
    Args.withDescription("`retry` sends it again and may pay twice; `fail` lets it fail")
  ),
  allUnknown: Flag.toggle("all-unknown", "Decide about all requests of the job that wait for it"),
  error: Flag.text("error", "TAG", "Decide about those that ended with this error, such as OutcomeUnknownError"),
  database: JobOptions.database
}

/** The options as they were given. */
export type DecideOptions = Command.Options<typeof config>

export const decide = (options: DecideOptions) =>
  Effect.gen(function* () {
    const decision = options.decision.toLowerCase()
    if (decision !== "retry" && decision !== "fail") {
      return yield* new UsageError({
        problem: `The decision must be retry or fail, got ${JSON.stringify(options.decision)}.`,
        advice: "retry sends it again, which may pay twice; fail lets it fail."
      })
    }
    const outcome = decision === "retry" ? "sent again" : "it fails"
    yield* Database.use(options, "fail", ({ jobs }) =>
      Effect.gen(function* () {
        if (options.allUnknown || options.error !== undefined) {
          const tag = options.error
          const decided = yield* jobs.decideAll(options.item, decision, tag === undefined ? {} : { tag })
          const which = tag === undefined ? "" : ` with ${tag}`
          return yield* Print.rows([
            ["decided", `${pluralize(decided, "request")} of ${options.item}${which}: ${outcome}`]
          ])
        }
        if (yield* jobs.decide(options.item, decision)) {
          return yield* Print.rows([["decided", `${options.item}: ${outcome}`]])
        }
        return yield* new UsageError({
          problem: `${options.item} is not waiting for a decision.`,
          advice: "`openrouter-images job status NAME` lists those that do."
        })
      })
    )
  })

export const command = Command.make({
  name: "decide",
  summary: "Decide whether to retry a request that may have been billed",
  usage: "[options] <ITEM> <retry|fail>",
  examples: ["openrouter-images job decide meadows/8c1f0f35c1f9d0a1a5b2c3d4e5f60718-0 retry"],
  config,
  run: decide
})

import * as Effect from "effect/Effect"
import * as Flag from "../../options/Flag.js"
import * as Print from "../../output/Print.js"
import { pluralize } from "../../output/Text.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import { commandLine } from "./database/Target.js"
import * as JobOptions from "./JobOptions.js"
import * as SettlementText from "./SettlementText.js"

const config = {
  name: JobOptions.name,
  mayPayTwice: Flag.toggle(
    "may-pay-twice",
    "Also retry requests that were billed without a picture, or may have been billed"
  ),
  json: JobOptions.json,
  database: JobOptions.database
}

/** The options as they were given. */
export type RetryOptions = Command.Options<typeof config>

export const retry = (options: RetryOptions) =>
  Database.use(options, "fail", ({ jobs, target }) =>
    Effect.gen(function* () {
      const recovered = yield* jobs.recover(options.name)
      const again = yield* jobs.retryFailed(options.name, { mayPayTwice: options.mayPayTwice })
      const progress = yield* jobs.status(options.name)
      if (options.json) return yield* Print.json({ again, recovered, ...progress })
      const { failed, unsettled } = progress
      yield* Print.rows([
        ["again", `${pluralize(again, "request")} of ${options.name}`],
        ...(recovered > 0
          ? [
              [
                "recovered",
                `${pluralize(recovered, "request")} whose picture came after all; nothing is paid again`
              ] as const
            ]
          : []),
        ...(failed > 0
          ? [["left", `${failed} that failed stay so: they were billed, or may have been (--may-pay-twice)`] as const]
          : []),
        ...(unsettled > 0 ? [["unsettled", SettlementText.waitingText(unsettled)] as const] : [])
      ])
      if (again > 0) yield* Print.note([["next", commandLine(target, "worker")]])
    })
  )

export const command = Command.make({
  name: "retry",
  summary: "Retry the requests that failed at no cost or were cancelled",
  usage: "[options] <NAME>",
  examples: ["openrouter-images job retry meadows", "openrouter-images job retry meadows --may-pay-twice"],
  config,
  run: retry
})

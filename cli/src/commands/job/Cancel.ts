import * as Effect from "effect/Effect"
import * as Print from "../../output/Print.js"
import { pluralize } from "../../output/Text.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import { commandLine } from "./database/Target.js"
import * as JobOptions from "./JobOptions.js"

const config = { name: JobOptions.name, json: JobOptions.json, database: JobOptions.database }

/** The options as they were given. */
export type CancelOptions = Command.Options<typeof config>

export const cancel = (options: CancelOptions) =>
  Database.use(options, "fail", ({ jobs, target }) =>
    Effect.gen(function* () {
      const progress = yield* jobs.cancel(options.name)
      if (options.json) return yield* Print.json(progress)
      const { cancelled, done, failed, running } = progress
      yield* Print.rows([
        ["cancelled", `${pluralize(cancelled, "request")} of ${options.name}; ${done} done, ${failed} failed before`],
        ...(running > 0
          ? [["running", `${running} are still being finished, for they may be paid already`] as const]
          : []),
        ["to resume", commandLine(target, "retry", options.name)]
      ])
    })
  )

export const command = Command.make({
  name: "cancel",
  summary: "Cancel a job: send none of its other requests",
  usage: "[options] <NAME>",
  examples: ["openrouter-images job cancel meadows"],
  config,
  run: cancel
})

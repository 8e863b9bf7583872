/** `openrouter-images job pause`: sends nothing more of a job for a while. */
import * as Effect from "effect/Effect"
import * as Flag from "../../options/Flag.js"
import * as Print from "../../output/Print.js"
import { pluralize } from "../../output/Text.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import { commandLine } from "./database/Target.js"
import * as JobOptions from "./JobOptions.js"

const config = {
  name: JobOptions.name,
  reason: Flag.text("reason", "TEXT", "Why, for whoever looks at the job"),
  json: JobOptions.json,
  database: JobOptions.database
}

/** The options as they were given. */
export type PauseOptions = Command.Options<typeof config>

export const pause = (options: PauseOptions) =>
  Database.use(options, "fail", ({ jobs, target }) =>
    Effect.gen(function* () {
      const { name, reason } = options
      const progress = yield* jobs.pause(name, reason === undefined ? {} : { reason })
      if (options.json) return yield* Print.json(progress)
      yield* Print.rows([
        ["paused", `${name}; ${pluralize(progress.waiting, "request")} wait`],
        ...(progress.running > 0
          ? [["running", `${progress.running} are still being finished, for they may be paid already`] as const]
          : []),
        ["to go on", commandLine(target, "resume", name)]
      ])
    })
  )

export const command = Command.make({
  name: "pause",
  summary: "Pause a job: send nothing more of it until it is resumed",
  usage: "[options] <NAME>",
  examples: ['openrouter-images job pause meadows --reason "the prompts are being checked"'],
  config,
  run: pause
})

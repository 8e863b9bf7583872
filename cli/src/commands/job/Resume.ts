/** `openrouter-images job resume`: lets a paused job go on. */
import * as Effect from "effect/Effect"
import * as Print from "../../output/Print.js"
import { pluralize } from "../../output/Text.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import { commandLine } from "./database/Target.js"
import * as JobOptions from "./JobOptions.js"

const config = { name: JobOptions.name, json: JobOptions.json, database: JobOptions.database }

/** The options as they were given. */
export type ResumeOptions = Command.Options<typeof config>

export const resume = (options: ResumeOptions) =>
  Database.use(options, "fail", ({ jobs, target }) =>
    Effect.gen(function* () {
      const progress = yield* jobs.resume(options.name)
      if (options.json) return yield* Print.json(progress)
      yield* Print.rows([["goes on", `${options.name}; ${pluralize(progress.waiting, "request")} wait`]])
      if (progress.running === 0 && progress.waiting > 0) yield* Print.note([["next", commandLine(target, "worker")]])
    })
  )

export const command = Command.make({
  name: "resume",
  summary: "Let a job go on that is paused, by you or because the API was down",
  usage: "[options] <NAME>",
  examples: ["openrouter-images job resume meadows"],
  config,
  run: resume
})

/** `openrouter-images job list`: the jobs of a database. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { listing } from "../../output/Listing.js"
import * as Print from "../../output/Print.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import * as JobOptions from "./JobOptions.js"
import * as ProgressText from "./ProgressText.js"

const config = { json: JobOptions.json, database: JobOptions.database }

/** The options as they were given. */
export type ListOptions = Command.Options<typeof config>

export const list = (options: ListOptions) =>
  Database.use(options, "fail", ({ jobs }) =>
    Effect.gen(function* () {
      const all = yield* jobs.list
      if (options.json) return yield* Print.json(all)
      if (all.length === 0) return yield* Console.error("no jobs yet: `openrouter-images job submit` makes one")
      yield* Console.log(yield* listing(ProgressText.columns(all), all))
    })
  )

export const command = Command.make({
  name: "list",
  summary: "List the jobs",
  usage: "[options]",
  examples: ["openrouter-images job list"],
  config,
  run: list
})

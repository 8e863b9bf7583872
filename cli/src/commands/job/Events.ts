/** `openrouter-images job events`: what happens to jobs, a line of JSON for each event. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { UsageError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import { escapeJson } from "../../output/Text.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import * as JobOptions from "./JobOptions.js"

const config = {
  job: Flag.text("job", "NAME", "Only those of this job. Default: all jobs"),
  after: Flag.text("after", "CURSOR", "Only those after this one. Default: from the oldest, a week ago"),
  untilEnded: Flag.toggle("until-ended", "Exit when a job has ended. Default: go on until Ctrl-C"),
  database: JobOptions.database
}

/** The options as they were given. */
export type EventsOptions = Command.Options<typeof config>

export const events = ({ after, job, untilEnded, ...options }: EventsOptions) =>
  Database.use(options, "fail", ({ jobs }) =>
    jobs.events({ after, job }).pipe(
      Stream.tap((event) => Console.log(escapeJson(JSON.stringify(event)))),
      Stream.takeUntil(({ kind }) => untilEnded && kind === "ended"),
      Stream.runDrain,
      Effect.catchTag("InvalidOptionsError", () =>
        Effect.fail(
          new UsageError({
            problem: `--after must be the cursor of an event, got ${JSON.stringify(after)}.`,
            advice: "Take it from a line that this command has printed."
          })
        )
      )
    )
  )

export const command = Command.make({
  name: "events",
  summary: "Print what happens to jobs, a line of JSON for each request and job that ends",
  usage: "[options]",
  examples: ["openrouter-images job events --job meadows --until-ended"],
  config,
  run: events
})

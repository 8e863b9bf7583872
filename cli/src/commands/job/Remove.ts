/** `openrouter-images job remove`: removes a job that has ended. */
import * as Effect from "effect/Effect"
import { FileError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import * as Print from "../../output/Print.js"
import { pluralize } from "../../output/Text.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import { commandLine } from "./database/Target.js"
import * as JobOptions from "./JobOptions.js"
import * as Store from "./store/Store.js"

const config = {
  name: JobOptions.name,
  pictures: Flag.toggle("pictures", "Remove its pictures from the store too, but those that another job has"),
  store: JobOptions.store,
  json: JobOptions.json,
  database: JobOptions.database
}

/** The options as they were given. */
export type RemoveOptions = Command.Options<typeof config>

const removeFrom = (options: RemoveOptions, { jobs }: Database.Opened) =>
  Effect.gen(function* () {
    if (!options.pictures) return yield* jobs.remove(options.name)
    const store = yield* Store.of(options.store)
    yield* store.check
    return yield* jobs.removeWithPictures(options.name).pipe(
      Effect.provide(store.layer),
      Effect.catchTag("ImageStoreError", ({ message }) =>
        Effect.fail(
          new FileError({
            problem: `${message}.`,
            cost: "Nothing was billed.",
            advice: `The same command goes on. What is left of the pictures later: openrouter-images job sweep`
          })
        )
      )
    )
  })

export const remove = (options: RemoveOptions) =>
  Database.use(options, "fail", (opened) =>
    Effect.gen(function* () {
      const removed = yield* removeFrom(options, opened)
      if (options.json) return yield* Print.json(removed)
      yield* Print.rows([
        ["removed", `${removed.job}: ${pluralize(removed.items, "request")}`],
        [
          "pictures",
          options.pictures
            ? `${removed.pictures} removed; those put within the last hour stay until ${commandLine(opened.target, "sweep")}`
            : "all stay in the store"
        ]
      ])
    })
  )

export const command = Command.make({
  name: "remove",
  summary: "Remove a job that has ended: its requests, and what is known of them",
  usage: "[options] <NAME>",
  examples: ["openrouter-images job remove meadows", "openrouter-images job remove meadows --pictures"],
  config,
  run: remove
})

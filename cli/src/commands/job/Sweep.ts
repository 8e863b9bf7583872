/** `openrouter-images job sweep`: the files of a store that no job names. */
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { FileError, UsageError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import * as Print from "../../output/Print.js"
import { formatBytes, pluralize, sanitize } from "../../output/Text.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import * as JobOptions from "./JobOptions.js"
import * as Package from "./Package.js"
import * as Store from "./store/Store.js"

const config = {
  remove: Flag.toggle("remove", "Remove them; without it they are only listed"),
  olderThan: Flag.duration("older-than", "Only files that were put longer ago, an hour at least. Default: 1d"),
  store: JobOptions.store,
  database: JobOptions.database
}

/** The options as they were given. */
export type SweepOptions = Command.Options<typeof config>

const storeError = ({ message }: { readonly message: string }) =>
  new FileError({
    problem: `${message}.`,
    cost: "Nothing was billed.",
    advice: "Look at the store; the same command goes on."
  })

export const sweep = (options: SweepOptions) =>
  Database.use(options, "fail", ({ jobs }) =>
    Effect.gen(function* () {
      const { olderThan = Duration.days(1), remove } = options
      const { ImageStore } = yield* Package.jobs
      const store = yield* Store.of(options.store)
      yield* store.check
      const context = yield* Layer.build(store.layer)
      const images = Context.get(context, ImageStore.ImageStore)
      const putBefore = (yield* Clock.currentTimeMillis) - Duration.toMillis(olderThan)
      const { bytes, files } = yield* jobs.orphans({ olderThan }).pipe(
        Stream.provideContext(context),
        Stream.tap(({ reference }) => (remove ? images.remove(reference, putBefore) : Effect.void)),
        Stream.tap(({ reference }) => Console.log(sanitize(reference))),
        Stream.runFold({ files: 0, bytes: 0 }, (sum, { byteLength }) => ({
          files: sum.files + 1,
          bytes: sum.bytes + byteLength
        })),
        Effect.catchTags({
          ImageStoreError: (error) => Effect.fail(storeError(error)),
          InvalidOptionsError: () =>
            Effect.fail(
              new UsageError({
                problem: "--older-than must be an hour at least.",
                advice: "A younger file may belong to a request that is being sent."
              })
            )
        })
      )
      const what = `${pluralize(files, "file")} that no job names, ${formatBytes(bytes)}`
      yield* Print.note([
        [remove ? "removed" : "found", what],
        ...(files > 0 && !remove ? [["to remove", "the same command with --remove"] as const] : [])
      ])
    })
  )

export const command = Command.make({
  name: "sweep",
  summary: "List the pictures and temporary files that no job names, or remove them",
  usage: "[options]",
  examples: ["openrouter-images job sweep", "openrouter-images job sweep --older-than 30d --remove"],
  config,
  run: sweep
})

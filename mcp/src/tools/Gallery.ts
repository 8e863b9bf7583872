/** `gallery`: the pictures that are there. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Quote } from "effect-openrouter-images"
import * as Entry from "../../../cli/src/commands/gallery/Entry.js"
import * as Folder from "../../../cli/src/commands/gallery/Folder.js"
import { formatBytes, formatTime } from "../../../cli/src/output/Text.js"
import * as Report from "../drawing/Report.js"
import * as Unsaved from "../drawing/Unsaved.js"
import * as Folders from "../files/Folders.js"
import { Settings } from "../Settings.js"
import * as Words from "../Words.js"
import * as Tool from "./Tool.js"

/** As much of a prompt as tells pictures apart. */
const longestPrompt = 200

const describe = ({ byteSize, costUsd, created, dimensions, emulated, generationId, model, prompt }: Entry.Entry) =>
  [
    dimensions === undefined ? undefined : `${dimensions.width} x ${dimensions.height} pixels`,
    formatBytes(byteSize),
    costUsd === undefined ? undefined : Quote.formatUsd(costUsd) + (emulated ? " (emulated)" : ""),
    model,
    generationId,
    created === undefined ? undefined : formatTime(new Date(created * 1000)),
    prompt === undefined ? undefined : JSON.stringify(prompt.slice(0, longestPrompt))
  ]
    .filter((part) => part !== undefined)
    .join("; ")

/** When a picture was written, where it is one: a link that leads out of the folder is none. */
const writtenAt = (folder: string) => (name: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const file = yield* Folders.find(paths.join(folder, name), [folder])
    const { mtime } = yield* fs.stat(file)
    return { name, at: Option.match(mtime, { onNone: () => 0, onSome: (time) => time.getTime() }) }
  }).pipe(Effect.option)

/** What else is there may be made to be read for ever: a pipe, a device, a link to one. */
const readWithin =
  (folder: string): Folder.Reader<FileSystem.FileSystem | Path.Path> =>
  (path) =>
    Effect.mapError(Folders.readFile(path, [folder]), ({ problem }) => problem)

/** The names of the newest pictures, and how many pictures there are. */
const newest = (folder: string, most: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = (yield* Effect.orElseSucceed(fs.readDirectory(folder), () => [])).filter(Entry.isPictureName)
    const found = (yield* Effect.forEach(names, writtenAt(folder), { concurrency: 16 })).flatMap(Option.toArray)
    const sorted = [...found].sort((one, other) => other.at - one.at)
    return { names: sorted.slice(0, most).map(({ name }) => name), all: found.length }
  })

export const gallery = Tool.register({
  name: "gallery",
  title: "List the pictures",
  description:
    "Lists the pictures in the server's folder, the newest first: name, size, cost, model, generation, time and " +
    "prompt. `edit` and `references` take the names. Costs nothing.",
  readOnly: true,
  parameters: Schema.Struct({
    limit: Schema.optional(
      Schema.Number.pipe(Schema.int(), Schema.between(1, 100)).annotations({
        title: "Limit",
        description: "How many pictures at most. Default: 20"
      })
    )
  }),
  run: ({ limit = 20 }) =>
    Effect.gen(function* () {
      const { output } = yield* Settings
      const saved = Report.savedRows(yield* Unsaved.saveAgain)
      const { all, names } = yield* newest(output, limit)
      const entries = yield* Folder.readWith(readWithin(output), output, names)
      const more = all - names.length
      if (entries.length + saved.length === 0) return Report.text(`There are no pictures in ${output} yet.`)
      return Report.text(
        Words.lines([
          ...saved,
          ["folder", output],
          ...entries.map((entry) => [entry.file, describe(entry)] as const),
          ["more", more > 0 ? `${more} older ones` : undefined]
        ])
      )
    })
})

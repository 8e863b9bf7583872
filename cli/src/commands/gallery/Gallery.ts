/** `openrouter-images gallery`: a page with the pictures of a folder. */

import * as Args from "@effect/cli/Args"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { FileError, systemMessage } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import * as Print from "../../output/Print.js"
import * as Link from "../../terminal/Link.js"
import * as Opener from "../../terminal/Opener.js"
import type { Screen } from "../../terminal/Screen.js"
import * as Command from "../Command.js"
import * as Document from "./Document.js"
import * as Entry from "./Entry.js"
import * as Folder from "./Folder.js"
import * as Page from "./Page.js"
import * as Words from "./Words.js"

const config = {
  folder: Args.text({ name: "DIR" }).pipe(
    Args.withDescription("The folder with the pictures that `generate` or `batch` saved. Default: pictures"),
    Args.withDefault("pictures")
  ),
  out: Flag.text("out", "FILE", "Where to write the page. Default: index.html in the folder"),
  open: Flag.toggle("open", "Open the page in the system's default program, unless stdout is a pipe")
}

/** The options as they were given. */
export type GalleryOptions = Command.Options<typeof config>

const fileError = (problem: string, advice: string): FileError =>
  new FileError({ problem, cost: "Nothing was billed.", advice })

const readError = (folder: string) => (error: PlatformError) =>
  fileError(`${folder} cannot be read: ${systemMessage(error)}.`, "Name a folder with pictures.")

/** The pictures of a folder. */
const readEntries = (folder: string) =>
  FileSystem.FileSystem.pipe(
    Effect.flatMap((fs) => fs.readDirectory(folder)),
    Effect.mapError(readError(folder)),
    Effect.flatMap((names) => Folder.read(folder, names.filter(Entry.isPictureName)))
  )

/** Refuses to overwrite a file that is not a gallery. */
export const checkFree = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (!(yield* Effect.orElseSucceed(fs.exists(file), () => false))) return
    const text = yield* Effect.orElseSucceed(fs.readFileString(file), () => "")
    if (text.includes(Document.mark)) return
    yield* fileError(`${file} exists already, and is not a gallery.`, "Choose another file with --out.")
  })

/** Writes the page; `folder` as somebody would call it. */
export const gallery = ({
  folder,
  open,
  out
}: GalleryOptions): Effect.Effect<void, FileError, FileSystem.FileSystem | Path.Path | Screen | Opener.Opener> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const file = out ?? paths.join(folder, "index.html")
    const entries = yield* readEntries(folder)
    if (entries.length === 0) return yield* fileError(`${folder} contains no pictures.`, "Name a folder with pictures.")
    yield* checkFree(file)
    const from = paths.relative(paths.dirname(paths.resolve(file)), paths.resolve(folder))
    const pictures = entries.map((entry) => ({
      ...entry,
      src: Document.addressOf(paths.join(from, entry.file), paths.sep)
    }))
    yield* Effect.mapError(fs.writeFileString(file, Page.page(folder, pictures)), (error) =>
      fileError(`${file} cannot be written: ${systemMessage(error)}.`, "Choose another file with --out.")
    )
    yield* Link.print(file)
    yield* Print.note([["gallery", Words.summary(entries)]])
    if (open) yield* Opener.openFiles([file])
  })

export const command = Command.make({
  name: "gallery",
  summary: "Write a web page with the pictures of a folder",
  usage: "[options] [DIR]",
  stdout: "the path of the page on stdout",
  examples: ["openrouter-images gallery meadows --open", "openrouter-images gallery pictures --out sheet.html"],
  config,
  run: gallery
})

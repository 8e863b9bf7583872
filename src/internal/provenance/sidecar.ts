import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type { PictureMetadata } from "../../GeneratedImage.js"
import { isMissing } from "../image/fileError.js"
import { sidecarPath } from "../image/fileName.js"
import { writeWhole } from "../image/writeWhole.js"
import { namespace, withoutOurs } from "./own.js"

/** Whether other tools have added something. */
const hasMore = (packet: string): boolean => /:Description[\s>]/.test(packet)

/** The sidecar without the statement about the previous picture. None where nothing else is left. */
const clearPacket = (there: string): string | undefined => {
  const others = withoutOurs(there)
  return hasMore(others) && !others.includes(namespace) ? others : undefined
}

const changeFile = (fs: FileSystem.FileSystem, path: string, provenance: PictureMetadata | undefined) =>
  Effect.gen(function* () {
    const there = yield* Effect.catchIf(fs.readFileString(path), isMissing, () => Effect.succeed(undefined))
    const packet = provenance?.xmp(there)
    const text = packet ?? (there?.includes(namespace) ? clearPacket(there) : there)
    if (text === undefined && there !== undefined) yield* fs.remove(path)
    if (text !== undefined && text !== there) yield* writeWhole(fs, path, new TextEncoder().encode(text))
    if (provenance !== undefined && packet === undefined) yield* warn(path, "it cannot be put there")
  })

const warn = (path: string, problem: string): Effect.Effect<void> =>
  Effect.logWarning(`The picture is saved, but what it was made by is not in ${path}: ${problem}`)

/**
 * Writes the provenance of a saved picture beside it. With `undefined`, it makes sure that no provenance of another
 * picture is left there. The picture is already saved, so any failure is only a warning.
 */
export const writeSidecar = (
  fs: FileSystem.FileSystem,
  picture: string,
  provenance: PictureMetadata | undefined
): Effect.Effect<void> =>
  Effect.flatMap(sidecarPath(picture), (path) =>
    changeFile(fs, path, provenance).pipe(
      Effect.catchAll((error) => warn(path, error.message)),
      Effect.catchAllDefect(() => warn(path, "the file system broke down"))
    )
  )

/** The generations that a command line names: by their ids, or by pictures that they made. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type { FileError } from "../../failure/Failure.js"
import * as Picture from "../../options/Picture.js"

export interface Target {
  readonly generationId: string
  /** The pictures by which it was named. */
  readonly files: ReadonlyArray<string>
}

/** No id of OpenRouter's has a dot or a slash. */
const isPath = (name: string): boolean => /[./\\]/.test(name)

/** What is there is a file; so is what is written like one, and then its absence is the problem. */
const read = (name: string): Effect.Effect<Target, FileError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const isFile = isPath(name) || (yield* Effect.orElseSucceed(fs.exists(name), () => false))
    return isFile
      ? { generationId: yield* Picture.generationOf(name), files: [name] }
      : { generationId: name.trim(), files: [] }
  })

/** Each generation once: several pictures of one have one cost. */
const merge = (all: ReadonlyArray<Target>): ReadonlyArray<Target> => {
  const files = new Map<string, ReadonlyArray<string>>()
  for (const one of all) files.set(one.generationId, [...(files.get(one.generationId) ?? []), ...one.files])
  return Array.from(files, ([generationId, files]) => ({ generationId, files }))
}

/** The generations, in the order in which they are named first. */
export const readAll = (
  names: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<Target>, FileError, FileSystem.FileSystem> =>
  Effect.map(Effect.forEach(names, read), merge)

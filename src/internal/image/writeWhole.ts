/** Writes a file whole or not at all. */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { isTaken } from "./fileError.js"
import { byteLength, splitPath } from "./fileName.js"

/** Temporary names shorter than this have too few characters to differ. No file system has so low a limit. */
const shortest = 5
const longest = 16

/** Hidden, and without an extension, so that nothing takes it for a picture. It is no longer than the final name. */
const temporaryName = (name: string): Effect.Effect<string> => {
  const length = Math.min(longest, Math.max(shortest, byteLength(name)))
  const digits = Array.from({ length: length - 1 }, () => Random.nextIntBetween(0, 36))
  return Effect.map(Effect.all(digits), (all) => `.${all.map((digit) => digit.toString(36)).join("")}`)
}

/** Whether a name is that of an unfinished file. Programs also use `.tmp` for theirs. */
export const isUnfinished = (name: string): boolean => name.startsWith(".") || name.endsWith(".tmp")

/** Writes to a temporary file beside `target` and then renames it. A reader of `target` sees all of it or nothing. */
export const writeWhole = (
  fs: FileSystem.FileSystem,
  target: string,
  bytes: Uint8Array
): Effect.Effect<void, PlatformError> => {
  const [folder, name] = splitPath(target)
  const written = Effect.flatMap(temporaryName(name), (temporary) => {
    const path = folder + temporary
    const remove = Effect.ignore(fs.remove(path, { force: true }))
    return fs.writeFile(path, bytes, { flag: "wx" }).pipe(
      Effect.tapError((error) => (isTaken(error) ? Effect.void : remove)),
      Effect.onInterrupt(() => remove),
      Effect.zipRight(fs.rename(path, target).pipe(Effect.onError(() => remove)))
    )
  })
  return Effect.retry(written, { while: isTaken, times: 9 })
}

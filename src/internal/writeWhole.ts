/** A file that is there whole or not at all. */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

/** How the name of a file ends that is not finished. */
export const unfinished = ".tmp"

/** To a temporary file beside it that is then renamed: whoever reads `target` sees all of it or nothing. */
export const writeWhole = (
  fs: FileSystem.FileSystem,
  target: string,
  bytes: Uint8Array
): Effect.Effect<void, PlatformError> =>
  Effect.gen(function* () {
    const temporary = `${target}.${(yield* Random.nextIntBetween(0, 2 ** 31)).toString(36)}${unfinished}`
    yield* fs.writeFile(temporary, bytes, { flag: "wx" }).pipe(
      Effect.zipRight(fs.rename(temporary, target)),
      Effect.onError(() => Effect.ignore(fs.remove(temporary, { force: true })))
    )
  })

/**
 * A text in a file that any number of processes change, one at a time, each change written whole. The new text goes
 * into the file that holds the lock. Renaming that file to its target commits and releases in one step, which a holder
 * that has lost the lock cannot do.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Option from "effect/Option"
import { monotonicMillis } from "../concurrency/monotonic.js"
import { oneByOne } from "../concurrency/oneByOne.js"
import { orFail } from "../errors/orFail.js"
import { whereThere } from "../image/whereThere.js"
import * as Lock from "./fileLock.js"

export interface Failure {
  readonly message: string
}

/** Turns the text, or none where there is no file, into a result and the new text. */
export type Change<A> = (text: Option.Option<string>) => Either.Either<readonly [result: A, text: string], Failure>

export interface SharedFile {
  readonly path: string
  readonly change: <A>(change: Change<A>) => Effect.Effect<A, Failure>
}

/** Makes a rename survive a power cut. Not every system can sync a folder. */
const syncFolder = (fs: FileSystem.FileSystem, folder: string): Effect.Effect<void> =>
  Effect.ignore(Effect.scoped(Effect.flatMap(fs.open(folder, { flag: "r" }), (file) => file.sync)))

/** Writes the text into the file that holds the lock, and renames it to its target. */
const commit = (
  fs: FileSystem.FileSystem,
  own: string,
  target: string,
  text: string
): Effect.Effect<void, PlatformError> =>
  fs.open(own, { flag: "r+" }).pipe(
    Effect.flatMap((file) => Effect.zipRight(file.writeAll(new TextEncoder().encode(text)), file.sync)),
    Effect.scoped,
    Effect.zipRight(fs.rename(own, target))
  )

/** The change under the lock. None where the lock was lost before the commit, so that nothing has changed. */
const changeHeld = <A>(
  place: Lock.Place,
  own: string,
  target: string,
  change: Change<A>
): Effect.Effect<Option.Option<A>, PlatformError | Failure> =>
  Effect.gen(function* () {
    const { fs, parent } = place
    const before = yield* whereThere(fs.readFileString(target))
    const [result, after] = yield* Effect.suspend(() => orFail(change(before)))
    if (Option.contains(before, after)) return Option.some(result)
    const committed = yield* whereThere(commit(fs, own, target, after))
    if (Option.isSome(committed)) yield* syncFolder(fs, parent)
    return Option.as(committed, result)
  })

/** The path need not exist yet. Where it is a link, its target is what changes. */
export const make = (path: string): Effect.Effect<SharedFile, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const absolute = paths.resolve(path)
    const target = yield* Effect.orElseSucceed(fs.realPath(absolute), () => absolute)
    const parent = paths.dirname(target)
    const place: Lock.Place = { fs, parent, folder: `${target}.lock`, name: `${paths.basename(target)}.lock` }
    const once = <A>(since: number, change: Change<A>): Effect.Effect<Option.Option<A>, PlatformError | Failure> =>
      Effect.uninterruptibleMask((restore) =>
        Effect.acquireUseRelease(
          Lock.acquire(place, since, restore),
          (own) => changeHeld(place, own, target, change),
          (own) => Lock.release(place, own)
        )
      )
    const changed = <A>(since: number, change: Change<A>): Effect.Effect<A, PlatformError | Failure> =>
      Effect.flatMap(
        once(since, change),
        Option.match({
          onSome: Effect.succeed,
          onNone: () => Effect.zipRight(Lock.checkPatience(place, since), changed(since, change))
        })
      )
    return {
      path: target,
      change: (change) => Effect.flatMap(monotonicMillis, (since) => oneByOne(`file ${target}`)(changed(since, change)))
    }
  })

/**
 * A lock between processes, made of nothing but a folder.
 *
 * The holder has a file with a unique name in the folder. The lock is free while the folder is empty or missing. To
 * take it, a process prepares a folder that holds its own file and renames that over the lock's folder. The system lets
 * one of several such renames succeed, and none while there is a file in the lock's folder.
 *
 * To take over the lock of a dead process, remove its file by name. So no process can take another's lock by mistake,
 * and a process that was only asleep finds its file gone.
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import { monotonicMillis } from "../concurrency/monotonic.js"
import { isMissing } from "../image/fileError.js"
import { whereThere } from "../image/whereThere.js"

/** Work under the lock takes milliseconds. A holder that has not moved for this long is taken to be dead. */
const deadAfter = Duration.seconds(5)

/** The longest wait for the lock. */
const patience = Duration.seconds(30)

/** The longest pause between two looks at a held lock, in milliseconds. */
const longestPause = 20

/** Some systems do not rename a folder over an empty one. This many failures in a row show it. */
const mostTries = 3

/** Where the lock is. */
export interface Place {
  readonly fs: FileSystem.FileSystem
  /** The folder of the lock. `<folder>.<name>` is prepared beside it. */
  readonly folder: string
  /** The folder's name, and the folder that contains it. */
  readonly name: string
  readonly parent: string
}

/** The lock could not be taken in time. */
export interface Busy {
  readonly message: string
}

/** Does not use Effect's Random: a program may choose its seed, and another process the same one. */
const newName: Effect.Effect<string> = Effect.sync(() =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("")
)

const discard = ({ fs }: Place, path: string): Effect.Effect<void> =>
  Effect.ignore(fs.remove(path, { recursive: true, force: true }))

const holderOf = ({ folder, fs }: Place): Effect.Effect<string | undefined, PlatformError> =>
  Effect.map(whereThere(fs.readDirectory(folder)), (names) => Option.getOrUndefined(names)?.[0])

/**
 * Takes the lock that was free a moment ago, unless another process was faster. Returns the path of the file that holds
 * it, or why it failed.
 */
const take = (place: Place): Effect.Effect<Either.Either<string, string>, PlatformError> =>
  Effect.gen(function* () {
    const { folder, fs } = place
    const own = yield* newName
    const ready = `${folder}.${own}`
    yield* fs.makeDirectory(ready, { recursive: true })
    return yield* fs.writeFile(`${ready}/${own}`, new Uint8Array(), { flag: "wx" }).pipe(
      Effect.zipRight(Effect.either(fs.rename(ready, folder))),
      Effect.tap((won) => (Either.isRight(won) ? Effect.void : discard(place, ready))),
      Effect.map(Either.mapBoth({ onLeft: ({ message }) => message, onRight: () => `${folder}/${own}` })),
      Effect.onError(() => discard(place, ready)),
      // A process that took over another's lock has removed the prepared folder. The next try prepares it again.
      Effect.catchIf(isMissing, ({ message }) => Effect.succeed(Either.left(message)))
    )
  })

/** Frees the lock of a dead process. Also removes what others left behind that died before they had the lock. */
const free = (place: Place, holder: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { folder, fs, name, parent } = place
    yield* discard(place, `${folder}/${holder}`)
    const siblings = yield* Effect.orElseSucceed(fs.readDirectory(parent), (): Array<string> => [])
    const left = siblings.filter((sibling) => sibling.startsWith(`${name}.`))
    yield* Effect.forEach(left, (sibling) => discard(place, `${parent}/${sibling}`), { discard: true })
    yield* Effect.logWarning(`took over the lock ${folder}: its holder ${holder} did not move for 5 seconds`)
  })

const seconds = (millis: number): string => `${(millis / 1000).toFixed(1)} s`

/** Fails when the wait has lasted too long. */
export const checkPatience = (
  { folder }: Place,
  since: number,
  why = "changes hands before anything is done"
): Effect.Effect<void, Busy> =>
  Effect.flatMap(monotonicMillis, (now) =>
    now - since < Duration.toMillis(patience)
      ? Effect.void
      : Effect.fail({ message: `the lock ${folder} ${why}; waited ${seconds(now - since)} for it` })
  )

/**
 * Waits for the lock. `since` is when the wait began, on the monotonic clock. Returns the path of the file that holds
 * the lock. Run it uninterruptibly; `restore` makes the wait interruptible.
 */
export const acquire = (
  place: Place,
  since: number,
  restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
): Effect.Effect<string, PlatformError | Busy> =>
  Effect.gen(function* () {
    let held: { readonly by: string; readonly since: number } | undefined
    for (let tries = 0; ; ) {
      const now = yield* monotonicMillis
      const by = yield* holderOf(place)
      if (by === undefined) {
        held = undefined
        const taken = yield* take(place)
        if (Either.isRight(taken)) return taken.right
        tries += 1
        // A process that has taken the lock meanwhile notices that its file is gone, and starts over.
        if (tries % mostTries === 0) yield* discard(place, place.folder)
        yield* checkPatience(place, since, `cannot be taken: ${taken.left}`)
      } else {
        tries = 0
        held = held?.by === by ? held : { by, since: now }
        const still = now - held.since
        if (still >= Duration.toMillis(deadAfter)) {
          yield* free(place, by)
          held = undefined
        }
        yield* checkPatience(place, since, `has been held by ${by} for ${seconds(still)} at least`)
      }
      yield* restore(Effect.flatMap(Random.nextIntBetween(1, longestPause), (millis) => Effect.sleep(millis)))
    }
  })

/** Releases the lock. */
export const release = ({ fs }: Place, own: string): Effect.Effect<void> =>
  Effect.ignore(fs.remove(own, { force: true }))

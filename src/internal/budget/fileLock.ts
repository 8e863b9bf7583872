/**
 * A lock between processes, made of nothing but a folder.
 *
 * Who holds it has a file with a name of its own in the folder. The lock is free while the folder is empty or missing: a folder that holds the newcomer's
 * file is then renamed over it, which the system does for one of several, and for none while a file is within. Whoever takes a lock from the dead removes
 * their file by its name, so nobody can take the lock of another by mistake, and one who was only asleep finds the file gone.
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import { monotonicMillis } from "../concurrency/monotonic.js"

/** What is done under the lock takes milliseconds; a holder that has not moved for so long is taken to be dead. */
const deadAfter = Duration.seconds(5)

/** How long anybody waits for the lock. */
const patience = Duration.seconds(30)

/** Between two looks at a lock that is held, at most. */
const longestPause = 20

/** Some systems rename no folder over an empty one, which shows in so many tries in a row. */
const mostTries = 3

/** Where the lock is. */
export interface Place {
  readonly fs: FileSystem.FileSystem
  /** The folder of the lock; `<folder>.<name>` is made ready beside it. */
  readonly folder: string
  /** Its name, and the folder that it is in. */
  readonly name: string
  readonly parent: string
}

/** Nobody got it in time. */
export interface Busy {
  readonly message: string
}

const isMissing = (error: PlatformError): boolean => error._tag === "SystemError" && error.reason === "NotFound"

/** Nothing where the file is not there: not yet, or taken away by somebody who has taken over the lock. */
export const whereThere = <A>(
  effect: Effect.Effect<A, PlatformError>
): Effect.Effect<Option.Option<A>, PlatformError> =>
  Effect.catchIf(Effect.asSome(effect), isMissing, () => Effect.succeedNone)

/** Not of Effect's Random, for which a program may choose a seed, and another process the same. */
const newName: Effect.Effect<string> = Effect.sync(() =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("")
)

const discard = ({ fs }: Place, path: string): Effect.Effect<void> =>
  Effect.ignore(fs.remove(path, { recursive: true, force: true }))

const holderOf = ({ folder, fs }: Place): Effect.Effect<string | undefined, PlatformError> =>
  Effect.map(whereThere(fs.readDirectory(folder)), (names) => Option.getOrUndefined(names)?.[0])

/** Takes the lock that was free a moment ago, if nobody was faster: the path of the file that holds it, or why not. */
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
      // Somebody who took over the lock of another has cleared away what was made ready; it is made again.
      Effect.catchIf(isMissing, ({ message }) => Effect.succeed(Either.left(message)))
    )
  })

/** Frees the lock of the dead, and clears away what others have left that died before they had it. */
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

/** Fails where it has lasted too long. */
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
 * Waits for the lock, since a moment of the monotonic clock: the path of the file that holds it. To be run uninterruptibly; `restore` lets the waiting be
 * interrupted.
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
        // Whoever has taken it since notices that it is gone, and begins again.
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

/** Gives the lock back. */
export const release = ({ fs }: Place, own: string): Effect.Effect<void> =>
  Effect.ignore(fs.remove(own, { force: true }))

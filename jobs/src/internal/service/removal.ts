/** Removes jobs, and finds the pictures that none of them has. */
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ImageStoreError, InvalidOptionsError, JobNotEndedError, JobNotFoundError } from "../../Errors.js"
import type { ImageStore, StoredFile } from "../../ImageStore.js"
import type { OrphansOptions, Removed } from "../../Removal.js"
import { Jobs, type Service } from "./tag.js"

/**
 * Removes a job that has ended: its items, their outcomes, and all that is known of their attempts. Its name is free
 * again. Records of attempts whose billing is unknown are asked for no longer.
 *
 * The pictures stay, unless you say `pictures: true`: then those go that no other job has and that were put more than an
 * hour ago. `orphans` finds the rest later.
 *
 * @since 0.2.0
 * @category accessors
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Jobs } from "effect-openrouter-images-jobs"
 *
 * const program = Jobs.remove("catalogue").pipe(
 *   Effect.tap(({ items }) => Effect.log(`${items} items are gone`)),
 *   Effect.catchTag("JobNotEndedError", ({ message }) => Effect.logWarning(message))
 * )
 * ```
 */
export function remove(
  job: string,
  options?: { readonly pictures?: false | undefined }
): Effect.Effect<Removed, JobNotFoundError | JobNotEndedError | SqlError, Jobs>
export function remove(
  job: string,
  options: { readonly pictures: boolean }
): Effect.Effect<Removed, JobNotFoundError | JobNotEndedError | SqlError | ImageStoreError, Jobs | ImageStore>
export function remove(
  job: string,
  options?: { readonly pictures?: boolean | undefined }
): Effect.Effect<Removed, JobNotFoundError | JobNotEndedError | SqlError | ImageStoreError, Jobs | ImageStore> {
  return Effect.flatMap(Jobs, (jobs) => {
    const removed: ReturnType<Service["removeWithPictures"]> =
      options?.pictures === true ? jobs.removeWithPictures(job) : jobs.remove(job)
    return removed
  })
}

/**
 * The files of the store that no item of any job names, and what a worker left that died while it wrote. Pictures of
 * removed jobs are among them. It reads the outcomes of all jobs.
 *
 * @since 0.2.0
 * @category accessors
 * @example
 * ```ts
 * import { Clock, Effect, Stream } from "effect"
 * import { ImageStore, Jobs } from "effect-openrouter-images-jobs"
 *
 * const sweep = Effect.gen(function* () {
 *   const store = yield* ImageStore.ImageStore
 *   const anHourAgo = (yield* Clock.currentTimeMillis) - 3_600_000
 *   yield* Stream.runForEach(Jobs.orphans({ olderThan: "30 days" }), ({ reference }) => store.remove(reference, anHourAgo))
 * })
 * ```
 */
export const orphans = (
  options?: OrphansOptions
): Stream.Stream<StoredFile, InvalidOptionsError | SqlError | ImageStoreError, Jobs | ImageStore> =>
  Stream.unwrap(Effect.map(Jobs, (jobs) => jobs.orphans(options)))

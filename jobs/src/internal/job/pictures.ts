/** Which pictures of a store the database names, and which it does not. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { show } from "effect-openrouter-images/Issue"
import { type ImageStoreError, InvalidOptionsError } from "../../Errors.js"
import type { Outcome } from "../../Generation.js"
import { ImageStore, type StoredFile } from "../../ImageStore.js"
import { decodeOutcome } from "../attempt/outcomeText.js"
import { millisOf } from "../duration.js"

/** How many attempts are read at once. */
const batchSize = 1_000

interface AttemptRow {
  readonly item: string
  readonly round: number
  readonly attempt: number
  readonly outcome: string
}

type Which = (sql: SqlClient.SqlClient) => Fragment

/** The outcomes of attempts, in batches. */
const outcomes = (which: Which): Stream.Stream<string, SqlError, SqlClient.SqlClient> =>
  Stream.paginateEffect({ item: "", round: 0, attempt: 0 }, ({ attempt, item, round }) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql<AttemptRow>`
        SELECT attempts.item, attempts.round, attempts.attempt, attempts.outcome
        FROM images_attempts attempts LEFT JOIN images_items items ON items.id = attempts.item
        WHERE (attempts.item, attempts.round, attempts.attempt) > (${item}, ${round}, ${attempt})
          AND attempts.outcome IS NOT NULL AND ${which(sql)}
        ORDER BY attempts.item, attempts.round, attempts.attempt LIMIT ${batchSize}`
      const last = rows.length < batchSize ? undefined : rows.at(-1)
      return [rows.map(({ outcome }) => outcome), Option.fromNullable(last)] as const
    })
  ).pipe(Stream.flattenIterables)

/** The start of a picture's SHA-256 as a number: a set of a million takes tens of megabytes. */
const shorten = (sha256: string): number => Number.parseInt(sha256.slice(0, 13), 16)

/** The pictures that these attempts name. Two with the same start count as one, so a name too many is taken. */
const namesOf = (which: Which): Effect.Effect<ReadonlySet<number>, SqlError, SqlClient.SqlClient> =>
  Stream.runFold(outcomes(which), new Set<number>(), (names, outcome) => {
    for (const [sha256] of outcome.matchAll(/[0-9a-f]{64}/g)) names.add(shorten(sha256))
    return names
  })

/** A picture that was put within this time stays: another job may have made the same one at this very moment. */
const minAgeMillis = 3_600_000

const ageOf = (olderThan: Duration.DurationInput): Effect.Effect<number, InvalidOptionsError> => {
  const millis = millisOf(olderThan)
  const message = `must be a duration of at least an hour, got ${show(olderThan)}`
  return millis >= minAgeMillis
    ? Effect.succeed(millis)
    : Effect.fail(new InvalidOptionsError({ issues: [{ path: ["olderThan"], message }] }))
}

/** At the root of the store alone: a bucket may hold other stores in its folders. */
const hashIn = (reference: string): string | undefined => /^([0-9a-f]{2})\/(\1[0-9a-f]{62})\.\w+$/.exec(reference)?.[2]

/**
 * The pictures of a store that no attempt names, and what a worker left that died while it wrote, older than this. A
 * younger one may belong to an attempt that has not ended. Files of another kind are not a store's.
 */
export const orphans = (
  olderThan: Duration.DurationInput
): Stream.Stream<StoredFile, InvalidOptionsError | SqlError | ImageStoreError, SqlClient.SqlClient | ImageStore> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const store = yield* ImageStore
      const putBefore = (yield* Clock.currentTimeMillis) - (yield* ageOf(olderThan))
      const names = yield* namesOf((sql) => sql`1 = 1`)
      return Stream.filter(store.list, ({ isTemporary, putAt, reference }) => {
        const sha256 = hashIn(reference)
        return putAt < putBefore && (isTemporary || (sha256 !== undefined && !names.has(shorten(sha256))))
      })
    })
  )

const picturesOf = (outcome: Outcome) => (outcome._tag === "Made" ? outcome.generation.pictures : outcome.pictures)

/** Removes the pictures of a job that no other job has. Gives how many they were. */
export const removePictures = (
  job: string
): Effect.Effect<number, SqlError | ImageStoreError, SqlClient.SqlClient | ImageStore> =>
  Effect.gen(function* () {
    const store = yield* ImageStore
    const putBefore = (yield* Clock.currentTimeMillis) - minAgeMillis
    const others = yield* namesOf((sql) => sql`(items.job IS NULL OR items.job <> ${job})`)
    return yield* outcomes((sql) => sql`items.job = ${job}`).pipe(
      Stream.mapConcat((text) => picturesOf(decodeOutcome(text))),
      Stream.filter(({ sha256 }) => !others.has(shorten(sha256))),
      Stream.mapEffect(({ reference }) => store.remove(reference, putBefore), { concurrency: 8 }),
      Stream.runFold(0, (count, removed) => (removed ? count + 1 : count))
    )
  })

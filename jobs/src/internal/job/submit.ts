/** Requests on their way into a job. */
import type * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Arr from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidRequestError, type Issue } from "effect-openrouter-images/Errors"
import { ImageGenerationRequest } from "effect-openrouter-images/Schema"
import { JobCancelledError } from "../../Errors.js"
import { encodeRequest } from "../items/claims.js"
import { contentHash, itemId } from "../items/request.js"

export interface SubmitOptions {
  /** The job's name. */
  readonly job: string
  /**
   * What the job may cost in US dollars, over all workers: what a request may cost at most is set aside before it is sent, and where that does not fit the
   * item fails with BudgetExceededError. Given anew it replaces the one before; what is under way without one is counted when it is answered. Default: no limit. One that is negative, not a
   * number or infinite fails the submission with InvalidRequestError.
   */
  readonly limitUsd?: number | undefined
}

export interface Submitted {
  readonly job: string
  /** How many requests were submitted. */
  readonly requests: number
  /** How many of them the job did not have yet. */
  readonly added: number
}

/** Rows of one statement: few enough for the parameters that any database takes. */
const batch = 200

const encode = Schema.encodeEither(ImageGenerationRequest, { errors: "all", onExcessProperty: "preserve" })

const same = (one: Issue, other: Issue): boolean =>
  one.message === other.message && one.path.join() === other.path.join()

/** NaN, which a setting that is missing becomes, would be no limit at all, and so would what is infinite. */
const checkLimit = ({ limitUsd }: SubmitOptions): Effect.Effect<void, InvalidRequestError> =>
  limitUsd === undefined || (limitUsd >= 0 && limitUsd < Number.POSITIVE_INFINITY)
    ? Effect.void
    : Effect.fail(
        new InvalidRequestError({
          operation: "generate",
          issues: [
            { path: ["limitUsd"], message: `must be a finite number of US dollars, at least 0, got ${limitUsd}` }
          ]
        })
      )

/** A fault is the submission's, and its path begins with the request's position. */
const check = (
  request: ImageGenerationRequest,
  position: number
): Effect.Effect<ImageGenerationRequest, InvalidRequestError> =>
  Either.match(encode(request), {
    onRight: () => Effect.succeed(request),
    onLeft: (error) => {
      const issues = ParseResult.ArrayFormatter.formatErrorSync(error)
        .filter(({ message }) => message !== "")
        .map(
          ({ message, path }): Issue => ({
            path: [position, ...path.map((part) => (typeof part === "number" ? part : String(part)))],
            message: message.slice(0, 250)
          })
        )
      return Effect.fail(new InvalidRequestError({ operation: "generate", issues: Arr.dedupeWith(issues, same) }))
    }
  })

const open = (sql: SqlClient.SqlClient, { job, limitUsd }: SubmitOptions) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    yield* sql`INSERT INTO images_jobs ${sql.insert({
      job,
      created_at: now,
      whole: 0,
      cancelled: 0,
      limit_usd: limitUsd ?? null,
      spent_usd: 0,
      reserved_usd: 0
    })} ON CONFLICT (job) DO UPDATE SET whole = images_jobs.cancelled`
    if (limitUsd !== undefined) yield* sql`UPDATE images_jobs SET limit_usd = ${limitUsd} WHERE job = ${job}`
  })

const refuseCancelled = (sql: SqlClient.SqlClient, job: string) =>
  Effect.flatMap(sql`SELECT job FROM images_jobs WHERE job = ${job} AND cancelled <> 0`, (rows) =>
    rows.length === 0 ? Effect.void : Effect.fail(new JobCancelledError({ job }))
  )

interface Incoming {
  readonly request: ImageGenerationRequest
  readonly position: number
  readonly hash: string
}

/** Which one of the equal requests of this submission each is. The count is kept in the database, so that the memory stays flat. */
const numbered = (sql: SqlClient.SqlClient, pass: string, incoming: ReadonlyArray<Incoming>) =>
  Effect.gen(function* () {
    const times = new Map<string, number>()
    const turns = incoming.map(({ hash }) => {
      const before = times.get(hash) ?? 0
      times.set(hash, before + 1)
      return before
    })
    const rows = Array.from(times, ([hash, count]) => ({ pass, hash, times: count }))
    const totals = yield* sql<{ readonly hash: string; readonly times: number }>`
      INSERT INTO images_passes ${sql.insert(rows)}
      ON CONFLICT (pass, hash) DO UPDATE SET times = images_passes.times + excluded.times
      RETURNING hash, times`
    const earlier = new Map(totals.map(({ hash, times: total }) => [hash, total - (times.get(hash) ?? 0)]))
    return incoming.map((each, i) => ({ ...each, turn: (earlier.get(each.hash) ?? 0) + (turns[i] ?? 0) }))
  })

const insert = (sql: SqlClient.SqlClient, job: string, pass: string, incoming: ReadonlyArray<Incoming>) =>
  Effect.gen(function* () {
    // Writes first: SQLite refuses to write after it has read what a worker in another process has changed since.
    const items = yield* numbered(sql, pass, incoming)
    yield* refuseCancelled(sql, job)
    const rows = items.map(({ hash, position, request, turn }) => ({
      id: itemId(job, hash, turn),
      job,
      position,
      turn,
      round: 0,
      request: encodeRequest(request),
      state: "waiting",
      claims: 0,
      pictures: 0
    }))
    const added = yield* sql`INSERT INTO images_items ${sql.insert(rows)} ON CONFLICT (id) DO NOTHING RETURNING id`
    return added.length
  }).pipe(sql.withTransaction)

const asStream = <E, R>(
  requests: Iterable<ImageGenerationRequest> | Stream.Stream<ImageGenerationRequest, E, R>
): Stream.Stream<ImageGenerationRequest, E, R> =>
  Stream.StreamTypeId in requests
    ? (requests as Stream.Stream<ImageGenerationRequest, E, R>)
    : Stream.fromIterable(requests)

export const submitted = <E, R>(
  sql: SqlClient.SqlClient,
  requests: Iterable<ImageGenerationRequest> | Stream.Stream<ImageGenerationRequest, E, R>,
  options: SubmitOptions
): Effect.Effect<Submitted, E | InvalidRequestError | JobCancelledError | SqlError, R> =>
  Effect.gen(function* () {
    const { job } = options
    const pass = crypto.randomUUID()
    yield* checkLimit(options)
    yield* refuseCancelled(sql, job)
    yield* open(sql, options)
    const counted = yield* asStream(requests).pipe(
      Stream.zipWithIndex,
      Stream.mapEffect(([request, position]) =>
        Effect.gen(function* () {
          const checked = yield* check(request, position)
          return { request: checked, position, hash: yield* contentHash(checked) }
        })
      ),
      Stream.grouped(batch),
      Stream.mapEffect((chunk) =>
        Effect.map(insert(sql, job, pass, Chunk.toReadonlyArray(chunk)), (added) => ({ added, requests: chunk.length }))
      ),
      Stream.runFold({ added: 0, requests: 0 }, (sum, each) => ({
        added: sum.added + each.added,
        requests: sum.requests + each.requests
      })),
      Effect.ensuring(Effect.ignore(sql`DELETE FROM images_passes WHERE pass = ${pass}`))
    )
    yield* sql`UPDATE images_jobs SET whole = 1 WHERE job = ${job}`
    return { job, ...counted }
  }).pipe(Effect.withSpan("Jobs.submit", { attributes: { job: options.job } }))

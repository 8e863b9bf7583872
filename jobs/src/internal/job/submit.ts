/** Puts requests into a job. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Arr from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidRequestError, type Issue } from "effect-openrouter-images/Errors"
import { show } from "effect-openrouter-images/Issue"
import { ImageGenerationRequest } from "effect-openrouter-images/Schema"
import { JobCancelledError } from "../../Errors.js"
import type { SubmitOptions, Submitted } from "../../Submission.js"
import { millisOf } from "../duration.js"
import { encodeRequest, hashRequest, itemId } from "../items/request.js"
import { currentTrace } from "../monitor/trace.js"
import { lockForChange } from "./permission.js"
import { makeRoom } from "./remove.js"
import * as Submissions from "./submissions.js"

/** Rows of one statement: few enough for the parameters that any database takes. */
const batchSize = 200

const encode = Schema.encodeEither(ImageGenerationRequest, { errors: "all", onExcessProperty: "preserve" })

const isSameIssue = (one: Issue, other: Issue): boolean =>
  one.message === other.message && one.path.join() === other.path.join()

/** NaN, which a missing setting easily becomes, would be no limit at all, nor would infinity. */
const limitIssues = (limitUsd = 0): ReadonlyArray<Issue> =>
  limitUsd >= 0 && limitUsd < Number.POSITIVE_INFINITY
    ? []
    : [{ path: ["limitUsd"], message: `must be a finite number of US dollars, at least 0, got ${show(limitUsd)}` }]

const priorityIssues = (priority = 1): ReadonlyArray<Issue> =>
  priority > 0 && priority < Number.POSITIVE_INFINITY
    ? []
    : [{ path: ["priority"], message: `must be a finite number above 0, got ${show(priority)}` }]

const deadlineIssues = (deadline: unknown = Duration.infinity): ReadonlyArray<Issue> =>
  millisOf(deadline) > 0
    ? []
    : [{ path: ["deadline"], message: `must be a duration above zero, such as "2 hours", got ${show(deadline)}` }]

const checkOptions = ({ deadline, limitUsd, priority }: SubmitOptions): Effect.Effect<void, InvalidRequestError> => {
  const issues = [...limitIssues(limitUsd), ...priorityIssues(priority), ...deadlineIssues(deadline)]
  return issues.length === 0 ? Effect.void : Effect.fail(new InvalidRequestError({ operation: "generate", issues }))
}

/** Fails with every fault of a request. Their paths begin with the request's position. */
const checkRequest = (
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
      return Effect.fail(
        new InvalidRequestError({ operation: "generate", issues: Arr.dedupeWith(issues, isSameIssue) })
      )
    }
  })

const openJob = (sql: SqlClient.SqlClient, { job, limitUsd, priority }: SubmitOptions) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    yield* sql`INSERT INTO images_jobs ${sql.insert({
      job,
      created_at: now,
      whole: 0,
      cancelled: 0,
      limit_usd: limitUsd ?? null,
      priority: priority ?? 1,
      spent_usd: 0,
      reserved_usd: 0
    })} ON CONFLICT (job) DO UPDATE SET whole = images_jobs.cancelled, completed = 0, ended_at = NULL`
    if (priority !== undefined) yield* sql`UPDATE images_jobs SET priority = ${priority} WHERE job = ${job}`
    if (limitUsd === undefined) return
    yield* lockForChange(job)
    yield* sql`UPDATE images_jobs SET limit_usd = ${limitUsd} WHERE job = ${job}`
  }).pipe(sql.withTransaction, Effect.provideService(SqlClient.SqlClient, sql))

const failIfCancelled = (sql: SqlClient.SqlClient, job: string) =>
  Effect.flatMap(sql`SELECT job FROM images_jobs WHERE job = ${job} AND cancelled <> 0`, (rows) =>
    rows.length === 0 ? Effect.void : Effect.fail(new JobCancelledError({ job }))
  )

interface Incoming {
  readonly request: ImageGenerationRequest
  readonly position: number
  readonly line: number | undefined
  readonly hash: string
}

/**
 * Numbers the equal requests of a submission (`pass`). The counts are kept in the database, so that the memory stays
 * flat.
 */
const numberEqual = (sql: SqlClient.SqlClient, pass: string, incoming: ReadonlyArray<Incoming>) =>
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

/** What all items of a submission have in common. */
interface Common {
  readonly job: string
  readonly pass: string
  readonly deadline_at: number | null
  readonly trace: string | null
}

const insertItems = (sql: SqlClient.SqlClient, common: Common, incoming: ReadonlyArray<Incoming>) =>
  Effect.gen(function* () {
    const { job, pass, ...columns } = common
    // The writes come first: SQLite refuses to write after it has read what another process has changed since.
    const items = yield* numberEqual(sql, pass, incoming)
    yield* failIfCancelled(sql, job)
    const [opened] = yield* sql<{ readonly first_round: number }>`
      SELECT first_round FROM images_jobs WHERE job = ${job}`
    const rows = items.map(({ hash, line, position, request, turn }) => ({
      id: itemId(job, hash, turn),
      job,
      position,
      line: line ?? null,
      turn,
      round: opened?.first_round ?? 0,
      request: encodeRequest(request),
      state: "waiting",
      claims: 0,
      pictures: 0,
      ...columns
    }))
    const added = yield* sql`INSERT INTO images_items ${sql.insert(rows)} ON CONFLICT (id) DO NOTHING RETURNING id`
    return added.length
  }).pipe(sql.withTransaction)

const toStream = <E, R>(
  requests: Iterable<ImageGenerationRequest> | Stream.Stream<ImageGenerationRequest, E, R>
): Stream.Stream<ImageGenerationRequest, E, R> =>
  Stream.StreamTypeId in requests
    ? (requests as Stream.Stream<ImageGenerationRequest, E, R>)
    : Stream.fromIterable(requests)

export const submit = <E, R>(
  sql: SqlClient.SqlClient,
  requests: Iterable<ImageGenerationRequest> | Stream.Stream<ImageGenerationRequest, E, R>,
  options: SubmitOptions
): Effect.Effect<Submitted, E | InvalidRequestError | JobCancelledError | SqlError, R> =>
  Effect.gen(function* () {
    const { job } = options
    const pass = crypto.randomUUID()
    yield* checkOptions(options)
    yield* Effect.provideService(makeRoom(job), SqlClient.SqlClient, sql)
    yield* failIfCancelled(sql, job)
    yield* openJob(sql, options)
    const { deadline, lineOf } = options
    const now = yield* Clock.currentTimeMillis
    const common: Common = {
      job,
      pass,
      deadline_at: deadline === undefined ? null : now + Duration.toMillis(deadline),
      trace: yield* currentTrace
    }
    const counted = yield* toStream(requests).pipe(
      Stream.zipWithIndex,
      Stream.mapEffect(([request, position]) =>
        Effect.gen(function* () {
          const checked = yield* checkRequest(request, position)
          return { request: checked, position, line: lineOf?.(request), hash: yield* hashRequest(checked) }
        })
      ),
      Stream.grouped(batchSize),
      Stream.mapEffect((chunk) =>
        Effect.map(insertItems(sql, common, Chunk.toReadonlyArray(chunk)), (added) => ({
          added,
          requests: chunk.length
        }))
      ),
      Stream.runFold({ added: 0, requests: 0 }, (sum, each) => ({
        added: sum.added + each.added,
        requests: sum.requests + each.requests
      })),
      Effect.ensuring(Effect.ignore(sql`DELETE FROM images_passes WHERE pass = ${pass}`)),
      Submissions.whileUnderWay(sql, job, pass)
    )
    yield* Effect.provideService(Submissions.complete(job, pass), SqlClient.SqlClient, sql)
    return { job, ...counted }
  }).pipe(Effect.withSpan("Jobs.submit", { attributes: { "openrouter.job.name": options.job } }))

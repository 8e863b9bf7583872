/** What viewers of a page are told. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { JobNotFoundError } from "../../Errors.js"
import type { Item } from "../items/queries.js"
import { withPace } from "../job/pace.js"
import { allOf, type Progress, statusOf } from "../job/progress.js"
import { causesOf } from "./causes.js"
import { looking, type Watch } from "./feed.js"
import { itemsIn, type Window } from "./items.js"
import type { Failures } from "./models.js"
import { cards, causesShown, listParts, type Parts, paged } from "./page.js"
import { announced, type Seen, summary, titleOf } from "./summary.js"

/** How many cards a page has. */
export const pageSize = 24

const latest: Window = { limit: pageSize }

const told = (title: string, announced: string, parts: Parts, more: object = {}): string =>
  JSON.stringify({
    ...more,
    title,
    announced,
    parts: Object.fromEntries(Object.entries(parts).map(([id, { html }]) => [id, html]))
  })

/** What was seen last, and is only looked for again when the counts say that it is another. */
interface Known {
  readonly progress: Progress | undefined
  readonly items: ReadonlyArray<Item>
  readonly causes: ReadonlyArray<Failures>
  /** When the causes were counted. */
  readonly countedAt: number
}

const unknown: Known = { progress: undefined, items: [], causes: [], countedAt: Number.NEGATIVE_INFINITY }

/** Counting the causes reads every item that failed. */
const countedEvery = 5_000

const counts = ["done", "failed", "undecided", "cancelled", "unknown"] as const

const isOther = (before: Progress | undefined, now: Progress): boolean =>
  before === undefined || counts.some((each) => before[each] !== now[each])

const refreshed = (known: Known, seen: Progress) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const items = isOther(known.progress, seen) ? yield* itemsIn(seen.job, latest) : known.items
    const isStale = seen.failed !== known.causes.reduce((sum, { items }) => sum + items, 0)
    const isDue = isStale && (seen.finished || now - known.countedAt >= countedEvery)
    const causes = isDue ? yield* causesOf(seen.job) : known.causes
    return { progress: seen, items, causes, countedAt: isDue ? now : known.countedAt } satisfies Known
  })

/** A Duration is no JSON. */
const progressOf = ({ remaining, ...progress }: Seen): object => ({
  ...progress,
  ...(remaining === undefined ? {} : { remainingSeconds: Math.round(Duration.toSeconds(remaining)) })
})

const newsOf = (seen: Seen, { causes, items }: Known): string =>
  told(
    titleOf(seen),
    announced(seen),
    {
      summary: summary(seen),
      causes: causesShown(causes),
      items: cards(seen.job, items),
      pages: paged(seen.job, items, latest)
    },
    { progress: progressOf(seen) }
  )

/** Of one job. */
export const ofJob = (job: string, sql: SqlClient.SqlClient): Watch<JobNotFoundError | SqlError> =>
  looking(statusOf(job)).pipe(
    withPace,
    Stream.mapAccumEffect(unknown, (known, seen) =>
      Effect.map(refreshed(known, seen), (next) => [next, newsOf(seen, next)] as const)
    ),
    Stream.provideService(SqlClient.SqlClient, sql)
  )

/** Of all jobs. */
export const ofAll = (sql: SqlClient.SqlClient): Watch<SqlError> =>
  looking(allOf).pipe(
    Stream.map((jobs) => told("Jobs", "", listParts(jobs))),
    Stream.provideService(SqlClient.SqlClient, sql)
  )

/** The updates of a page: the parts that have changed, as HTML within JSON. */
import type { SqlError } from "@effect/sql/SqlError"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type JobErrors, Jobs } from "effect-openrouter-images-jobs"
import { historyIntervalMillis, readHistory } from "../history.js"
import { type Failures, failuresOf } from "../http/models.js"
import { charts } from "../page/chart.js"
import { cards, failureList, listParts, type Parts, pagination } from "../page/page.js"
import { announcementOf, type Snapshot, summary, titleOf } from "../page/summary.js"
import { pageOptionsOf, pageSize, type Window } from "../window.js"
import { poll } from "./feed.js"

const latest: Window = { limit: pageSize }

const encodeUpdate = (title: string, announcement: string, parts: Parts, more: object = {}): string =>
  JSON.stringify({
    ...more,
    title,
    announced: announcement,
    parts: Object.fromEntries(Object.entries(parts).map(([id, { html }]) => [id, html]))
  })

/** What was read last. It is read again only when the counts say that it has changed. */
interface Known {
  readonly progress: Jobs.Progress
  readonly items: ReadonlyArray<Jobs.Item>
  readonly failures: ReadonlyArray<Failures>
  readonly failuresReadAt: number
  readonly history: Jobs.History
  readonly historyReadAt: number
}

/** How often failures are read at most: that reads every item that failed. */
const failuresIntervalMillis = 5_000

const counts = ["done", "failed", "undecided", "unsettled", "cancelled", "unknown"] as const

const hasChanged = (before: Jobs.Progress, now: Jobs.Progress): boolean =>
  counts.some((each) => before[each] !== now[each])

const sumOf = (failures: ReadonlyArray<Failures>): number => failures.reduce((sum, { items }) => sum + items, 0)

/** Whether items have failed since, or were settled. */
const areStale = (failures: ReadonlyArray<Failures>, { failed, unknown }: Jobs.Progress): boolean =>
  failed !== sumOf(failures) || unknown !== sumOf(failures.filter(({ billing }) => billing === "unknown"))

/** The history of an open job gets longer even where nothing comes of it. */
const isHistoryDue = (known: Known, progress: Jobs.Progress, now: number): boolean =>
  progress.finished
    ? !known.progress.finished || hasChanged(known.progress, progress) || known.progress.spentUsd !== progress.spentUsd
    : now - known.historyReadAt >= historyIntervalMillis(known.history)

const areFailuresDue = (known: Known | undefined, progress: Jobs.Progress, now: number): boolean =>
  areStale(known?.failures ?? [], progress) &&
  (known === undefined || progress.finished || now - known.failuresReadAt >= failuresIntervalMillis)

const refresh = (jobs: Jobs.Service, known: Known | undefined, progress: Jobs.Progress) =>
  Effect.gen(function* () {
    const { job } = progress
    const now = yield* Clock.currentTimeMillis
    const haveChanged = known === undefined || hasChanged(known.progress, progress)
    const items = haveChanged ? yield* jobs.page(job, pageOptionsOf(job, latest)) : known.items
    const failures = areFailuresDue(known, progress, now)
      ? { failures: (yield* jobs.failures(job)).map(failuresOf), failuresReadAt: now }
      : { failures: known?.failures ?? [], failuresReadAt: known?.failuresReadAt ?? now }
    const history =
      known === undefined || isHistoryDue(known, progress, now)
        ? { history: yield* readHistory(jobs, job), historyReadAt: now }
        : { history: known.history, historyReadAt: known.historyReadAt }
    return { progress, items, ...failures, ...history } satisfies Known
  })

/** The snapshot as JSON, which has no Duration. */
const toJson = ({ remaining, ...progress }: Snapshot): object => ({
  ...progress,
  ...(remaining === undefined ? {} : { remainingSeconds: Math.round(Duration.toSeconds(remaining)) })
})

const updateOf = (snapshot: Snapshot, { failures, history, items }: Known): string =>
  encodeUpdate(
    titleOf(snapshot),
    announcementOf(snapshot),
    {
      summary: summary(snapshot),
      causes: failureList(failures),
      charts: charts(history, snapshot.finished),
      items: cards(snapshot.job, items),
      pages: pagination(snapshot.job, items, latest)
    },
    { progress: toJson(snapshot) }
  )

/** The updates of one job's page. */
export const watchJob = (
  jobs: Jobs.Service,
  job: string
): Stream.Stream<string, JobErrors.JobNotFoundError | SqlError> =>
  poll(jobs.status(job)).pipe(
    Jobs.withPace,
    Stream.mapAccumEffect(undefined as Known | undefined, (known, snapshot) =>
      Effect.map(refresh(jobs, known, snapshot), (next) => [next, updateOf(snapshot, next)] as const)
    )
  )

/** The updates of the page of all jobs. */
export const watchJobs = (jobs: Jobs.Service): Stream.Stream<string, SqlError> =>
  Stream.map(poll(jobs.list), (all) => encodeUpdate("Jobs", "", listParts(all)))

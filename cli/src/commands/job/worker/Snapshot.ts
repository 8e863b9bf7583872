/** A snapshot of the jobs, and what has changed since the last one. */
import type { Jobs } from "effect-openrouter-images-jobs"
import * as ProgressText from "../ProgressText.js"
import * as SettlementText from "../SettlementText.js"

type Progress = Jobs.Progress

/** What is known from earlier snapshots. */
export interface History {
  /** The jobs that ended before this worker came, and have not been reopened: it does not report them. */
  readonly past: ReadonlySet<string>
  /** The last text about each job. */
  readonly texts: ReadonlyMap<string, string>
  readonly undecided: number
  /** When something changed for the last time. */
  readonly changedAt: number
}

export interface Snapshot {
  readonly history: History
  /** The jobs that this worker is about. */
  readonly jobs: ReadonlyArray<Progress>
  /** What has changed, in the order of the jobs. */
  readonly changed: ReadonlyArray<Progress>
  /** How many more items wait for a decision than before. */
  readonly newlyUndecided: number
}

const wordsOf = (progress: Progress): string => ProgressText.format(progress)

const sum = (jobs: ReadonlyArray<Progress>, of: (progress: Progress) => number): number =>
  jobs.reduce((total, progress) => total + of(progress), 0)

export const begin = (now: number): History => ({ past: new Set(), texts: new Map(), undecided: 0, changedAt: now })

/** Takes a snapshot; the first one finds the jobs that ended before. */
export const take = (history: History, all: ReadonlyArray<Progress>, now: number, isFirst: boolean): Snapshot => {
  const past = new Set(
    all.filter(({ finished, job }) => finished && (isFirst || history.past.has(job))).map(({ job }) => job)
  )
  const jobs = all.filter(({ job }) => !past.has(job))
  const changed = jobs.filter((progress) => history.texts.get(progress.job) !== wordsOf(progress))
  const undecided = sum(jobs, ({ undecided }) => undecided)
  return {
    jobs,
    changed,
    newlyUndecided: undecided - history.undecided,
    history: {
      past,
      undecided,
      texts: new Map(jobs.map((progress) => [progress.job, wordsOf(progress)])),
      changedAt: changed.length > 0 ? now : history.changedAt
    }
  }
}

/** A submission that adds nothing for so long was interrupted. */
const patience = 30_000

/** What waits in a job that somebody has paused is not for now. */
const leftOf = ({ paused, running, unsettled, waiting }: Progress): number =>
  running + unsettled + (paused?.by === "user" ? 0 : waiting)

/** Whether nothing is left to do now; a running submission may bring more. */
export const isIdle = ({ jobs, history }: Snapshot, now: number): boolean =>
  sum(jobs, leftOf) === 0 && (!jobs.some(({ submitting }) => submitting) || now - history.changedAt > patience)

/** All jobs as one. */
export const total = (jobs: ReadonlyArray<Progress>): Progress => ({
  job: "",
  total: sum(jobs, ({ total }) => total),
  waiting: sum(jobs, ({ waiting }) => waiting),
  running: sum(jobs, ({ running }) => running),
  undecided: sum(jobs, ({ undecided }) => undecided),
  unsettled: sum(jobs, ({ unsettled }) => unsettled),
  done: sum(jobs, ({ done }) => done),
  failed: sum(jobs, ({ failed }) => failed),
  cancelled: sum(jobs, ({ cancelled }) => cancelled),
  unknown: sum(jobs, ({ unknown }) => unknown),
  pictures: sum(jobs, ({ pictures }) => pictures),
  spentUsd: sum(jobs, ({ spentUsd }) => spentUsd),
  emulatedUsd: sum(jobs, ({ emulatedUsd }) => emulatedUsd),
  reservedUsd: sum(jobs, ({ reservedUsd }) => reservedUsd),
  limitUsd: undefined,
  settlements: SettlementText.total(jobs.map(({ settlements }) => settlements)),
  paused: undefined,
  submitting: jobs.some(({ submitting }) => submitting),
  finished: jobs.every(({ finished }) => finished)
})

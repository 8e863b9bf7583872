/** What a worker has to say of the jobs, from one look at them to the next. */
import type { Jobs } from "effect-openrouter-images-jobs"
import * as ProgressText from "../ProgressText.js"

type Progress = Jobs.Progress

/** What is known of the looks before. */
export interface History {
  /** The jobs that had ended before this worker came, and have not been opened again: they are none of its business. */
  readonly past: ReadonlySet<string>
  /** The last words of each job. */
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

/** `seen` is nothing at the first look. */
export const take = (seen: History, all: ReadonlyArray<Progress>, now: number, isFirst: boolean): Snapshot => {
  const past = new Set(
    all.filter(({ finished, job }) => finished && (isFirst || seen.past.has(job))).map(({ job }) => job)
  )
  const jobs = all.filter(({ job }) => !past.has(job))
  const changed = jobs.filter((progress) => seen.texts.get(progress.job) !== wordsOf(progress))
  const undecided = sum(jobs, ({ undecided }) => undecided)
  return {
    jobs,
    changed,
    newlyUndecided: undecided - seen.undecided,
    history: {
      past,
      undecided,
      texts: new Map(jobs.map((progress) => [progress.job, wordsOf(progress)])),
      changedAt: changed.length > 0 ? now : seen.changedAt
    }
  }
}

/** A submission that adds nothing for so long has broken off. */
const patience = 30_000

/** Whether nothing is left that could be done now; a submission may be about to bring more. */
export const isIdle = ({ jobs, history }: Snapshot, now: number): boolean =>
  sum(jobs, ({ running, waiting }) => running + waiting) === 0 &&
  (!jobs.some(({ submitting }) => submitting) || now - history.changedAt > patience)

/** All jobs as one. */
export const total = (jobs: ReadonlyArray<Progress>): Progress => ({
  job: "",
  total: sum(jobs, ({ total }) => total),
  waiting: sum(jobs, ({ waiting }) => waiting),
  running: sum(jobs, ({ running }) => running),
  undecided: sum(jobs, ({ undecided }) => undecided),
  done: sum(jobs, ({ done }) => done),
  failed: sum(jobs, ({ failed }) => failed),
  cancelled: sum(jobs, ({ cancelled }) => cancelled),
  unknown: sum(jobs, ({ unknown }) => unknown),
  pictures: sum(jobs, ({ pictures }) => pictures),
  spentUsd: sum(jobs, ({ spentUsd }) => spentUsd),
  reservedUsd: sum(jobs, ({ reservedUsd }) => reservedUsd),
  limitUsd: undefined,
  submitting: jobs.some(({ submitting }) => submitting),
  finished: jobs.every(({ finished }) => finished)
})

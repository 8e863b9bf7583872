/** Whose turn it is: jobs share a worker by their priorities, whatever their sizes. */

export interface WaitingJob {
  readonly job: string
  /** Its share, against those of the others. */
  readonly priority: number
  /** It has one item at a time. */
  readonly isPaused: boolean
}

export interface Turn {
  readonly job: WaitingJob
  readonly items: number
}

export interface Turns {
  /** Gives so many places to the jobs that wait. */
  readonly next: (jobs: ReadonlyArray<WaitingJob>, places: number) => ReadonlyArray<Turn>
}

/**
 * Stride scheduling: each place moves its job forward by one over its priority, and the job that is furthest back is
 * next. One that is new, or had nothing to send, begins where the others are, so that it makes up for nothing.
 */
export const make = (): Turns => {
  let passes = new Map<string, number>()
  let least = 0
  return {
    next: (jobs, places) => {
      const queue = jobs.map((job) => ({ job, items: 0, pass: Math.max(passes.get(job.job) ?? least, least) }))
      for (let place = 0; place < places; place++) {
        const next = queue
          .filter(({ items, job }) => !job.isPaused || items === 0)
          .reduce<(typeof queue)[number] | undefined>(
            (first, each) => (first === undefined || each.pass < first.pass ? each : first),
            undefined
          )
        if (next === undefined) break
        least = next.pass
        next.items += 1
        next.pass += 1 / next.job.priority
      }
      passes = new Map(queue.map(({ job, pass }) => [job.job, pass]))
      return queue.filter(({ items }) => items > 0)
    }
  }
}

/** Which items a page shows. In addresses an item has its key: what its id has after the job's name. */
import type { Jobs } from "effect-openrouter-images-jobs"

/** How many items a page has. */
export const pageSize = 24

/** Which items, and how many at most. `before` and `after` are keys. */
export interface Window {
  /** Default: all but the cancelled ones. */
  readonly state?: Jobs.ItemState | undefined
  /** Only items before this one in the submission. */
  readonly before?: string | undefined
  /** Only items after this one. */
  readonly after?: string | undefined
  readonly limit: number
}

export const keyOf = (job: string, id: string): string => id.slice(job.length + 1)

export const idOf = (job: string, key: string): string => `${job}/${key}`

export const pageOptionsOf = (job: string, { after, before, limit, state }: Window): Jobs.PageOptions => ({
  state,
  limit,
  before: before === undefined ? undefined : idOf(job, before),
  after: after === undefined ? undefined : idOf(job, after)
})

/** Only a page of the latest items is kept up to date. A page of older ones stays as it was asked for. */
export const isLatest = ({ after, before, state }: Window): boolean =>
  after === undefined && before === undefined && state === undefined

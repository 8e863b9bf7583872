/** What a run of `job results` has done, counted and told. */
import type { Jobs } from "effect-openrouter-images-jobs"
import * as Cost from "../../output/Cost.js"
import { block, pluralize, sanitize } from "../../output/Text.js"

/** What a run has done. */
export interface Tally {
  /** Requests whose pictures were written now, and those that were there before. */
  readonly saved: number
  readonly before: number
  readonly pictures: number
  readonly failed: ReadonlyMap<string, number>
  /** Requests whose pictures the store does not have. */
  readonly missing: number
}

export const empty: Tally = { saved: 0, before: 0, pictures: 0, failed: new Map(), missing: 0 }

const increment = (counts: ReadonlyMap<string, number>, tag: string): ReadonlyMap<string, number> =>
  new Map(counts).set(tag, (counts.get(tag) ?? 0) + 1)

/** Counts an item that failed, or whose pictures an earlier run has written. */
export const add = (tally: Tally, { outcome }: Jobs.Item, isThere: boolean): Tally => {
  if (outcome._tag === "Failed") return { ...tally, failed: increment(tally.failed, outcome.error._tag) }
  return isThere ? { ...tally, before: tally.before + 1 } : tally
}

/** For the end of the command. */
export const summary = (
  { before, failed, missing, pictures, saved }: Tally,
  progress: Jobs.Progress,
  file: string
): string => {
  const count = [...failed.values()].reduce((sum, items) => sum + items, 0)
  const tags = [...failed].sort(([, one], [, other]) => other - one).map(([tag, items]) => `${items} ${tag}`)
  const open = progress.waiting + progress.running + progress.undecided + progress.unsettled
  const there = before === 0 ? "" : `; ${before} ${before === 1 ? "was" : "were"} there before`
  return block([
    [
      "saved",
      `${saved === 0 ? "nothing new" : `${pluralize(pictures, "picture")} of ${pluralize(saved, "request")}`}${there}`
    ],
    ...(count > 0
      ? [["failed", `${count} of ${pluralize(progress.total, "request")}: ${tags.join(", ")}`] as const]
      : []),
    ...(missing > 0
      ? [["missing", `the pictures of ${pluralize(missing, "request")} are not in the store`] as const]
      : []),
    ...(open > 0
      ? [["open", `${pluralize(open, "request")} not ended yet; the same command writes their pictures later`] as const]
      : []),
    ["cost", Cost.formatSpent(progress)],
    ["results", sanitize(file)]
  ])
}

/**
 * Jobs: many requests under one name, kept in a database until each has its outcome.
 *
 * @since 0.1.0
 */
export { Event, type EventsOptions } from "./Event.js"
export { History, type HistoryOptions, HistorySpan, mostBuckets, PastPause } from "./History.js"
export {
  type DecideOptions,
  type FailedItem,
  type Failures,
  Item,
  type ItemEncoded,
  ItemState,
  type PageOptions,
  type ResultsOptions,
  type RetryOptions
} from "./Item.js"
export { cancel, pause, recover, resume, retryFailed, submit } from "./internal/service/control.js"
export { decide, decideAll, failures, item, page, results } from "./internal/service/items.js"
export { layer } from "./internal/service/layer.js"
export { events, history, list, status, watch, withPace } from "./internal/service/progress.js"
export { orphans, remove } from "./internal/service/removal.js"
export { Jobs, type Service } from "./internal/service/tag.js"
export { type Pace, Pause, Progress } from "./Progress.js"
export type { OrphansOptions, Removed } from "./Removal.js"
export { Settlement, type SettlementEncoded, SettlementState, Settlements, UnknownCost } from "./Settlement.js"
export type { SubmitOptions, Submitted } from "./Submission.js"

/** `Jobs` over a database. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Tables from "../database/tables.js"
import { findItem, readPage, streamItems } from "../items/queries.js"
import { decide as decideItem } from "../items/updates.js"
import * as Control from "../job/control.js"
import { events as eventsOf } from "../job/events.js"
import { readFailures } from "../job/failures.js"
import { readHistory } from "../job/history.js"
import { orphans as orphansOf } from "../job/pictures.js"
import { readAllProgress, readProgress, watchProgress } from "../job/progress.js"
import { remove as removeJob, removeWithPictures } from "../job/remove.js"
import { submit as submitTo } from "../job/submit.js"
import { Jobs, type Service } from "./tag.js"

/**
 * Jobs over a database, which is all that they need. The workers (`Worker.layer`) may be in this process or in others.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Jobs, never, SqlClient.SqlClient> = Layer.effect(
  Jobs,
  Effect.map(SqlClient.SqlClient, (sql): Service => {
    const within = Effect.provideService(SqlClient.SqlClient, sql)
    const streaming = Stream.provideService(SqlClient.SqlClient, sql)
    return {
      submit: (requests, options) => submitTo(sql, requests, options),
      list: within(readAllProgress),
      status: (job) => within(readProgress(job)),
      watch: (job, options) => streaming(watchProgress(job, options?.every ?? "1 second")),
      results: (job, options) => streaming(streamItems(job, options?.from ?? 0)),
      page: (job, options) => within(readPage(job, options ?? {})),
      item: (job, id) => within(findItem(job, id)),
      failures: (job) => within(readFailures(job)),
      history: (job, options) => within(readHistory(job, options ?? {})),
      pause: (job, options) =>
        within(Effect.zipRight(Control.pause(job, options?.reason ?? "paused by hand"), readProgress(job))),
      resume: (job) => within(Effect.zipRight(Control.resume(job), readProgress(job))),
      cancel: (job) => within(Effect.zipRight(Control.cancel(job), readProgress(job))),
      remove: (job) => within(removeJob(job)),
      removeWithPictures: (job) => within(removeWithPictures(job)),
      orphans: (options) => streaming(orphansOf(options?.olderThan ?? "1 day")),
      retryFailed: (job, options) => within(Control.retryFailed(job, options?.mayPayTwice ?? false)),
      events: (options) => streaming(eventsOf(options ?? {})),
      recover: (job) => within(Control.recover(job)),
      decide: (item, decision) => within(decideItem(item, decision)),
      decideAll: (job, decision, options) => within(Control.decideAll(job, decision, options?.tag))
    }
  })
).pipe(Layer.provide(Tables.layer))

/** What a worker counts, as metrics of Effect. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Outcome } from "../../Generation.js"

const attempts = Metric.counter("openrouter.jobs.attempts", {
  description: "Attempts that have ended, by their outcome: Made, or the tag of the error",
  incremental: true
})

const calls = Metric.gauge("openrouter.jobs.calls", { description: "Calls under way in this worker" })

const lookedAt = Metric.gauge("openrouter.jobs.looked_at", {
  description: "When this worker last looked for items, in seconds since 1970"
})

/** Counts an attempt, and the call while it is under way. */
export const countAttempt = <E, R>(attempt: Effect.Effect<Outcome, E, R>): Effect.Effect<Outcome, E, R> =>
  Effect.acquireUseRelease(
    Metric.increment(calls),
    () =>
      Effect.tap(attempt, (outcome) =>
        Metric.increment(Metric.tagged(attempts, "outcome", outcome._tag === "Made" ? "Made" : outcome.error._tag))
      ),
    () => Metric.incrementBy(calls, -1)
  )

/** Notes that the worker has looked for items, and the database has answered. */
export const noteLook: Effect.Effect<void> = Effect.flatMap(Clock.currentTimeMillis, (now) =>
  Metric.set(lookedAt, now / 1_000)
)

/** When the worker last looked, in milliseconds since 1970; 0 before the first time. */
export const lastLook: Effect.Effect<number> = Effect.map(Metric.value(lookedAt), ({ value }) => value * 1_000)

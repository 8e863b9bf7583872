/** Clocks for cells: nobody waits for what only waits, and work that is slow on a busy machine is never taken for silence. */
import { type Clock, Duration, Effect } from "effect"
import { clockOf } from "../support/clock.js"

const live = Effect.runSync(Effect.clock)

/** Longer than any delay between attempts, shorter than any timeout. */
const longestDelay = Duration.seconds(10)

/** The real one. */
export const real: Clock.Clock = live

/** The real one, but for the delays between attempts: they are over at once. */
export const hurried: Clock.Clock = clockOf(
  () => live.unsafeCurrentTimeMillis(),
  (duration) => live.sleep(Duration.lessThan(duration, longestDelay) ? Duration.millis(1) : duration)
)

/** Several turns of the event loop, in each of which bytes that have come are read. */
export const turns: Effect.Effect<unknown> = Effect.repeat(live.sleep(Duration.millis(8)), { times: 7 })

/**
 * Timeouts are over as soon as there is nothing left to wait for: when `silent` holds, and what had been sent by then has been read. Then
 * the time of the timeout has gone by.
 */
export const impatient = (silent: Effect.Effect<boolean>): Clock.Clock => {
  let ahead = 0
  const until: Effect.Effect<void> = Effect.flatMap(silent, (holds) =>
    holds ? Effect.void : Effect.zipRight(live.sleep(Duration.millis(5)), until)
  )
  return clockOf(
    () => live.unsafeCurrentTimeMillis() + ahead,
    (duration) =>
      Duration.lessThan(duration, longestDelay)
        ? live.sleep(Duration.millis(1))
        : Effect.zipRight(until, turns).pipe(
            Effect.zipRight(
              Effect.sync(() => {
                ahead += Duration.toMillis(duration)
              })
            )
          )
  )
}

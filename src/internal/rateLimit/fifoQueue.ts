/** A queue where whoever came first goes first, and leaves no trace when it is interrupted. */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

/** Calls and attempts in any queue. */
const waiting = Metric.gauge("openrouter_images_waiting")

/**
 * The first in the queue asks whether it may pass, the others wait for it. (Effect's semaphore lets a newcomer take what was released before
 * those whom it has just woken.)
 */
export class FifoQueue {
  private readonly queue = new Set<Effect.Latch>()
  private readonly news = Effect.unsafeMakeLatch()

  get size(): number {
    return this.queue.size
  }

  /** To be run when the answer of `ask` may have changed. */
  readonly changed: Effect.Effect<void> = Effect.asVoid(this.news.open)

  private readonly leave = (place: Effect.Latch): Effect.Effect<void> =>
    Effect.suspend(() => {
      this.queue.delete(place)
      const [first] = this.queue
      return first === undefined ? Effect.void : first.open
    }).pipe(Effect.zipRight(Metric.incrementBy(waiting, -1)))

  /**
   * Waits until `ask` has said 0, which it must take for the passage itself. Any other number is how many milliseconds to wait before it is asked
   * again, and `Infinity` means until something has changed.
   */
  readonly pass = (ask: Effect.Effect<number>): Effect.Effect<void> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const place = Effect.unsafeMakeLatch(this.queue.size === 0)
        this.queue.add(place)
        const asked: Effect.Effect<void> = Effect.suspend(() => {
          // Before it asks: what changes from here on is news.
          this.news.unsafeClose()
          return ask
        }).pipe(
          Effect.flatMap((millis) => {
            if (millis <= 0) return Effect.void
            // The clock counts whole milliseconds, and waking too early would ask in vain.
            const wait = millis === Number.POSITIVE_INFINITY ? this.news.await : Effect.sleep(Math.ceil(millis))
            return Effect.zipRight(restore(wait), asked)
          })
        )
        return Metric.increment(waiting).pipe(
          Effect.zipRight(restore(place.await)),
          Effect.zipRight(asked),
          Effect.ensuring(this.leave(place))
        )
      })
    )
}

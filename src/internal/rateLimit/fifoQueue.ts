/** A FIFO queue. An interrupted waiter leaves it without a trace. */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

/** Calls and attempts in any queue. */
const waiting = Metric.gauge("openrouter_images_waiting")

/**
 * The first in the queue asks whether it may pass; the others wait for it. (Effect's semaphore lets a newcomer take a
 * released permit before those whom it has just woken.)
 */
export class FifoQueue {
  private readonly queue = new Set<Effect.Latch>()
  private readonly news = Effect.unsafeMakeLatch()

  get size(): number {
    return this.queue.size
  }

  /** Run this when the answer of `ask` may have changed. */
  readonly changed: Effect.Effect<void> = Effect.asVoid(this.news.open)

  private readonly leave = (place: Effect.Latch): Effect.Effect<void> =>
    Effect.suspend(() => {
      this.queue.delete(place)
      const [first] = this.queue
      return first === undefined ? Effect.void : first.open
    }).pipe(Effect.zipRight(Metric.incrementBy(waiting, -1)))

  /**
   * Waits until `ask` returns 0. With 0, `ask` must also have recorded the passage. Any other number is how many
   * milliseconds to wait before asking again. `Infinity` means until something has changed.
   */
  readonly pass = (ask: Effect.Effect<number>): Effect.Effect<void> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const place = Effect.unsafeMakeLatch(this.queue.size === 0)
        this.queue.add(place)
        const asked: Effect.Effect<void> = Effect.suspend(() => {
          // Closed before asking, so that any later change opens it again.
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

/** Updates for any number of viewers, from one look at a time. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as RcMap from "effect/RcMap"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/** Feeds by name: the name of a job, or an empty one for all jobs. */
export interface Feeds {
  /** The latest update at once, then each that is different. A slow viewer misses some, and never the latest. */
  readonly subscribe: (name: string) => Stream.Stream<string>
}

/** How long a feed goes on after its last viewer. A viewer who reloads the page finds the pace still known. */
const idleTimeToLive = "15 seconds"

const minPause = Duration.seconds(1)

/**
 * Looks for ever. After each look it pauses for a second, or for ten times as long as the look took, so that viewers
 * are never the main load of a database.
 */
export const poll = <A, E, R>(look: Effect.Effect<A, E, R>): Stream.Stream<A, E, R> =>
  Stream.paginateEffect(Duration.zero, (pause: Duration.Duration) =>
    Effect.gen(function* () {
      yield* Effect.sleep(pause)
      const start = yield* Clock.currentTimeMillis
      const seen = yield* look
      const took = Duration.millis((yield* Clock.currentTimeMillis) - start)
      return [seen, Option.some(Duration.max(minPause, Duration.times(took, 10)))] as const
    })
  )

/** Starts over after an error, such as that of a database that is away. */
const restartOnError = <E>(name: string, updates: Stream.Stream<string, E>): Stream.Stream<string> =>
  updates.pipe(
    Stream.catchAllCause((cause) =>
      Stream.drain(
        Effect.zipRight(
          Effect.logWarning(
            `The view cannot see ${name === "" ? "the jobs" : `the job ${JSON.stringify(name)}`}`,
            cause
          ),
          Effect.sleep("5 seconds")
        )
      )
    ),
    Stream.forever
  )

/** `watch` gives the updates of a name; it runs once for all viewers of the name, while there are any. */
export const make = <E>(watch: (name: string) => Stream.Stream<string, E>): Effect.Effect<Feeds, never, Scope.Scope> =>
  Effect.gen(function* () {
    const hubs = yield* RcMap.make({
      idleTimeToLive,
      lookup: (name: string) =>
        Effect.gen(function* () {
          const hub = yield* Effect.acquireRelease(PubSub.sliding<string>({ capacity: 1, replay: 1 }), PubSub.shutdown)
          yield* restartOnError(name, watch(name)).pipe(
            Stream.changes,
            Stream.runForEach((update) => PubSub.publish(hub, update)),
            Effect.forkScoped
          )
          return hub
        })
    })
    return {
      subscribe: (name) =>
        Stream.unwrapScoped(Effect.map(RcMap.get(hubs, name), (hub) => Stream.fromPubSub(hub))).pipe(Stream.changes)
    }
  })

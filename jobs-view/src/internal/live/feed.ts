/** News for any number of viewers, from one look at a time. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as RcMap from "effect/RcMap"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/** What is looked at again and again, as long as somebody is there; it remembers what it saw before. */
export type Watch<E> = Stream.Stream<string, E>

/** By name: a job, or all of them. */
export interface Feeds {
  /** The latest news at once, then each that is different. Whoever is slow misses some, and never the latest. */
  readonly of: (name: string) => Stream.Stream<string>
}

/** How long a feed goes on after the last viewer: one who loads the page again finds its pace still known. */
const idleTimeToLive = "15 seconds"

/** A look is followed by a pause of this, or of ten times as long as it took: looking is never the main work of a database. */
const least = Duration.seconds(1)

/** Looks for ever, with the pauses between. */
export const looking = <A, E, R>(look: Effect.Effect<A, E, R>): Stream.Stream<A, E, R> =>
  Stream.paginateEffect(Duration.zero, (pause: Duration.Duration) =>
    Effect.gen(function* () {
      yield* Effect.sleep(pause)
      const begun = yield* Clock.currentTimeMillis
      const seen = yield* look
      const took = Duration.millis((yield* Clock.currentTimeMillis) - begun)
      return [seen, Option.some(Duration.max(least, Duration.times(took, 10)))] as const
    })
  )

/** After an error, as of a database that is away, it starts over. */
const lasting = <E>(name: string, watch: Watch<E>): Stream.Stream<string> =>
  watch.pipe(
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

export const make = <E>(watch: (name: string) => Watch<E>): Effect.Effect<Feeds, never, Scope.Scope> =>
  Effect.gen(function* () {
    const hubs = yield* RcMap.make({
      idleTimeToLive,
      lookup: (name: string) =>
        Effect.gen(function* () {
          const hub = yield* Effect.acquireRelease(PubSub.sliding<string>({ capacity: 1, replay: 1 }), PubSub.shutdown)
          yield* lasting(name, watch(name)).pipe(
            Stream.changes,
            Stream.runForEach((news) => PubSub.publish(hub, news)),
            Effect.forkScoped
          )
          return hub
        })
    })
    return {
      of: (name) =>
        Stream.unwrapScoped(Effect.map(RcMap.get(hubs, name), (hub) => Stream.fromPubSub(hub))).pipe(Stream.changes)
    }
  })

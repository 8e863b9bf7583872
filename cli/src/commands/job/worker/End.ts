/** How a worker ends that is told to. */
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import { pluralize } from "../../../output/Text.js"
import * as LiveLine from "../../../terminal/LiveLine.js"
import { Shutdown } from "../../../terminal/Shutdown.js"

/** What there is to do after the last call, with a database that may be away. */
const closingTime = Duration.seconds(10)

export interface Ending {
  /** How many calls are in flight. */
  readonly underWay: Ref.Ref<number>
  /** How long they may take. */
  readonly drain: Duration.Duration
  /** Whether the worker has joined its database. */
  readonly hasBegun: Ref.Ref<boolean>
}

const announce = (calls: string) =>
  Console.error(
    `finishing ${calls} that may be paid already\nCtrl-C again ends at once; then nobody knows whether they were billed`
  )

/** Closes the worker, and waits no longer than it has time. Gives how many calls were given up. */
const close = (scope: Scope.CloseableScope, { drain, underWay }: Ending) =>
  Effect.gen(function* () {
    const givenUp = yield* Ref.make(0)
    const start = yield* Clock.currentTimeMillis
    const closing = yield* Effect.forkDaemon(Scope.close(scope, Exit.void))
    const deadline = Ref.get(underWay).pipe(
      Effect.flatMap((left) => Ref.set(givenUp, left)),
      Effect.delay(drain),
      Effect.zipRight(Effect.sleep(closingTime))
    )
    yield* Effect.raceFirst(Effect.interruptible(Fiber.await(closing)), Effect.interruptible(deadline)).pipe(
      LiveLine.withLine((columns) =>
        Effect.zipWith(Ref.get(underWay), Clock.currentTimeMillis, (left, now) =>
          LiveLine.truncate(`${pluralize(left, "call")} under way, ${Math.floor((now - start) / 1000)} s`, columns)
        )
      )
    )
    return yield* Ref.get(givenUp)
  })

const outcome = (hasBegun: boolean, givenUp: number): string => {
  if (!hasBegun) return "cancelled: this worker had not begun anything"
  return givenUp === 0
    ? "ended: nothing is under way; the same command continues"
    : `ended: ${pluralize(givenUp, "call")} took longer than --drain and may have been billed; \`job status\` names them`
}

/** Finishes the calls in flight, which may be paid already, and says so to whoever waits. */
export const interrupted = (scope: Scope.CloseableScope, ending: Ending) =>
  Effect.gen(function* () {
    const calls = yield* Ref.get(ending.underWay)
    if (calls > 0) yield* announce(pluralize(calls, "call"))
    const givenUp = yield* close(scope, ending)
    yield* Console.error(outcome(yield* Ref.get(ending.hasBegun), givenUp))
    yield* (yield* Shutdown).markOrderly
  })

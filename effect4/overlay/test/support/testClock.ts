// Overlay: the TestClock of Effect 4 goes on while promises are under way. This one lets them come to rest before every
// sleep that ends, as Effect 3's does. The tests have it in the place of `effect/testing/TestClock`.
/** The clock of the tests. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scheduler from "effect/Scheduler"
import { TestClock } from "effect/testing"

export const { adjust, make, setTime, testClockWith, withLive } = TestClock

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

/** Fibers that never come to rest are not waited for. */
const mostTurns = 100

/** What draws a picture or reads a file needs several. */
const idleTurns = 3

/** Ends when no fiber has had anything to do for some turns of the event loop. */
const rest = (work: { readonly done: number }): Effect.Effect<void> =>
  Effect.promise(async () => {
    for (let turns = 0, idle = 0, before = work.done; turns < mostTurns && idle < idleTurns; turns++) {
      await turn()
      idle = work.done === before ? idle + 1 : 0
      before = work.done
    }
  })

/** Counts what fibers do. */
const watchWork = (scheduler: Scheduler.Scheduler): { readonly done: number } => {
  const work = { done: 0 }
  const makeDispatcher = scheduler.makeDispatcher.bind(scheduler)
  Object.assign(scheduler, {
    makeDispatcher: () => {
      const dispatcher = makeDispatcher()
      return {
        scheduleTask: (task: () => void, priority: number) => {
          work.done++
          dispatcher.scheduleTask(task, priority)
        },
        flush: () => dispatcher.flush()
      }
    }
  })
  return work
}

/** The ends of the sleeps that are not over. */
const watchSleeps = (clock: TestClock.TestClock): ReadonlySet<{ readonly end: number }> => {
  const sleeps = new Set<{ readonly end: number }>()
  const sleep = clock.sleep.bind(clock)
  Object.assign(clock, {
    sleep: (duration: Duration.Duration) =>
      Effect.acquireUseRelease(
        Effect.sync(() => {
          const entry = { end: clock.currentTimeMillisUnsafe() + Duration.toMillis(duration) }
          sleeps.add(entry)
          return entry
        }),
        () => sleep(duration),
        (entry) => Effect.sync(() => sleeps.delete(entry))
      )
  })
  return sleeps
}

const patient = (clock: TestClock.TestClock, scheduler: Scheduler.Scheduler): void => {
  const work = watchWork(scheduler)
  const sleeps = watchSleeps(clock)
  const { setTime } = clock
  const passTo = (end: number): Effect.Effect<void> =>
    Effect.andThen(
      rest(work),
      Effect.suspend(() => {
        const now = clock.currentTimeMillisUnsafe()
        const next = Math.min(...[...sleeps].map((sleep) => sleep.end).filter((at) => at > now))
        return next <= end ? Effect.andThen(setTime(next), passTo(end)) : Effect.andThen(setTime(end), rest(work))
      })
    )
  Object.assign(clock, {
    adjust: (duration: Duration.Input) =>
      Effect.suspend(() =>
        passTo(clock.currentTimeMillisUnsafe() + Duration.toMillis(Duration.fromInputUnsafe(duration)))
      ),
    setTime: passTo
  })
}

export const layer = (options?: TestClock.TestClock.Options): Layer.Layer<TestClock.TestClock> =>
  Layer.flatMap(TestClock.layer(options), (context: Context.Context<TestClock.TestClock>) => {
    const services = Context.makeUnsafe<TestClock.TestClock | Scheduler.Scheduler>(context.mapUnsafe)
    patient(
      Context.getUnsafe(services, Clock.Clock) as TestClock.TestClock,
      Context.getUnsafe(services, Scheduler.Scheduler)
    )
    return Layer.succeedContext(context)
  })

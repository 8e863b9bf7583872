/** A line for each model while its picture is made. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import type { ImagesSchema } from "effect-openrouter-images"
import { formatDuration, sanitize } from "../../output/Text.js"
import * as LiveLines from "../../terminal/LiveLines.js"
import { Screen } from "../../terminal/Screen.js"
import * as Outcome from "./Outcome.js"
import type { Progress, Run } from "./Saving.js"

type Request = ImagesSchema.ImageGenerationRequest

/** `krea/krea-2  done, 3.2 s, $0.01 (emulated)` */
export const line = (model: string, progress: Progress | undefined, now: number): string => {
  if (progress === undefined) return sanitize(`${model}  waiting`)
  const { beganMillis, outcome } = progress
  if (outcome === undefined) return sanitize(`${model}  ${formatDuration(Duration.millis(now - beganMillis))}`)
  const end = outcome.failure === undefined ? "done" : `failed (${outcome.failure.tag})`
  return sanitize(`${model}  ${end}, ${formatDuration(outcome.took)}, cost ${Outcome.costOf(outcome)}`)
}

const widest = (requests: ReadonlyArray<Request>): number => Math.max(...requests.map(({ model }) => model.length))

/** Draws the lines for as long as the effect runs, and once more when it has ended. */
export const withLines =
  ({ progress }: Run, requests: ReadonlyArray<Request>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Screen> =>
    Effect.gen(function* () {
      const { isTerminal } = yield* (yield* Screen).stderr
      if (!isTerminal) return yield* effect
      const live = yield* LiveLines.make
      const width = widest(requests)
      const draw = Effect.flatMap(Clock.currentTimeMillis, (now) =>
        live.draw(() => requests.map((request) => line(request.model.padEnd(width), progress.get(request), now)))
      )
      return yield* Effect.acquireUseRelease(
        Effect.fork(Effect.interruptible(Effect.repeat(draw, Schedule.spaced("100 millis")))),
        () => effect,
        (fiber) => Effect.zipRight(Fiber.interrupt(fiber), draw)
      )
    })

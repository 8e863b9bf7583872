import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Duration, Effect, Exit, FastCheck, Layer, Runtime } from "effect"
import type { Images } from "effect-openrouter-images"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Memory from "effect-openrouter-images-jobs/Memory"
import {
  finished,
  imagesLive,
  ledger,
  made,
  prompts,
  script,
  until,
  working,
  workingTogether
} from "./support/working.js"

/** Notes when each request is sent and answered. */
const timed = () => {
  const sent: Array<number> = []
  const answered: Array<number> = []
  const note = (times: Array<number>) => Effect.map(Clock.currentTimeMillis, (now) => times.push(now))
  const images = (images: Images.Service): Images.Service => ({
    ...images,
    generate: (...all) => Effect.ensuring(Effect.zipRight(note(sent), images.generate(...all)), note(answered))
  })
  return { sent, answered, images }
}

/** The shortest time in which one more than `requests` were sent. */
const tightest = (sent: ReadonlyArray<number>, requests: number): number =>
  Math.min(...sent.slice(requests).map((at, i) => at - (sent[i] ?? Number.NaN)))

const attemptsCounted = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly attempt: number }>`SELECT attempt FROM images_attempts`
})

describe("a rate limit", () => {
  it.effect("holds in every window for two workers together, and is used up", () =>
    Effect.gen(function* () {
      const run = Runtime.runPromise(yield* Effect.runtime<never>())
      const property = (requests: number, seconds: number, count: number, first: number, second: number) => {
        const { images, sent } = timed()
        const rateLimit = { requests, window: Duration.seconds(seconds) }
        return Effect.gen(function* () {
          // Not all at once, so that the windows do not begin with the job
          yield* Jobs.submit(prompts(Math.ceil(count / 2)), { job: "early" })
          yield* until("early", ({ done }) => done >= Math.ceil(count / 4))
          yield* Jobs.submit(prompts(Math.floor(count / 2)), { job: "late" })
          expect(yield* finished("early")).toMatchObject({ failed: 0, finished: true })
          expect(yield* finished("late")).toMatchObject({ failed: 0, finished: true })
          expect(sent).toHaveLength(count)
          expect(tightest(sent, requests)).toBeGreaterThanOrEqual(seconds * 1000)
          const least = Math.floor((count - 1) / requests) * seconds * 1000
          expect((sent.at(-1) ?? 0) - (sent[0] ?? 0)).toBeLessThanOrEqual(least + count * 600)
        }).pipe(
          Effect.provide(
            workingTogether(
              [
                { concurrency: first, rateLimit },
                { concurrency: second, rateLimit }
              ],
              images
            )
          ),
          Effect.scoped
        )
      }
      const int = (min: number, max: number) => FastCheck.integer({ min, max })
      yield* Effect.promise(() =>
        FastCheck.assert(
          FastCheck.asyncProperty(int(1, 5), int(1, 20), int(2, 14), int(1, 4), int(1, 4), (...all) =>
            run(property(...all))
          ),
          { numRuns: 15 }
        )
      )
    })
  )
})

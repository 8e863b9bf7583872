import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Logger, LogLevel } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import { finished, prompts, script, timed, until, workingTogether } from "../../support/working.js"

const refused = (status: number, retryAfter?: number) =>
  ({
    _tag: "Status",
    status,
    ...(retryAfter === undefined ? {} : { headers: { "retry-after": String(retryAfter) } })
  }) as const

const two = [{ concurrency: 1 }, { concurrency: 1 }]

/** When the first request was sent after the first answer, in milliseconds after it. */
const silence = ({
  answered,
  sent
}: {
  readonly answered: ReadonlyArray<number>
  readonly sent: ReadonlyArray<number>
}) => {
  const [first = Number.NaN] = answered
  return Math.min(...sent.filter((at) => at > first)) - first
}

/** Ten pictures by two workers, the first of which is refused. */
const job = (status: number, retryAfter: number | undefined, seen: (silence: number) => void) => {
  const times = timed()
  return Effect.gen(function* () {
    yield* script(refused(status, retryAfter))
    yield* Jobs.submit(prompts(10), { job: "busy" })
    yield* finished("busy")
    seen(silence(times))
  }).pipe(Effect.provide(workingTogether(two, times.images)))
}

describe("a cooldown", () => {
  it.effect("of Retry-After is kept by all workers", () =>
    job(429, 30, (millis) => {
      expect(millis).toBeGreaterThanOrEqual(30_000)
      expect(millis).toBeLessThan(32_000)
    })
  )

  it.effect("comes of a 503 that says how long", () =>
    job(503, 12, (millis) => {
      expect(millis).toBeGreaterThanOrEqual(12_000)
      expect(millis).toBeLessThan(14_000)
    })
  )

  it.effect("comes of no 503 that does not", () => job(503, undefined, (millis) => expect(millis).toBeLessThan(600)))

  it.effect("is a second where a 429 does not say how long", () =>
    job(429, undefined, (millis) => {
      expect(millis).toBeGreaterThanOrEqual(1_000)
      expect(millis).toBeLessThan(2_000)
    })
  )

  it.effect("comes of credits that calls under way hold, and lasts as long as those do", () => {
    const { answered, images, sent } = timed()
    const inFlight = (reason: string) => ({
      ...refused(402, 20),
      error: { metadata: { limit_source: "openrouter_in_flight_budget", reason } }
    })
    return Effect.gen(function* () {
      // More often than any policy tries again.
      yield* script(...Array.from({ length: 12 }, () => inFlight("in_flight_budget_exhausted")))
      yield* Jobs.submit(prompts(4), { job: "patient" })
      expect(yield* finished("patient")).toMatchObject({ done: 4, failed: 0 })
      expect(silence({ answered, sent })).toBeGreaterThanOrEqual(20_000)
      yield* script(inFlight("weight_exceeds_budget"))
      yield* Jobs.submit(prompts(1), { job: "too dear" })
      expect(yield* finished("too dear")).toMatchObject({ failed: 1 })
    }).pipe(Effect.provide(workingTogether(two, images)))
  })

  it.effect("is a minute at most", () =>
    job(429, 600, (millis) => {
      expect(millis).toBeGreaterThanOrEqual(60_000)
      expect(millis).toBeLessThan(62_000)
    })
  )

  it.effect("is followed by one request, and by one more with each success", () => {
    const { answered, images, sent } = timed()
    return Effect.gen(function* () {
      const slow = { _tag: "Pace", delayMillis: 3_000 } as const
      yield* script(refused(429, 5), ...Array.from({ length: 12 }, () => slow))
      yield* Jobs.submit(prompts(1), { job: "first" })
      yield* until("first", () => answered.length > 0)
      yield* Jobs.submit(prompts(12), { job: "others" })
      yield* finished("others")
      const since = (answered[0] ?? 0) + 5_000
      const later = sent.filter((at) => at >= since)
      const ends = answered.filter((at) => at >= since)
      for (const at of later) {
        const succeeded = ends.filter((end) => end <= at).length
        const flying = later.filter((other) => other <= at).length - succeeded
        expect(flying).toBeLessThanOrEqual(1 + succeeded)
      }
      // The first round is one, the second two
      expect(later.filter((at) => at < (ends[0] ?? 0))).toHaveLength(1)
      expect(later.filter((at) => at < (ends[1] ?? 0))).toHaveLength(3)
    }).pipe(Effect.provide(workingTogether([{ concurrency: 6 }, { concurrency: 6 }], images)))
  })

  it.effect("does not wait for a request whose worker died", () => {
    const { images, sent } = timed()
    return Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE images_gate SET held_until = 1000`
      yield* sql`INSERT INTO images_attempts ${sql.insert({
        item: "of a process that died",
        round: 0,
        attempt: 1,
        token: "",
        begun_at: 1_000,
        beats: 0,
        reserved_usd: 0
      })}`
      yield* Jobs.submit(prompts(2), { job: "two" })
      expect(yield* finished("two")).toMatchObject({ done: 2 })
      expect(Math.min(...sent)).toBeGreaterThanOrEqual(1_000)
      expect(Math.min(...sent)).toBeLessThan(5_000)
    }).pipe(Effect.provide(workingTogether(two, images)))
  })

  it.effect("of a clock that was set back does not count", () => {
    const { images, sent } = timed()
    return Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE images_gate SET held_until = 3600000`
      yield* Jobs.submit(prompts(1), { job: "one" })
      yield* finished("one")
      expect(sent[0]).toBeLessThan(2_000)
    }).pipe(Effect.provide(workingTogether(two, images)))
  })

  it.effect("is not lost by a database that fails", () => {
    const { images } = timed()
    return Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TRIGGER full BEFORE UPDATE ON images_gate BEGIN SELECT RAISE(FAIL, 'the disk is full'); END`
      yield* script(refused(429, 30))
      yield* Jobs.submit(prompts(1), { job: "one" })
      yield* until("one", () => false).pipe(Effect.timeoutOption("20 seconds"))
      expect(yield* sql`SELECT held_until FROM images_gate`).toEqual([{ held_until: null }])
      yield* sql`DROP TRIGGER full`
      const before = yield* Clock.currentTimeMillis
      expect(yield* finished("one")).toMatchObject({ done: 1 })
      expect((yield* Clock.currentTimeMillis) - before).toBeGreaterThanOrEqual(30_000)
    }).pipe(Effect.provide(workingTogether(two, images)), Logger.withMinimumLogLevel(LogLevel.None))
  })
})

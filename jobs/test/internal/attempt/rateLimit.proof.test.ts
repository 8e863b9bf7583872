import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Duration, Effect, FastCheck, Layer, Runtime, Schedule, Stream } from "effect"
import { type Images, Retry } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { Emulator } from "effect-openrouter-images-emulator"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Memory from "effect-openrouter-images-jobs/Memory"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"
import { attemptsOf } from "../../support/attempts.js"
import {
  finished,
  imagesLive,
  ledger,
  made,
  prompts,
  script,
  timed,
  until,
  working,
  workingTogether
} from "../../support/working.js"

/** The shortest time in which one more than `requests` were sent. */
const tightest = (sent: ReadonlyArray<number>, requests: number): number =>
  Math.min(...sent.slice(requests).map((at, i) => at - (sent[i] ?? Number.NaN)))

/** Pictures that are there at once: a real drawing takes time that is not the TestClock's. */
const instantly =
  (images: (service: Images.Service) => Images.Service) =>
  (service: Images.Service): Images.Service =>
    images({ ...service, generate: () => Effect.succeed(Testing.response()) })

const everyTenSeconds = { requests: 1, window: "10 seconds" } as const

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
              instantly(images)
            )
          ),
          Effect.scoped
        )
      }
      const int = (min: number, max: number) => FastCheck.integer({ min, max })
      yield* Effect.promise(() =>
        FastCheck.assert(
          FastCheck.asyncProperty(int(1, 5), int(1, 6), int(2, 12), int(1, 4), int(1, 4), (...all) =>
            run(property(...all))
          ),
          { numRuns: 10 }
        )
      )
    })
  )

  it.effect("counts what is tried again, and costs no retry", () => {
    const { images, sent } = timed()
    return Effect.gen(function* () {
      yield* script({ _tag: "Status", status: 500 })
      expect(yield* made(prompts(3), { job: "slow" })).toMatchObject({ done: 3 })
      expect(sent).toHaveLength(4)
      expect(tightest(sent, 1)).toBeGreaterThanOrEqual(10_000)
    }).pipe(Effect.provide(working({ rateLimit: everyTenSeconds, retry: Retry.make({ maxRetries: 1 }) }, { images })))
  })

  it.effect("takes nothing from the time that the retry policy has", () =>
    Effect.gen(function* () {
      yield* script(null, { _tag: "Status", status: 500 }, { _tag: "Status", status: 500 })
      expect(yield* made(prompts(2), { job: "long" })).toMatchObject({ done: 2, failed: 0 })
    }).pipe(
      Effect.provide(
        working({
          rateLimit: everyTenSeconds,
          retry: Retry.make({ maxElapsedTime: "5 seconds" })
        })
      )
    )
  )

  it.effect("waits for two windows at most where the clock was set back", () => {
    const { images, sent } = timed()
    return Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* Effect.forEach(
        [15_000, 3_600_000],
        (begun_at) =>
          sql`INSERT INTO images_attempts ${sql.insert({
            item: `${begun_at}`,
            round: 0,
            attempt: 1,
            token: "",
            begun_at,
            beats: 0,
            reserved_usd: 0
          })}`
      )
      expect(yield* made(prompts(2), { job: "back" })).toMatchObject({ done: 2 })
      expect(sent[0]).toBeLessThan(2_000)
      expect(tightest(sent, 1)).toBeGreaterThanOrEqual(10_000)
      expect(sent[1]).toBeLessThan(27_000)
    }).pipe(Effect.provide(working({ rateLimit: everyTenSeconds }, { images })))
  })

  it.effect("counts once what a crash lets be carried out again, and takes its outcome without waiting", () => {
    const { images, sent } = timed()
    return Effect.gen(function* () {
      yield* Jobs.submit(prompts(2), { job: "again" })
      const sql = yield* SqlClient.SqlClient
      const [first] = yield* sql<{ readonly id: string }>`SELECT id FROM images_items ORDER BY position`
      const outcome = JSON.stringify({ _tag: "Made", generation: { pictures: [], created: 1 } })
      // Sent, recorded, and the engine did not hear of it any more
      yield* sql`INSERT INTO images_attempts ${sql.insert({
        item: first?.id ?? "",
        round: 0,
        attempt: 1,
        token: "before the crash",
        begun_at: yield* Clock.currentTimeMillis,
        beats: 0,
        reserved_usd: 0,
        ended_at: 0,
        outcome
      })}`
      yield* until("again", ({ done }) => done === 1)
      expect(yield* Clock.currentTimeMillis).toBeLessThan(2_000)
      expect(yield* finished("again")).toMatchObject({ done: 2 })
      expect(sent).toHaveLength(1)
      expect(sent[0]).toBeGreaterThanOrEqual(10_000)
      expect(sent[0]).toBeLessThan(12_000)
    }).pipe(Effect.provide(working({ rateLimit: everyTenSeconds }, { images })))
  })

  it.effect("is each worker's own, against what all of them send", () => {
    const { images, sent } = timed()
    return Effect.gen(function* () {
      yield* made(prompts(40), { job: "mixed" })
      // The other does not wait for this one's limit, and leaves it no room until it is done
      const [nextToLast = 0, last = 0] = sent.slice(-2)
      expect(nextToLast).toBeLessThan(10_000)
      expect(last - nextToLast).toBeGreaterThanOrEqual(10_000)
    }).pipe(
      Effect.provide(
        workingTogether([{ concurrency: 1, rateLimit: everyTenSeconds }, { concurrency: 1 }], instantly(images))
      )
    )
  })

  it.effect("lets an item go that is cancelled while it waits", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(3), { job: "off" })
      yield* until("off", ({ done }) => done === 1)
      yield* Jobs.cancel("off")
      const before = yield* Clock.currentTimeMillis
      expect(yield* finished("off")).toMatchObject({ done: 1, cancelled: 2, finished: true })
      expect((yield* Clock.currentTimeMillis) - before).toBeLessThan(15_000)
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working({ rateLimit: { requests: 1, window: "1 hour" } })))
  )

  it.effect("is looked at before anything is done", () =>
    Effect.gen(function* () {
      const refused = (options: Worker.Options) =>
        Layer.build(Worker.layer(options)).pipe(
          Effect.scoped,
          Effect.flip,
          Effect.provide([Memory.layer, imagesLive, ImageStore.layerMemory])
        )
      const rate = (requests: number, window: unknown) =>
        Effect.map(refused({ rateLimit: { requests, window: window as Duration.DurationInput } }), ({ issues }) =>
          issues.map(({ message, path }) => `${path.join(".")} ${message}`)
        )
      expect(yield* rate(1.5, "1 minute")).toEqual(["rateLimit.requests must be a positive integer, got 1.5"])
      expect(yield* rate(1, "a while")).toEqual([
        'rateLimit.window must be a positive and finite duration, such as "1 minute", got "a while"'
      ])
      expect(yield* rate(0, 0)).toHaveLength(2)
      expect(yield* rate(1, Duration.infinity)).toHaveLength(1)
      expect(yield* refused({ concurrency: 0 })).toMatchObject({
        _tag: "InvalidOptionsError",
        message: "the options are not valid:\n  - concurrency: must be a positive integer, got 0"
      })
    })
  )
})

describe("a rate limit over a file of SQLite", () => {
  /** A process's life: a worker over the file, until the effect ends. */
  const life = <A, E, R>(filename: string, options: Worker.Options, effect: Effect.Effect<A, E, R>) =>
    effect.pipe(
      Effect.provide(
        Layer.merge(Jobs.layer, Worker.layer(options)).pipe(Layer.provideMerge(Sqlite.layer({ filename })))
      ),
      Effect.scoped
    )

  const live = [NodeContext.layer, imagesLive, ImageStore.layerMemory] as const

  it.scopedLive("does not keep a process from its end, and the next one waits on", () => {
    const window = 4_000
    return Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
      const { requests } = yield* Emulator.Emulator
      const options = { rateLimit: { requests: 1, window } }
      yield* life(
        filename,
        options,
        Effect.gen(function* () {
          yield* Jobs.submit(prompts(2), { job: "two" })
          yield* Effect.repeat(requests, {
            until: (all) => all.length === 1,
            schedule: Schedule.spaced("10 millis")
          })
          yield* Effect.sleep("500 millis")
        })
      )
      // It ended before the second could be sent
      expect(yield* requests).toHaveLength(1)
      yield* life(
        filename,
        options,
        Effect.gen(function* () {
          yield* Stream.runDrain(Jobs.watch("two"))
          expect(yield* Jobs.status("two")).toMatchObject({ done: 2, failed: 0 })
          expect(yield* requests).toHaveLength(2)
          const [first, second] = yield* attemptsOf("two")
          expect((second?.begun ?? 0) - (first?.begun ?? Number.NaN)).toBeGreaterThanOrEqual(window)
        })
      )
    }).pipe(Effect.provide(live))
  })

  it.scopedLive("costs the engine no messages, with waiting or without", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const messages = (options: Worker.Options) =>
        life(
          `${folder}/${options.rateLimit === undefined ? "free" : "limited"}.db`,
          options,
          Effect.gen(function* () {
            const sql = yield* SqlClient.SqlClient
            yield* Jobs.submit(prompts(4), { job: "four" })
            yield* Stream.runDrain(Jobs.watch("four"))
            yield* Effect.sleep("300 millis")
            const [row] = yield* sql<{ readonly count: number }>`SELECT COUNT(*) AS count FROM cluster_messages`
            return row?.count
          })
        )
      const free = yield* messages({})
      expect(free).toBeGreaterThan(0)
      expect(yield* messages({ rateLimit: { requests: 1, window: "500 millis" } })).toBe(free)
    }).pipe(Effect.provide(live))
  )
})

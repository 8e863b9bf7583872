/** The API is gone, or refuses everybody, while workers are at a job: it pauses, one item tries the door, and all are made. */
import { FetchHttpClient, HttpBody, HttpClient, HttpClientResponse } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Layer, Schedule, Schema, Stream } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { Jobs } from "effect-openrouter-images-jobs"
import { faultless } from "../test/support/account.js"
import { front } from "../test/support/front.js"
import { freePort } from "../test/support/postgres.js"
import { built, run } from "../test/support/program.js"
import { site, waitForDone } from "../test/support/site.js"
import { prompts } from "../test/support/working.js"

const live = Layer.mergeAll(NodeContext.layer, FetchHttpClient.layer, Emulator.layerServer())

const job = "outage"

/** Every look at the job until one is as it is wanted. */
const seenUntil = (wanted: (progress: Jobs.Progress) => boolean) =>
  Jobs.watch(job, { every: "50 millis" }).pipe(
    Stream.takeUntil(wanted),
    Stream.runCollect,
    Effect.map(Chunk.toReadonlyArray)
  )

/** Waits for the pause, and until what was under way has come back. */
const paused = Effect.map(
  seenUntil(({ paused, running }) => paused !== undefined && running === 0),
  (seen) => seen.at(-1)
)

const Ledger = Schema.Array(Schema.Struct({ prompt: Schema.String }))

const readJson = <A, I>(url: string, schema: Schema.Schema<A, I>) =>
  HttpClient.get(url).pipe(Effect.flatMap(HttpClientResponse.schemaBodyJson(schema)), Effect.orDie)

/** The emulator's own program, which can be stopped. */
const server = (cwd: string, port: number) =>
  Effect.gen(function* () {
    const running = yield* run(built("emulator/dist/main.js"), { cwd, env: {}, args: ["--port", String(port)] })
    yield* running.writes(/listening/)
    const control = `http://127.0.0.1:${port}/emulator`
    return {
      ledger: readJson(`${control}/ledger`, Ledger),
      requests: readJson(`${control}/requests`, Schema.Array(Schema.Unknown)),
      /** Keeps the next one waiting for its answer. */
      slow: HttpClient.post(`${control}/script`, {
        body: HttpBody.unsafeJson([{ _tag: "Pace", delayMillis: 2_000 }])
      }),
      stop: running.kill("SIGTERM")
    }
  })

describe("a job whose API", () => {
  it.scopedLive(
    "is stopped and started again",
    () =>
      Effect.gen(function* () {
        const { accountOf, cwd, jobs, started } = yield* site("PostgreSQL")
        const port = yield* freePort
        yield* Effect.gen(function* () {
          yield* started(2, { api: `http://127.0.0.1:${port}/api/v1` })
          const first = yield* server(cwd, port)
          yield* Jobs.submit(prompts(20), { job })
          yield* waitForDone(job, 20)
          const before = yield* first.ledger
          yield* first.stop

          yield* Jobs.submit(prompts(60), { job })
          expect(yield* paused).toMatchObject({
            ...{ done: 20, failed: 0, waiting: 40 },
            paused: { by: "outage", reason: expect.stringMatching(/^ConnectionError: /) }
          })
          const second = yield* server(cwd, port)
          yield* second.slow
          yield* Effect.repeat(second.requests, {
            until: (sent) => sent.length > 0,
            schedule: Schedule.spaced("20 millis")
          })
          // What was sent before a look at the job that is paused was sent to try the door
          for (let isPaused = true; isPaused; ) {
            const { length } = yield* second.requests
            isPaused = (yield* Jobs.status(job)).paused !== undefined
            if (isPaused) expect(length).toBe(1)
          }
          yield* waitForDone(job, 60)
          expect(yield* accountOf(job, [...before, ...(yield* second.ledger)])).toEqual({
            outcomes: 60,
            made: 60,
            ...faultless
          })
          expect(yield* Jobs.status(job)).toMatchObject({ paused: undefined, finished: true, unknown: 0 })
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    180_000
  )

  it.scopedLive(
    "answers everything with 402 for a while",
    () =>
      Effect.gen(function* () {
        const { accountOf, baseUrl, jobs, started } = yield* site("PostgreSQL")
        const { baseUrl: api, pass, refuse, refused } = yield* front(baseUrl)
        yield* Effect.gen(function* () {
          yield* started(2, { api })
          yield* Jobs.submit(prompts(60), { job })
          yield* waitForDone(job, 10)
          yield* refuse(402)
          expect(yield* paused).toMatchObject({
            ...{ failed: 0, finished: false },
            paused: { by: "outage", reason: expect.stringMatching(/402/) }
          })
          const before = yield* refused
          yield* Effect.repeat(refused, { until: (count) => count > before, schedule: Schedule.spaced("20 millis") })
          expect(yield* paused).toMatchObject({ failed: 0, paused: { by: "outage" } })
          // One of them has tried the door, and nobody else
          expect(yield* refused).toBe(before + 1)
          yield* pass
          yield* waitForDone(job, 60)
          expect(yield* accountOf(job)).toEqual({ outcomes: 60, made: 60, ...faultless })
          expect(yield* Jobs.status(job)).toMatchObject({ paused: undefined, finished: true, unknown: 0 })
        }).pipe(Effect.provide(jobs))
      }).pipe(Effect.provide(live)),
    180_000
  )
})

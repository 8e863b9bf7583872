import { createServer } from "node:http"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Layer, Redacted, Schedule, Stream } from "effect"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Callbacks from "effect-openrouter-images-jobs/Callbacks"
import * as Memory from "effect-openrouter-images-jobs/Memory"
import { freePort } from "../../support/postgres.js"
import { finished, imagesLive, itemsOf, letPass, made, prompts, script, until, working } from "../../support/working.js"

const eventsSoFar = (options: Jobs.EventsOptions = {}) =>
  Jobs.events(options).pipe(Stream.interruptAfter("1 second"), Stream.runCollect, Effect.map(Chunk.toReadonlyArray))

const kindsOf = (events: ReadonlyArray<Jobs.Event>) => events.map(({ kind }) => kind)

describe("the events of jobs", () => {
  it.effect("tell each item that ends, and each job, in their order, and go on after any of them", () =>
    Effect.gen(function* () {
      yield* script({ _tag: "Status", status: 400 })
      yield* made(prompts(3), { job: "seen" })
      yield* letPass("3 seconds", "1 second")
      const collected = yield* Effect.fork(eventsSoFar())
      yield* letPass("2 seconds", "500 millis")
      const all = yield* collected
      expect(kindsOf(all).sort()).toEqual(["done", "done", "ended", "failed"])
      expect(kindsOf(all).at(-1)).toBe("ended")
      const items = (yield* itemsOf("seen")).map(({ id, state }) => `${id} ${state}`)
      expect(all.flatMap(({ item, kind }) => (item === undefined ? [] : [`${item} ${kind}`])).sort()).toEqual(
        items.sort()
      )
      const rest = yield* Effect.fork(eventsSoFar({ after: all[1]?.cursor }))
      yield* letPass("2 seconds", "500 millis")
      expect(yield* rest).toEqual(all.slice(2))
      const others = yield* Effect.fork(eventsSoFar({ job: "another" }))
      yield* letPass("2 seconds", "500 millis")
      expect(yield* others).toEqual([])
      // What is taken up again ends again
      yield* Jobs.retryFailed("seen")
      yield* finished("seen")
      yield* letPass("3 seconds", "1 second")
      const later = yield* Effect.fork(eventsSoFar({ after: all.at(-1)?.cursor }))
      yield* letPass("2 seconds", "500 millis")
      expect(kindsOf(yield* later)).toEqual(["done", "ended"])
    }).pipe(Effect.provide(working()))
  )

  it.effect("tell the end of a job also where hundreds of others are open", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      for (let i = 0; i < 250; i++) {
        const job = `a job before it ${i}`
        yield* sql`INSERT INTO images_jobs ${sql.insert({
          ...{ job, created_at: 0, whole: 1, cancelled: 0, spent_usd: 0, reserved_usd: 0 }
        })}`
        yield* sql`INSERT INTO images_counts ${sql.insert({
          ...{ job, state: "undecided", billing: "", shard: 0, items: 1, pictures: 0 }
        })}`
      }
      yield* made(prompts(1), { job: "the last" })
      yield* letPass("3 seconds", "1 second")
      const collected = yield* Effect.fork(eventsSoFar())
      yield* letPass("2 seconds", "500 millis")
      expect(kindsOf(yield* collected)).toEqual(["done", "ended"])
    }).pipe(Effect.provide(working()))
  )

  it.effect("refuse what is no cursor", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Stream.runDrain(Jobs.events({ after: "0.1; DROP TABLE" })))
      expect(error.message).toContain('after: must be the cursor of an event, such as "0.17", got "0.1; DROP TABLE"')
    }).pipe(Effect.provide(working()))
  )
})

describe("callbacks", () => {
  it.scopedLive("send each event at least once, signed and in order, until the server takes it", () =>
    Effect.gen(function* () {
      const secret = Redacted.make("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
      const heard: Array<{ readonly type: string; readonly id: string; readonly isGenuine: boolean }> = []
      let refusals = 2
      const port = yield* freePort
      const receiver = HttpRouter.empty.pipe(
        HttpRouter.post(
          "/pictures",
          Effect.gen(function* () {
            const { headers, text } = yield* HttpServerRequest.HttpServerRequest
            const body = yield* text
            const id = headers["webhook-id"] ?? ""
            const seconds = Number(headers["webhook-timestamp"])
            const signature = yield* Callbacks.sign(secret, { id, seconds, body })
            if (refusals-- > 0) return HttpServerResponse.empty({ status: 503 })
            heard.push({ type: JSON.parse(body).type, id, isGenuine: headers["webhook-signature"] === signature })
            return HttpServerResponse.empty({ status: 204 })
          })
        ),
        HttpServer.serve(),
        Layer.provide(NodeHttpServer.layer(() => createServer(), { port, host: "127.0.0.1" }))
      )
      const callbacks = Callbacks.layer({ url: `http://127.0.0.1:${port}/pictures`, secret }).pipe(
        Layer.provide(NodeHttpClient.layerUndici)
      )
      yield* Effect.gen(function* () {
        yield* Jobs.submit(prompts(3), { job: "told" })
        yield* Effect.repeat(Effect.void, {
          until: () => heard.some(({ type }) => type === "job.ended"),
          schedule: Schedule.spaced("50 millis")
        })
        expect(heard.map(({ type }) => type)).toEqual(["item.done", "item.done", "item.done", "job.ended"])
        expect(heard.every(({ isGenuine }) => isGenuine)).toBe(true)
        expect(new Set(heard.map(({ id }) => id)).size).toBe(4)
        const sql = yield* SqlClient.SqlClient
        yield* Effect.repeat(sql<{ readonly seq: number }>`SELECT seq FROM images_consumers`, {
          until: ([row]) => `0.${row?.seq}` === heard.at(-1)?.id,
          schedule: Schedule.spaced("50 millis")
        })
      }).pipe(
        Effect.provide(
          Layer.mergeAll(Jobs.layer, Layer.orDie(Worker.layer()), receiver, callbacks).pipe(
            Layer.provideMerge(Memory.layer),
            Layer.provide(ImageStore.layerMemory),
            Layer.provide(imagesLive)
          )
        )
      )
    })
  )

  it.effect("have a URL and a secret that nobody guesses", () =>
    Effect.gen(function* () {
      const options = { url: "shop.example", secret: Redacted.make("short") }
      const built = Layer.build(Callbacks.layer(options)).pipe(
        Effect.scoped,
        Effect.provide(Layer.merge(working(), NodeHttpClient.layerUndici))
      )
      const { message } = yield* Effect.flip(built)
      expect(message).toContain('url: must be an absolute http(s) URL, got "shop.example"')
      expect(message).toContain("secret: must have at least 24 characters")
      expect(message).not.toContain("short")
    })
  )

  it("are signed as the Standard Webhooks say", async () => {
    // The example of https://github.com/standard-webhooks/standard-webhooks
    const signature = await Effect.runPromise(
      Callbacks.sign(Redacted.make("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        seconds: 1614265330,
        body: '{"test": 2432232314}'
      })
    )
    expect(signature).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  })
})

describe("a deadline", () => {
  it.effect("lets items fail that were not sent by then, and no other", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(6), { job: "late", deadline: "10 seconds" })
      yield* until("late", ({ done }) => done >= 2)
      yield* Jobs.pause("late")
      yield* letPass("15 seconds", "1 second")
      const status = yield* until("late", ({ waiting }) => waiting === 0)
      expect(status.failed).toBeGreaterThan(0)
      expect(status.done + status.failed).toBe(6)
      const late = (yield* itemsOf("late")).filter(({ state }) => state === "failed")
      for (const { billing, outcome } of late) {
        expect(billing).toBe("notBilled")
        expect(outcome).toMatchObject({ error: { _tag: "DeadlineExceededError", deadlineAt: 10_000 } })
      }
      const error = yield* Effect.flip(Jobs.submit(prompts(1), { job: "never", deadline: 0 }))
      expect(error.message).toContain('deadline: must be a duration above zero, such as "2 hours", got 0')
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )
})

describe("a decision about many", () => {
  it.effect("is about all that wait, or those with one error", () =>
    Effect.gen(function* () {
      yield* script(
        { _tag: "Status", status: 524, body: "html" },
        { _tag: "Reset", at: "head", afterCompletion: true },
        { _tag: "Reset", at: "head", afterCompletion: true }
      )
      yield* Jobs.submit(prompts(3), { job: "asked" })
      yield* until("asked", ({ undecided }) => undecided === 3)
      expect(yield* Jobs.decideAll("asked", "fail", { tag: "ConnectionError" })).toBe(2)
      expect(yield* Jobs.decideAll("asked", "retry")).toBe(1)
      expect(yield* Jobs.decideAll("asked", "retry")).toBe(0)
      expect(yield* finished("asked")).toMatchObject({ done: 1, failed: 2 })
      expect(yield* Effect.flip(Jobs.decideAll("none", "fail"))).toMatchObject({ _tag: "JobNotFoundError" })
    }).pipe(Effect.provide(working({ onUnknown: "ask" })))
  )
})

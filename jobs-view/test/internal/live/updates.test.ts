import { FetchHttpClient, HttpApiClient, HttpLayerRouter, HttpServer, HttpServerResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Layer, Schedule, TestClock } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import { View } from "effect-openrouter-images-jobs-view"
import { recordSpans } from "../../../../jobs/test/support/spans.js"
import { finished, made, prompts, realPause, until, working } from "../../../../jobs/test/support/working.js"
import { ask, listen, server, viewing } from "../../support/viewing.js"

/** Lets the clock run, and sockets with it, until something holds. */
const when = (holds: () => boolean) =>
  Effect.zipRight(TestClock.adjust("200 millis"), realPause).pipe(
    Effect.repeat({ until: holds, schedule: Schedule.recurs(2_000) }),
    Effect.tap(() => expect(holds()).toBe(true))
  )

/** How often a job was counted, by whoever. */
const counting = () => {
  const { layer, spans } = recordSpans()
  const looks = () =>
    spans.filter(({ attributes }) =>
      [...attributes.values()].some((text) => /SUM\(items\) AS items, SUM\(pictures\)/.test(String(text)))
    ).length
  return { layer, looks }
}

describe("the events of a job", () => {
  it.scoped("tell how far it is until it has finished, with its pictures", () => {
    const gate = Effect.unsafeMakeLatch(false)
    return Effect.gen(function* () {
      yield* Jobs.submit(prompts(30), { job: "thirty" })
      const { heard, text } = yield* listen("/jobs/thirty/events")
      yield* when(() => heard().length > 0)
      yield* gate.open
      yield* finished("thirty")
      yield* when(() => heard().at(-1)?.progress.finished === true)
      const all = heard()
      expect(text()).toMatch(/^retry: \d+\n\n/)
      expect(all[0]?.progress).toMatchObject({ done: 0, finished: false })
      const done = all.map(({ progress }) => progress.done)
      expect(done).toEqual([...done].sort((one, other) => one - other))
      expect(all.at(-1)).toMatchObject({ title: "finished · thirty", announced: "finished: 30 of 30 done, 0 failed" })
      expect(all.at(-1)?.parts["summary"]).toContain('<b data-count="done">30</b>')
      expect(all.at(-1)?.parts["items"]?.match(/<img /g)).toHaveLength(24)
      // The page itself has the same.
      const page = (yield* ask("/jobs/thirty")).text
      for (const part of Object.values(all.at(-1)?.parts ?? {})) expect(page).toContain(part)
    }).pipe(
      Effect.provide(
        viewing(
          { concurrency: 3 },
          {
            images: (images) => ({
              ...images,
              generate: (...all) => Effect.zipRight(gate.await, images.generate(...all))
            })
          }
        )
      )
    )
  })

  it.scoped("say it when a job that had finished goes on", () =>
    Effect.gen(function* () {
      yield* made(prompts(2), { job: "more" })
      const { heard } = yield* listen("/jobs/more/events")
      yield* when(() => heard().at(-1)?.progress.finished === true)
      yield* Jobs.submit(prompts(5), { job: "more" })
      yield* when(() => heard().at(-1)?.progress.done === 5)
    }).pipe(Effect.provide(viewing()))
  )

  it.scoped("are from one look for all who listen, and from none when nobody does", () => {
    const { layer, looks } = counting()
    return Effect.gen(function* () {
      yield* Jobs.submit(prompts(4), { job: "seen" })
      yield* finished("seen")
      const many = yield* Effect.all(Array.from({ length: 8 }, () => listen("/jobs/seen/events")))
      yield* when(() => many.every(({ heard }) => heard().length > 0))
      const before = looks()
      yield* Effect.repeatN(Effect.zipRight(TestClock.adjust("1 second"), realPause), 19)
      expect(looks() - before).toBeGreaterThan(10)
      expect(looks() - before).toBeLessThanOrEqual(20)
      yield* Effect.forEach(many, ({ stop }) => stop)
      yield* Effect.repeatN(Effect.zipRight(TestClock.adjust("1 second"), realPause), 29)
      const after = looks()
      yield* Effect.repeatN(Effect.zipRight(TestClock.adjust("1 second"), realPause), 19)
      expect(looks()).toBe(after)
    }).pipe(Effect.provide(Layer.provideMerge(viewing(), layer)))
  })

  it.live("end when the server does, which waits for nobody who looks", () =>
    Effect.gen(function* () {
      const listening = yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Jobs.submit(prompts(1), { job: "end" })
          const { heard, isOver } = yield* listen("/jobs/end/events")
          yield* Effect.repeat(realPause, { until: () => heard().length > 0 })
          expect(isOver()).toBe(false)
          return { isOver }
        }).pipe(Effect.provide(viewing()))
      ).pipe(Effect.timed)
      expect(Duration.toSeconds(listening[0])).toBeLessThan(5)
      yield* Effect.repeat(realPause, { until: listening[1].isOver })
    })
  )
})

describe("the events of all jobs", () => {
  it.scoped("tell of a job that comes", () =>
    Effect.gen(function* () {
      const { heard } = yield* listen("/events")
      yield* when(() => heard().length > 0)
      expect(heard()[0]?.parts["jobs"]).toBe("")
      yield* made(prompts(2), { job: "new one" })
      yield* when(() => heard().at(-1)?.parts["jobs"]?.includes("<b>100 %</b> of 2 items") === true)
    }).pipe(Effect.provide(viewing()))
  )
})

describe("the API", () => {
  it.scoped("gives programs the same by a client made from it", () =>
    Effect.gen(function* () {
      const baseUrl = yield* HttpServer.addressFormattedWith(Effect.succeed)
      const client = yield* HttpApiClient.make(View.api, { baseUrl }).pipe(Effect.provide(FetchHttpClient.layer))
      yield* made(prompts(5), { job: "five" })
      const path = { job: "five" }
      const status = yield* Jobs.status("five")
      expect(yield* client.json.jobs()).toEqual([yield* client.json.job({ path })])
      expect(yield* client.json.job({ path })).toEqual(JSON.parse(JSON.stringify(status)))
      expect(yield* client.json.failures({ path })).toEqual([])
      const items = yield* client.json.items({ path, urlParams: { limit: 2 } })
      expect(items.map(({ request }) => request.prompt)).toEqual(["picture 5", "picture 4"])
      const absent = yield* Effect.flip(client.json.job({ path: { job: "none" } }))
      expect(absent).toMatchObject({ _tag: "JobNotFoundError", job: "none" })
      const wrong = yield* ask("/api/jobs/five/items?limit=100000")
      expect(wrong.status).toBe(400)
      expect(yield* until("five", () => true)).toEqual(status)
    }).pipe(Effect.provide(viewing()))
  )

  it.scoped("can be put into a server of one's own", () => {
    const own = HttpLayerRouter.serve(
      Layer.merge(
        HttpLayerRouter.addHttpApi(View.api).pipe(Layer.provide(View.layerHandlers)),
        HttpLayerRouter.add("GET", "/health", HttpServerResponse.text("well"))
      ),
      { disableLogger: true, disableListenLog: true }
    )
    return Effect.gen(function* () {
      yield* made(prompts(1), { job: "mine" })
      expect((yield* ask("/health")).text).toBe("well")
      expect((yield* ask("/jobs/mine")).text).toContain("<h1>mine</h1>")
      expect(JSON.parse((yield* ask("/api/jobs/mine")).text)).toMatchObject({ job: "mine", done: 1 })
    }).pipe(Effect.provide(Layer.provideMerge(own, Layer.merge(working(), server))))
  })
})

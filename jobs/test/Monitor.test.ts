import { HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Metric, MetricBoundaries, Schedule } from "effect"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Memory from "effect-openrouter-images-jobs/Memory"
import * as Monitor from "effect-openrouter-images-jobs/Monitor"
import { familyOf, format } from "../src/internal/monitor/openMetrics.js"
import { freePort } from "./support/postgres.js"
import { imagesLive, prompts } from "./support/working.js"

describe("a monitor", () => {
  it.scopedLive("says whether the worker lives and can work, and what it counts", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const live = Layer.mergeAll(Jobs.layer, Layer.orDie(Worker.layer()), Layer.orDie(Monitor.layer({ port }))).pipe(
        Layer.provideMerge(Memory.layer),
        Layer.provide(ImageStore.layerMemory),
        Layer.provide(imagesLive)
      )
      const ask = (path: string) =>
        Effect.flatMap(HttpClient.get(`http://127.0.0.1:${port}${path}`), (answer) =>
          Effect.map(answer.text, (text) => ({ status: answer.status, headers: answer.headers, text }))
        ).pipe(Effect.scoped, Effect.provide(NodeHttpClient.layerUndici))
      yield* Effect.gen(function* () {
        yield* Jobs.submit(prompts(3), { job: 'the "first" job', limitUsd: 9 })
        yield* Effect.repeat(Jobs.status('the "first" job'), {
          until: ({ finished }) => finished,
          schedule: Schedule.spaced("50 millis")
        })
        const health = yield* ask("/health")
        expect(health.status).toBe(200)
        expect(JSON.parse(health.text)).toMatchObject({ alive: true, database: "reachable", ready: true })
        expect((yield* ask("/ready")).status).toBe(200)
        expect((yield* ask("/elsewhere")).status).toBe(404)
        const { headers, text } = yield* ask("/metrics")
        expect(headers["content-type"]).toContain("application/openmetrics-text; version=1.0.0")
        const lines = text.split("\n")
        const job = 'job="the \\"first\\" job"'
        expect(lines).toContain(`openrouter_jobs_items{${job},state="done"} 3`)
        expect(lines).toContain(`openrouter_jobs_spent_usd{${job}} 0.12`)
        expect(lines).toContain(`openrouter_jobs_limit_usd{${job}} 9`)
        expect(lines).toContain(`openrouter_jobs_paused{${job}} 0`)
        expect(lines).toContain("openrouter_jobs_gate_seconds 0")
        expect(text).toMatch(/^openrouter_jobs_attempts_total\{outcome="Made"\} [1-9]/m)
        expect(text).toMatch(/^openrouter_jobs_calls 0$/m)
        expect(text.endsWith("# EOF\n")).toBe(true)
        // Each family once, its samples together
        const types = lines.filter((line) => line.startsWith("# TYPE")).map((line) => line.split(" ")[2])
        expect(new Set(types).size).toBe(types.length)
      }).pipe(Effect.provide(live))
    })
  )
})

describe("the text of metrics", () => {
  it.effect("has counters, gauges, histograms and frequencies of Effect", () =>
    Effect.gen(function* () {
      yield* Metric.increment(Metric.tagged(Metric.counter("a.count", { description: "two\nlines" }), "unit", "s"))
      yield* Metric.set(Metric.tagged(Metric.gauge("a.gauge"), "who", "me"), 1.5)
      const histogram = Metric.histogram("a.time", MetricBoundaries.fromIterable([1, 10]))
      for (const seconds of [0.5, 5, 50]) yield* Metric.update(histogram, seconds)
      yield* Metric.update(Metric.frequency("a.word"), "boat")
      const ours = (yield* Metric.snapshot).filter(({ metricKey }) => metricKey.name.startsWith("a."))
      const text = format(ours.flatMap(familyOf).sort((one, other) => (one.name < other.name ? -1 : 1)))
      expect(text.split("\n")).toEqual([
        "# TYPE a_count counter",
        "# HELP a_count two\\nlines",
        "a_count_total 1",
        "# TYPE a_gauge gauge",
        'a_gauge{who="me"} 1.5',
        "# TYPE a_time histogram",
        'a_time_bucket{le="1"} 1',
        'a_time_bucket{le="10"} 2',
        'a_time_bucket{le="+Inf"} 3',
        "a_time_count 3",
        "a_time_sum 55.5",
        "# TYPE a_word counter",
        'a_word_total{value="boat"} 1',
        "# EOF",
        ""
      ])
    })
  )
})

import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Option, Stream, TestClock, type Tracer } from "effect"
import { Fallback, GeneratedImage, Images, InputReference, Telemetry } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { onFailure } from "./support/attemptEnds.js"
import { metrics } from "./support/metrics.js"
import { watching } from "./support/tracing.js"

const prompt = "a red panda in the snow"

/** A model of its own for each test: metrics are shared by all. */
const requestOf = (model: string) => ({ model: `telemetry/${model}`, prompt }) as const

interface Told {
  readonly span: Tracer.Span
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: ReadonlyArray<readonly [string, Readonly<Record<string, unknown>>]>
  readonly kind: string
}

/** Runs an effect under the layer and gives the spans by their names. */
const spansOf = <A, E>(
  effect: Effect.Effect<A, E, Images.Images | Testing.Testing>,
  answers: Testing.Answers = {},
  options?: Telemetry.Options
) =>
  Effect.gen(function* () {
    const spans = new Map<string, Told>()
    const tracer = yield* watching((span) => {
      const events: Array<readonly [string, Readonly<Record<string, unknown>>]> = []
      const { event } = span
      span.event = (name, time, attributes) => {
        events.push([name, attributes ?? {}])
        event.call(span, name, time, attributes)
      }
      spans.set(span.name, {
        span,
        events,
        kind: span.kind,
        get attributes() {
          return Object.fromEntries(span.attributes)
        }
      })
    })
    const layer = Layer.provideMerge(Telemetry.layer(options), Testing.layer(answers))
    const exit = yield* effect.pipe(Effect.provide(layer), Effect.withTracer(tracer), Effect.exit)
    return { exit, spans }
  })

/** What the metrics know of a model, by name and, of histograms, the sum. */
const metricsOf = (model: string) =>
  Effect.map(metrics, (all) =>
    Object.fromEntries(
      all
        .filter(({ tags }) => tags["gen_ai.request.model"] === `telemetry/${model}`)
        .map(({ name, tags, value }) => {
          const kind = [tags["gen_ai.token.type"], tags["error.type"]].filter((tag) => tag !== undefined).join(" ")
          return [`${name} ${kind}`.trim(), value]
        })
    )
  )

const busy = Testing.error("TooManyRequestsResponseError", { retryAfter: Duration.seconds(2) })

describe("a generation's span", () => {
  it.effect("has the conventions' name and kind, the request, and what came of it", () =>
    Effect.gen(function* () {
      const request = { ...requestOf("whole"), n: 2, seed: 7, sessionId: "album-1" }
      const { spans } = yield* spansOf(Images.generate(request), {
        generate: [
          Testing.response({
            data: [Testing.image, Testing.image],
            usage: Testing.usage({ cost: 0.08, promptTokens: 5, completionTokens: 40 }),
            generationId: "gen-7"
          })
        ]
      })
      const span = spans.get("generate_content telemetry/whole")
      expect(span?.kind).toBe("client")
      expect(span?.attributes).toEqual({
        "gen_ai.operation.name": "generate_content",
        "gen_ai.provider.name": "openrouter",
        "gen_ai.request.model": "telemetry/whole",
        "gen_ai.output.type": "image",
        "gen_ai.request.choice.count": 2,
        "gen_ai.request.seed": 7,
        "gen_ai.conversation.id": "album-1",
        "gen_ai.response.id": "gen-7",
        "gen_ai.usage.input_tokens": 5,
        "gen_ai.usage.output_tokens": 40,
        "openrouter.attempts": 1,
        "openrouter.images": 2,
        "openrouter.cost_usd": 0.08
      })
      expect(span?.events).toEqual([])
    })
  )

  it.effect("names each picture that is not what was asked for", () =>
    Effect.gen(function* () {
      const svg = (side: number) => `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="${side}"/>`
      const image = (side: number) => GeneratedImage.make(new TextEncoder().encode(svg(side)))
      const { spans } = yield* spansOf(
        Images.generate({ ...requestOf("other"), n: 2, aspectRatio: "1:1", outputFormat: "svg" }),
        { generate: [Testing.response({ data: [image(16), image(1600)] })] }
      )
      const span = spans.get("generate_content telemetry/other")
      expect(span?.attributes).toMatchObject({ "openrouter.images": 2, "openrouter.deviations": 1 })
      expect(span?.events).toEqual([
        [
          "picture deviates",
          {
            "openrouter.image_index": 1,
            "openrouter.deviation.aspect_ratio.asked": "1:1",
            "openrouter.deviation.aspect_ratio.delivered": "16x1600"
          }
        ]
      ])
    })
  )

  it.effect("has of a failure its tag, its billing and its status, and the attempt as an event", () =>
    Effect.gen(function* () {
      const { exit, spans } = yield* spansOf(Images.generate(requestOf("busy")), { generate: [busy] })
      expect(exit).toMatchObject({ _tag: "Failure" })
      const failure = {
        "error.type": "TooManyRequestsResponseError",
        "openrouter.billing": "notBilled",
        "http.response.status_code": 429
      }
      const span = spans.get("generate_content telemetry/busy")
      expect(span?.attributes).toMatchObject({ ...failure, "openrouter.attempts": 1, "openrouter.images": 0 })
      expect(span?.events).toEqual([
        ["attempt failed", expect.objectContaining({ ...failure, "openrouter.attempt": 1 })]
      ])
    })
  )

  it.effect("is there for a stream too, with its generation's id", () =>
    Effect.gen(function* () {
      const { spans } = yield* spansOf(Stream.runDrain(Images.generateStream(requestOf("stream"))))
      const { attributes } = spans.get("generate_content telemetry/stream") as Told
      const told = { "openrouter.images": 1, "openrouter.cost_usd": 0.04, "gen_ai.response.id": "gen-testing" }
      expect(attributes).toMatchObject(told)
      expect(attributes).not.toHaveProperty(["error.type"])
    })
  )

  it.effect.each(["generate", "generateStream"] as const)("of %s is around all of it, and ends with it", (operation) =>
    Effect.gen(function* () {
      const seconds = (count: number) => BigInt(count) * 1_000_000_000n
      const answer = Effect.withSpan(Effect.sleep("3 seconds"), "the answer")
      const fiber = yield* Effect.fork(
        spansOf(
          operation === "generate"
            ? Effect.asVoid(Images.generate(requestOf("around")))
            : Stream.runDrain(Images.generateStream(requestOf("around"))),
          {
            generate: [Effect.as(answer, Testing.response())],
            generateStream: [Stream.concat(Stream.execute(answer), Stream.make(Testing.completed()))]
          }
        )
      )
      yield* TestClock.adjust("3 seconds")
      const { spans } = yield* Fiber.join(fiber)
      const { span } = spans.get("generate_content telemetry/around") as Told
      expect(span.status).toMatchObject({ _tag: "Ended", startTime: 0n, endTime: seconds(3) })
      expect(Option.map(spans.get("the answer")?.span.parent ?? Option.none(), ({ spanId }) => spanId)).toEqual(
        Option.some(span.spanId)
      )
    })
  )

  it.effect("says of a stream how it failed", () =>
    Effect.gen(function* () {
      const failure = Testing.error("ImageStreamError")
      const { spans } = yield* spansOf(Stream.runDrain(Images.generateStream(requestOf("broken"))), {
        generateStream: [Stream.concat(Stream.make(Testing.partialImage(0)), Stream.fail(failure))]
      })
      expect(spans.get("generate_content telemetry/broken")?.attributes).toMatchObject({
        "error.type": "ImageStreamError",
        "openrouter.billing": failure.billing
      })
    })
  )

  it.effect("is that of a success for who takes no more after the last picture", () =>
    Effect.gen(function* () {
      const { spans } = yield* spansOf(
        Stream.runDrain(Stream.takeUntil(Images.generateStream(requestOf("last")), ({ _tag }) => _tag === "Completed"))
      )
      const { attributes } = spans.get("generate_content telemetry/last") as Told
      expect(attributes).toMatchObject({ "openrouter.images": 1 })
      expect(attributes).not.toHaveProperty(["error.type"])
    })
  )

  it.effect("has the pictures that a failure kept", () =>
    Effect.gen(function* () {
      const { spans } = yield* spansOf(Images.generate(requestOf("kept")), {
        generate: [Testing.error("ResponseValidationError", { images: [Testing.image, Testing.image] })]
      })
      const told = { "openrouter.images": 2, "openrouter.billing": "billed" }
      expect(spans.get("generate_content telemetry/kept")?.attributes).toMatchObject(told)
    })
  )

  it.effect(
    "says that nothing was billed to who is interrupted before it is sent, or between attempts that cost nothing",
    () =>
      Effect.gen(function* () {
        const waiting = (options: Images.RequestOptions) =>
          Effect.gen(function* () {
            const fiber = yield* Effect.fork(Images.generate(requestOf("waiting"), options))
            yield* TestClock.adjust("1 second")
            yield* Fiber.interrupt(fiber)
          })
        const { spans } = yield* spansOf(waiting({ onAttemptEnd: () => Effect.never }), { generate: [busy] })
        const { spans: unsent } = yield* spansOf(waiting({ onAttempt: Effect.never }))
        const cancelled = { "error.type": "cancelled", "openrouter.billing": "notBilled" }
        expect(unsent.get("generate_content telemetry/waiting")?.attributes).toMatchObject(cancelled)
        expect(spans.get("generate_content telemetry/waiting")?.attributes).toMatchObject(cancelled)
      })
  )

  it.effect("tells who stops before the last picture, or is interrupted, from a failure: both cancelled it", () =>
    Effect.gen(function* () {
      const cancelled = { "error.type": "cancelled", "openrouter.billing": "unknown" }
      const { spans } = yield* spansOf(Stream.runHead(Images.generateStream(requestOf("head"))))
      expect(spans.get("generate_content telemetry/head")?.attributes).toMatchObject(cancelled)
      const interrupted = Effect.gen(function* () {
        const fiber = yield* Effect.fork(Images.generate(requestOf("interrupted")))
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(fiber)
      })
      const { spans: others } = yield* spansOf(interrupted, { generate: [Effect.never] })
      expect(others.get("generate_content telemetry/interrupted")?.attributes).toMatchObject(cancelled)
    })
  )

  it.effect("names the model that made the pictures where it is another", () =>
    Effect.gen(function* () {
      const layer = Telemetry.layer().pipe(
        Layer.provide(Fallback.layer(["telemetry/second"])),
        Layer.provideMerge(Testing.layer({ generate: [busy, Testing.response()] }))
      )
      const seen: Array<Tracer.Span> = []
      const tracer = yield* watching((span) => void seen.push(span))
      yield* Images.generate(requestOf("first")).pipe(Effect.provide(layer), Effect.withTracer(tracer))
      const span = seen.find(({ name }) => name === "generate_content telemetry/first")
      expect(Object.fromEntries(span?.attributes ?? [])).toMatchObject({
        "gen_ai.request.model": "telemetry/first",
        "gen_ai.response.model": "telemetry/second",
        "openrouter.attempts": 2
      })
    })
  )
})

describe("the content of a generation", () => {
  const reference = InputReference.fromImage(Testing.image)
  const request = {
    ...requestOf("content"),
    inputReferences: [reference, InputReference.fromUrl("https://example.org/a.png")]
  }
  const toldOf = (options?: Telemetry.Options) =>
    Effect.map(spansOf(Images.generate(request), {}, options), ({ spans }) => {
      const { attributes } = spans.get("generate_content telemetry/content") as Told
      return JSON.stringify(attributes)
    })

  it.effect("is in no span unless asked for", () =>
    Effect.gen(function* () {
      const told = yield* toldOf()
      for (const secret of [prompt, "example.org", Testing.image.b64Json]) expect(told).not.toContain(secret)
    })
  )

  it.effect("is there as far as asked for: the prompt and addresses, or the pictures", () =>
    Effect.gen(function* () {
      const { spans } = yield* spansOf(Images.generate(request), {}, { recordPrompts: true })
      const { attributes } = spans.get("generate_content telemetry/content") as Told
      const parts = [
        { type: "text", content: prompt },
        { type: "uri", modality: "image", uri: "https://example.org/a.png" }
      ]
      expect(JSON.parse(String(attributes["gen_ai.input.messages"]))).toEqual([{ role: "user", parts }])
      expect(attributes).not.toHaveProperty(["gen_ai.output.messages"])
    })
  )

  it.effect("has the pictures in both messages when they are asked for", () =>
    Effect.gen(function* () {
      const { spans } = yield* spansOf(Images.generate(request), {}, { recordPictures: true })
      const { attributes } = spans.get("generate_content telemetry/content") as Told
      const blob = { type: "blob", modality: "image", mime_type: "image/png", content: Testing.image.b64Json }
      expect(JSON.parse(String(attributes["gen_ai.input.messages"]))).toEqual([{ role: "user", parts: [blob] }])
      expect(JSON.parse(String(attributes["gen_ai.output.messages"]))).toEqual([
        { role: "assistant", parts: [blob], finish_reason: "stop" }
      ])
    })
  )
})

describe("the metrics", () => {
  it.effect("count how long it took, what it used and cost, and the attempts that failed", () =>
    Effect.gen(function* () {
      const slow = Effect.delay(
        Effect.succeed(
          Testing.response({ usage: Testing.usage({ cost: 0.04, promptTokens: 5, completionTokens: 40 }) })
        ),
        "3 seconds"
      )
      const both = Effect.zipRight(
        Effect.exit(Images.generate(requestOf("counted"))),
        Images.generate(requestOf("counted"))
      )
      const fiber = yield* Effect.fork(spansOf(both, { generate: [busy, slow] }))
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.join(fiber)
      expect(yield* metricsOf("counted")).toEqual({
        "gen_ai.client.operation.duration": 3,
        "gen_ai.client.operation.duration TooManyRequestsResponseError": 0,
        "gen_ai.client.token.usage input": 5,
        "gen_ai.client.token.usage output": 40,
        "openrouter.client.cost": 0.04,
        "openrouter.client.images": 1,
        "openrouter.client.images TooManyRequestsResponseError": 0,
        "openrouter.client.failed_attempts TooManyRequestsResponseError": 1
      })
    })
  )

  it.effect("let the caller's own hooks be heard as well", () =>
    Effect.gen(function* () {
      const heard: Array<string> = []
      const say = (word: string) => Effect.sync(() => void heard.push(word))
      const options = { onAttempt: say("attempt"), onAttemptEnd: onFailure(({ _tag }) => say(_tag)) }
      yield* spansOf(Images.generate(requestOf("hooks"), options), { generate: [busy] })
      expect(heard).toEqual(["attempt", "TooManyRequestsResponseError"])
    })
  )

  it.effect("leave pictures as they are", () =>
    Effect.gen(function* () {
      const { exit } = yield* spansOf(Images.generate(requestOf("same")))
      expect(exit).toMatchObject({ value: { data: [expect.any(GeneratedImage.GeneratedImage)] } })
    })
  )
})

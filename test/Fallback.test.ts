import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Clock, Effect, Either, type ExecutionPlan, Fiber, Layer, Stream, TestClock, type Tracer } from "effect"
import {
  Errors,
  Fallback,
  ImageStream,
  Images,
  type ImagesSchema,
  Provenance,
  RateLimit
} from "effect-openrouter-images"
import { tagsOf } from "./support/errorTags.js"
import { byEveryTag, refused } from "./support/failures.js"
import { faked, over, overloaded, picture, preview, request, success, tags } from "./support/fakeImages.js"
import { logTo, withDebug } from "./support/logged.js"
import { watching } from "./support/tracing.js"

describe("whether a failure goes on to the next model", () => {
  it("is decided for every tag", () => {
    const decided = new Set(byEveryTag.map(([, error]) => error._tag))
    expect([...decided].sort()).toEqual(tagsOf(Errors.OpenRouterError))
  })

  it.effect.each(byEveryTag)("%s", ([, error, goesOn]) =>
    Effect.gen(function* () {
      expect(Fallback.whenCurable(error)).toBe(goesOn)
      const streamed = faked([Effect.fail(error), success])
      const seen = yield* Effect.provide(tags(Images.generateStream(request)), over(streamed, ["a/second"]))
      expect(seen).toEqual([goesOn ? "Completed" : error._tag])
      const buffered = faked([Effect.fail(error), success])
      const result = yield* Effect.either(Images.generate(request)).pipe(Effect.provide(over(buffered, ["a/second"])))
      expect(Either.merge(result)).toMatchObject(
        goesOn ? { fallback: { model: "a/second", failures: [{ model: "a/first", error }] } } : error
      )
      for (const { models } of [streamed, buffered]) {
        expect(models()).toEqual(goesOn ? ["a/first", "a/second"] : ["a/first"])
      }
    })
  )
})

describe("the steps", () => {
  it.effect("override what they name, and leave the rest", () => {
    const provider = { only: ["seed"] }
    const fake = faked([Effect.fail(overloaded), Effect.fail(overloaded), Effect.fail(overloaded), success])
    return Effect.gen(function* () {
      const whole = { ...request, n: 2, quality: "high" } as const
      const { fallback } = yield* Images.generate(whole)
      expect(fake.asked).toEqual([
        whole,
        { ...whole, model: "a/second" },
        { ...whole, provider },
        { ...whole, model: "a/third", n: 1, quality: undefined }
      ])
      expect(fallback?.failures.map(({ model }) => model)).toEqual(["a/first", "a/second", "a/first"])
    }).pipe(Effect.provide(over(fake, ["a/second", { provider }, { model: "a/third", n: 1, quality: undefined }])))
  })

  it.effect("that come to a request already made are left out", () => {
    const fake = faked([Effect.fail(overloaded), Effect.fail(overloaded), success])
    const provider = () => ({ order: ["seed", "azure"], options: { seed: { steps: [1, 2] } } })
    return Effect.gen(function* () {
      const { fallback } = yield* Images.generate({ ...request, provider: provider() })
      expect(fake.asked).toHaveLength(3)
      expect(fake.asked[1]?.provider).toEqual({ order: ["azure", "seed"] })
      expect(fallback?.model).toBe("a/second")
    }).pipe(
      Effect.provide(
        over(fake, [
          "a/first",
          {},
          { quality: undefined },
          { provider: provider() },
          { provider: { order: ["azure", "seed"] } },
          { model: "a/first", provider: { order: ["azure", "seed"], only: undefined } },
          "a/second"
        ])
      )
    )
  })

  it.effect("are not asked for what the first serves", () => {
    const fake = faked([success])
    return Effect.gen(function* () {
      expect(yield* Images.generate(request)).toEqual({ ...picture, fallback: { model: "a/first", failures: [] } })
      expect(fake.models()).toEqual(["a/first"])
    }).pipe(Effect.provide(over(fake, ["a/second"])))
  })

  it.effect("that all fail end with the last failure", () => {
    const fake = faked([Effect.fail(overloaded), Effect.fail(refused(502)), Effect.fail(refused(402)), success])
    return Effect.gen(function* () {
      expect((yield* Effect.flip(Images.generate(request)))._tag).toBe("PaymentRequiredResponseError")
      expect(fake.models()).toEqual(["a/first", "a/second", "a/third"])
    }).pipe(Effect.provide(over(fake, ["a/second", "a/third", "a/fourth"])))
  })

  it.effect("of a fallback below another are told as one", () => {
    const fake = faked([Effect.fail(overloaded), Effect.fail(overloaded), Effect.fail(overloaded), success])
    const layer = Layer.provide(Fallback.layer(["a/third"]), over(fake, [{ n: 1 }]))
    return Effect.gen(function* () {
      const { fallback } = yield* Images.generate(request)
      expect(fallback?.model).toBe("a/third")
      expect(fallback?.failures.map(({ model }) => model)).toEqual(["a/first", "a/third"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("leave discovery alone", () =>
    Effect.map(Images.listModels(), ({ data }) => expect(data).toEqual([])).pipe(
      Effect.provide(over(faked([]), ["a/second"]))
    )
  )
})

describe("followAvailability", () => {
  const naming = (...fallbackModels: ReadonlyArray<string>) =>
    Effect.fail(refused(404, { availability: { fallbackModels } }))

  it.effect("tries what the server names after the steps, each model once, at most 3", () => {
    const fake = faked([
      naming("a/second", "b/one", "b/two"),
      naming("b/one", "b/three"),
      naming("b/one", "b/two"),
      naming("b/four", "b/five"),
      naming()
    ])
    return Effect.gen(function* () {
      expect((yield* Effect.flip(Images.generate({ ...request, n: 2 })))._tag).toBe("NotFoundResponseError")
      expect(fake.models()).toEqual(["a/first", "a/second", "b/one", "b/two", "b/three"])
      expect(fake.asked[2]).toEqual({ ...request, n: 2, model: "b/one" })
    }).pipe(Effect.provide(over(fake, [{ model: "a/second", n: 1 }], { followAvailability: true })))
  })

  it.effect("is not the default", () => {
    const fake = faked([naming("b/one")])
    return Effect.gen(function* () {
      expect((yield* Effect.flip(Images.generate(request)))._tag).toBe("NotFoundResponseError")
      expect(fake.models()).toEqual(["a/first"])
    }).pipe(Effect.provide(over(fake, [])))
  })

  it.effect("ends with a failure that is not curable", () => {
    const fake = faked([naming("b/one", "b/two"), Effect.fail(refused(402))])
    return Effect.gen(function* () {
      expect((yield* Effect.flip(Images.generate(request)))._tag).toBe("PaymentRequiredResponseError")
      expect(fake.models()).toEqual(["a/first", "b/one"])
    }).pipe(Effect.provide(over(fake, [], { followAvailability: true })))
  })
})

describe("a stream", () => {
  const failing = new Errors.ImageStreamError({ operation: "generateStream", message: "the provider fell over" })

  it.effect("falls back before its first event", () => {
    const fake = faked([Effect.fail(failing), success])
    return Effect.gen(function* () {
      expect(yield* tags(Images.generateStream(request))).toEqual(["Completed"])
      expect(fake.models()).toEqual(["a/first", "a/second"])
    }).pipe(Effect.provide(over(fake, ["a/second"])))
  })

  it.effect("says which model made its pictures, where it is another than the one that was asked for", () => {
    const fake = faked([Effect.fail(failing), success, success])
    return Effect.gen(function* () {
      const response = yield* ImageStream.runFinal(Images.generateStream(request))
      expect(response.fallback).toEqual({ model: "a/second", failures: [] })
      expect(Provenance.of(request, response).model).toBe("a/second")
      expect(yield* ImageStream.runFinal(Images.generateStream(request))).not.toHaveProperty("fallback")
    }).pipe(Effect.provide(over(fake, ["a/second"])))
  })

  it.effect("never does after it", () => {
    const fake = faked([Effect.fail(failing), success], () => [preview])
    return Effect.gen(function* () {
      expect(yield* tags(Images.generateStream(request))).toEqual(["PartialImage", "ImageStreamError"])
      expect(fake.models()).toEqual(["a/first"])
    }).pipe(Effect.provide(over(fake, ["a/second"])))
  })

  it.effect("begins anew each time that it is run", () => {
    const fake = faked([success, Effect.fail(failing), success])
    return Effect.gen(function* () {
      const stream = Images.generateStream(request)
      expect(yield* tags(stream)).toEqual(["Completed"])
      expect(yield* tags(stream)).toEqual(["Completed"])
      expect(fake.models()).toEqual(["a/first", "a/first", "a/second"])
    }).pipe(Effect.provide(over(fake, ["a/second"])))
  })
})

/** A span of Effect's own tracer, which keeps its events; what is logged is among them. */
interface Recorded extends Tracer.Span {
  readonly events: ReadonlyArray<readonly [name: string, at: bigint, attributes: unknown]>
}

describe("what is told of it", () => {
  const traced = (program: Effect.Effect<unknown, unknown, Images.Images>, name: string) =>
    Effect.gen(function* () {
      const spans: Array<Recorded> = []
      const messages: Array<string> = []
      const tracer = yield* watching((span) => void spans.push(span as Recorded))
      const logger = logTo((message) => void messages.push(message))
      const failing = refused(404, { message: `no ${request.prompt}` })
      const fake = faked([Effect.fail(failing), Effect.fail(overloaded), success])
      yield* program.pipe(
        Effect.provide([over(fake, ["a/second", "a/third"]), logger, withDebug]),
        Effect.withTracer(tracer)
      )
      return { span: spans.find((span) => span.name === name), messages }
    })

  it.effect.each([
    ["Fallback.generate", Images.generate(request)],
    ["Fallback.generateStream", Stream.runDrain(Images.generateStream(request))]
  ] as const)("the span %s names the model that served and the failures before, never the prompt", ([name, program]) =>
    Effect.gen(function* () {
      const { messages, span } = yield* traced(program, name)
      expect(Object.fromEntries(span?.attributes ?? [])).toMatchObject({ model: "a/third", failures: 2 })
      const events = span?.events.filter(([name]) => name === "fallback") ?? []
      expect(events.map(([, , attributes]) => attributes)).toEqual([
        { model: "a/first", error: "NotFoundResponseError", status: 404 },
        { model: "a/second", error: "ProviderOverloadedResponseError", status: 529 }
      ])
      expect(messages).toEqual([
        "fallback: a/first failed with NotFoundResponseError, next is a/second",
        "fallback: a/second failed with ProviderOverloadedResponseError, next is a/third"
      ])
    })
  )
})

describe("with a rate limit", () => {
  const limit = RateLimit.layer({ concurrency: 1 })
  const outcomes = () => faked([Effect.fail(overloaded), success, success])
  const programs = {
    generate: Images.generate(request),
    generateStream: Images.generateStream(request).pipe(Stream.runDrain)
  }

  it.effect.each([
    ["generate", "above it"],
    ["generateStream", "above it"],
    ["generate", "below it"],
    ["generateStream", "below it"]
  ] as const)("of one call at a time %s works %s: what failed has given its place back", ([name, where]) => {
    const fake = outcomes()
    const layer =
      where === "above it"
        ? Layer.provideMerge(Fallback.layer(["a/second"]), Layer.provide(limit, fake.layer))
        : Layer.provide(limit, over(fake, ["a/second"]))
    return Effect.gen(function* () {
      yield* programs[name]
      expect(fake.models()).toEqual(["a/first", "a/second"])
      expect(yield* RateLimit.status).toMatchObject({ running: 0, waiting: 0 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("holds the next model back as long as the server asked", () => {
    const times: Array<number> = []
    const note = Effect.map(Clock.currentTimeMillis, (now) => times.push(now))
    const fake = faked(
      [Effect.fail(refused(429, { retryAfter: 5000 })), success].map((one) => Effect.zipRight(note, one))
    )
    const layer = Layer.provide(Fallback.layer(["a/second"]), Layer.provide(limit, fake.layer))
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(Images.generate(request))
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(fiber)
      expect(times).toEqual([0, 5000])
    }).pipe(Effect.provide(layer))
  })
})

describe("the types", () => {
  it("are those of a layer over Images, and of a plan that both kinds of program take", () => {
    expectTypeOf(Fallback.layer([])).toEqualTypeOf<Layer.Layer<Images.Images, never, Images.Images>>()
    expectTypeOf(Fallback.plan([])).toEqualTypeOf<
      ExecutionPlan.ExecutionPlan<{
        provides: Images.Images
        input: Errors.OpenRouterError
        error: never
        requirements: Images.Images
      }>
    >()
    const planned = Images.generate(request).pipe(Effect.withExecutionPlan(Fallback.plan([])))
    expectTypeOf(planned).toEqualTypeOf<
      Effect.Effect<ImagesSchema.ImageGenerationResponse, Errors.GenerateError, Images.Images>
    >()
    const streamed = Images.generateStream(request).pipe(Stream.withExecutionPlan(Fallback.plan([])))
    expectTypeOf(streamed).toEqualTypeOf<
      Stream.Stream<ImagesSchema.ImageStreamEvent, Errors.GenerateStreamError, Images.Images>
    >()
    expectTypeOf(Fallback.whenCurable).toEqualTypeOf<(error: Errors.OpenRouterError) => boolean>()
    // @ts-expect-error a step overrides fields of a request
    expect(Layer.isLayer(Fallback.layer([{ model: 7 }]))).toBe(true)
  })
})

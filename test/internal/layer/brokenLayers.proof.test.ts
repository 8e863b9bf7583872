import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Cause, Effect, Either, Exit, FastCheck, Fiber, Layer, Runtime, Stream, TestClock } from "effect"
import {
  Batch,
  Catalog,
  GeneratedImage,
  ImageStream,
  Images,
  type ImagesSchema,
  RateLimit,
  Retry,
  Telemetry
} from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { Emulator } from "effect-openrouter-images-emulator"
import { boom, brokenLayers, brokenLogger, brokenTracer, spanParts } from "../../support/brokenParts.js"
import { cached, logged, panda, storeOf } from "../../support/caching.js"
import { billed, emulated, requestsTo } from "../../support/emulated.js"
import { hashed } from "../../support/generating.js"
import { metrics } from "../../support/metrics.js"

const seedream: ImagesSchema.ImageGenerationRequest = {
  model: "bytedance-seed/seedream-5-lite",
  prompt: "a red panda",
  size: "32x32",
  provider: { only: ["seed"] }
}
/** A model that streams. */
const gpt: ImagesSchema.ImageGenerationRequest = {
  model: "openai/gpt-image-1-mini",
  prompt: "a red panda",
  size: "32x32"
}

/** The layers above each other, the first on top. */
const stacked = (order: ReadonlyArray<string>): Layer.Layer<Images.Images | Emulator.Emulator> => {
  const base = emulated()
  // The catalogue asks a server of its own, so that the script is for generations alone.
  const catalog = Layer.provide(Catalog.layer(), Layer.fresh(emulated()))
  return order.reduceRight<Layer.Layer<Images.Images | Emulator.Emulator>>(
    (below, name) => Layer.provideMerge(Layer.provide(brokenLayers[name] ?? boom(), catalog), below),
    base
  )
}

/** A server that refuses the first attempt, so that the hooks for failures run. */
const options: Images.RequestOptions = {
  retry: Retry.make({ initialInterval: 0, jitter: false }),
  onAttemptEnd: boom,
  onKeepAlive: boom
}

const ways: Readonly<
  Record<string, Effect.Effect<ReadonlyArray<GeneratedImage.GeneratedImage>, unknown, Images.Images>>
> = {
  generate: Effect.map(Images.generate(seedream, options), ({ data }) => data),
  "generate of a model that streams": Effect.map(Images.generate(gpt, options), ({ data }) => data),
  generateStream: Effect.map(Stream.runCollect(Images.generateStream(gpt, options)), (events) =>
    [...events].flatMap((event) => (event._tag === "Completed" ? [event.image] : []))
  ),
  "generateStream of a model that cannot stream": Effect.map(
    ImageStream.runFinal(ImageStream.conflate(Images.generateStream(seedream, options))),
    ({ data }) => data
  ),
  "Batch.run": Effect.map(
    Stream.runCollect(Batch.run([seedream], { options, tracker: {} as Batch.Tracker, singleFlight: true })),
    (items) => [...items].flatMap(({ result }) => (Either.isRight(result) ? result.right.data : []))
  )
}

const cases = FastCheck.record({
  order: FastCheck.shuffledSubarray(Object.keys(brokenLayers), { minLength: 1, maxLength: 5 }),
  way: FastCheck.constantFrom(...Object.keys(ways)),
  part: FastCheck.option(FastCheck.constantFrom(...spanParts), { nil: undefined }),
  logs: FastCheck.boolean(),
  refusedFirst: FastCheck.boolean()
})

type Case = typeof cases extends FastCheck.Arbitrary<infer A> ? A : never

describe("a layer of which a part breaks", () => {
  const made = ({ logs, order, part, refusedFirst, way }: Case) =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      const refusal = { _tag: "Status", status: 429, headers: { "retry-after": "0" } } as const
      const alive = { _tag: "Pace", keepAlives: 2 } as const
      yield* emulator.script(refusedFirst ? [refusal, alive] : [alive])
      const tracer = yield* brokenTracer(part)
      const { layer: logger, lines } = logged()
      const pictures = yield* (ways[way] ?? boom()).pipe(
        Effect.withTracer(tracer),
        Effect.provide(logs ? logger : brokenLogger)
      )
      expect(pictures.map(GeneratedImage.isGeneratedImage)).toEqual([true])
      expect(yield* emulator.ledger).toHaveLength(1)
      if (logs && refusedFirst) expect(lines).toContain("The hook onAttemptEnd is broken: boom")
      return lines
    }).pipe(Effect.provide(stacked(order)))

  /** What is told of it; the others have nothing that breaks but tracer and hooks. */
  const told: Readonly<Record<string, RegExp>> = {
    "Cache whose get": /cannot be used, so it is made anew: /,
    "Cache whose set": /could not be written, so the pictures are not kept: /,
    "Cache whose key": /The cache has no key for a request, which passes through: boom/,
    Preflight: /The request is not checked: boom/
  }

  it.live("alone gives its picture all the same, which is paid for once, and is told of in the log", () =>
    Effect.forEach(Object.keys(brokenLayers), (name) =>
      Effect.forEach(Object.keys(ways), (way) =>
        Effect.gen(function* () {
          const lines = yield* made({ order: [name], way, part: undefined, logs: true, refusedFirst: true })
          const [, expected] = Object.entries(told).find(([start]) => name.startsWith(start)) ?? []
          if (expected !== undefined) expect(lines).toContainEqual(expect.stringMatching(expected))
        })
      )
    )
  )

  it.live("in any stack gives its picture all the same, which is paid for once", () =>
    Effect.gen(function* () {
      const run = Runtime.runPromise(yield* Effect.runtime<never>())
      const property = FastCheck.asyncProperty(cases, (each) => run(Effect.asVoid(made(each))))
      yield* Effect.promise(() => FastCheck.assert(property, { numRuns: 60 }))
    })
  )
})

describe("a store that hangs", () => {
  const hanging = (operation: "get" | "set") => {
    const store = storeOf((which) => (which === operation ? Effect.never : Effect.void))
    return { ...store, layer: cached(store.layer) }
  }

  for (const [way, made] of Object.entries({
    generate: Effect.map(Images.generate(panda), ({ data }) => data.length),
    generateStream: Effect.map(ImageStream.runFinal(Images.generateStream(panda)), ({ data }) => data.length)
  })) {
    for (const operation of ["get", "set"] as const) {
      it.effect(`in ${operation} holds up the picture of ${way} for half a minute, and does not cost it`, () => {
        const { layer: logger, lines } = logged()
        return Effect.gen(function* () {
          const fiber = yield* Effect.fork(made)
          yield* Effect.forEach(Arr.range(1, 31), () => Effect.zipRight(hashed, TestClock.adjust("1 second")))
          yield* hashed
          expect(yield* Fiber.join(fiber)).toBe(1)
          expect(lines).toEqual([expect.stringMatching(/^generations\/.*: it took more than 30s$/)])
          expect(yield* billed).toBeCloseTo(0.04, 9)
        }).pipe(Effect.provide([hanging(operation).layer, logger]))
      })
    }
  }
})

type Request = ImagesSchema.ImageGenerationRequest

describe("a batch of which a part breaks", () => {
  const seed = Testing.layer({
    generate: ({ prompt }) =>
      prompt === "boom" ? Effect.die("boom") : Effect.delay(Effect.succeed(Testing.response()), "1 second")
  })
  const requests = (...prompts: ReadonlyArray<string>) => prompts.map((prompt) => ({ model: "a/b", prompt }))

  const given = (source: Iterable<Request> | Stream.Stream<Request>) =>
    Effect.gen(function* () {
      const items: Array<Batch.Item> = []
      const fiber = yield* Batch.run(source, { concurrency: 3 }).pipe(
        Stream.runForEach((item) => Effect.sync(() => void items.push(item))),
        Effect.exit,
        Effect.fork
      )
      yield* TestClock.adjust("1 minute")
      return { exit: yield* Fiber.join(fiber), prompts: items.map(({ request }) => request.prompt) }
    })

  it.effect("gives what is under way when a generation dies, begins nothing more, and dies then", () =>
    Effect.gen(function* () {
      const { exit, prompts } = yield* given(requests("one", "two", "boom", "three", "four"))
      expect(Exit.isFailure(exit) && [...Cause.defects(exit.cause)]).toEqual(["boom"])
      expect(prompts).toEqual(expect.arrayContaining(["one", "two"]))
      expect(prompts).not.toContain("four")
    }).pipe(Effect.provide(seed))
  )

  it.effect("gives what is under way when its requests cannot be made, and dies then", () =>
    Effect.gen(function* () {
      const source = Stream.concat(Stream.fromIterable(requests("one", "two")), Stream.die("no more"))
      const { exit, prompts } = yield* given(source)
      expect(exit).toEqual(Exit.die("no more"))
      expect([...prompts].sort()).toEqual(["one", "two"])
    }).pipe(Effect.provide(seed))
  )
})

describe("a hook", () => {
  it.effect("that dies before an attempt ends the call, and nothing is sent", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Images.generate(seedream, { onAttempt: Effect.die("boom") }))
      expect(Exit.isFailure(exit) && [...Cause.defects(exit.cause)]).toEqual(["boom"])
      expect(yield* requestsTo("/images")).toBe(0)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("that dies after a failure leaves the pictures in it", () =>
    Effect.gen(function* () {
      const images = [Testing.image]
      const failure = Testing.error("ResponseValidationError", { images })
      const layers = Telemetry.layer().pipe(Layer.provide(RateLimit.layer()))
      const error = yield* Effect.flip(Images.generate(seedream, { onAttemptEnd: boom })).pipe(
        Effect.provide(Layer.provide(layers, Testing.layer({ generate: failure })))
      )
      expect(error).toMatchObject({ _tag: "ResponseValidationError", images })
    })
  )
})

describe("telemetry", () => {
  it.effect("counts no amount that is none", () =>
    Effect.gen(function* () {
      const model = "telemetry/odd"
      const odd = { promptTokens: Number.NaN, completionTokens: -1, totalTokens: 0, cost: Number.NaN }
      const answers = { generate: [Testing.response({ usage: odd }), Testing.response()] }
      yield* Effect.all([Images.generate({ model, prompt: "a" }), Images.generate({ model, prompt: "b" })]).pipe(
        Effect.provide(Layer.provide(Telemetry.layer(), Testing.layer(answers)))
      )
      const counters = (yield* metrics).filter(
        ({ name, tags }) => name === "openrouter.client.cost" && Object.values(tags).includes(model)
      )
      expect(counters.map(({ value }) => value)).toEqual([0.04])
    })
  )
})

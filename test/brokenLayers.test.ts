import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck, Layer, Runtime, Stream } from "effect"
import { Batch, Catalog, GeneratedImage, ImageStream, Images, type ImagesSchema, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { boom, brokenLayers, brokenLogger, brokenTracer, spanParts } from "./support/brokenParts.js"
import { logged } from "./support/caching.js"
import { emulated } from "./support/emulated.js"

const seedream: ImagesSchema.ImageGenerationRequest = {
  model: "bytedance-seed/seedream-4.5",
  prompt: "a red panda",
  size: "32x32",
  provider: { only: ["seed"] }
}
/** A model that streams. */
const gpt: ImagesSchema.ImageGenerationRequest = { model: "openai/gpt-image-1", prompt: "a red panda", size: "32x32" }

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
  onAttemptError: boom,
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
    (items) => [...items].flatMap(({ result }) => (result._tag === "Right" ? result.right.data : []))
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
      if (logs && refusedFirst) expect(lines).toContain("The hook onAttemptError is broken: boom")
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

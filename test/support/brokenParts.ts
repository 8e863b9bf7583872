/** Parts of layers that break, each in its own way. */
import { KeyValueStore } from "@effect/platform"
import { Effect, Layer, Logger, Option, Tracer } from "effect"
import { Budget, Cache, Catalog, Fallback, Images, Preflight, RateLimit, Telemetry } from "effect-openrouter-images"

export const boom = (): never => {
  throw new Error("boom")
}

export const ways = ["throws", "dies", "fails", "is interrupted"] as const
type Way = (typeof ways)[number]

/** An operation of a store that breaks. */
const broken = (way: Way): Effect.Effect<never> =>
  ({
    throws: boom,
    dies: () => Effect.die("boom"),
    fails: () => Effect.fail("boom") as Effect.Effect<never>,
    "is interrupted": () => Effect.interrupt
  })[way]()

const storeOf = (operation: "get" | "set", way: Way) =>
  Layer.succeed(
    KeyValueStore.KeyValueStore,
    KeyValueStore.make({
      get: () => (operation === "get" ? broken(way) : Effect.succeed(Option.none())),
      getUint8Array: () => (operation === "get" ? broken(way) : Effect.succeed(Option.none())),
      set: () => (operation === "set" ? broken(way) : Effect.void),
      remove: () => Effect.void,
      clear: Effect.void,
      size: Effect.succeed(0)
    })
  )

type Over = Layer.Layer<Images.Images, never, Images.Images | Catalog.Catalog>

const imagesOf = <A>(layer: Layer.Layer<A | Images.Images, never, Images.Images | Catalog.Catalog>): Over =>
  Layer.project(layer, Images.Images, Images.Images, (images) => images)

const deadCatalog = Layer.succeed(Catalog.Catalog, {
  models: Effect.die("boom"),
  endpoints: boom,
  find: boom
})

const stepThatThrows = Object.defineProperty({}, "model", { enumerable: true, get: boom }) as Fallback.Step

/** A step that is never needed, and one that breaks where it is. */
const steps: ReadonlyArray<Fallback.Step> = [stepThatThrows, { model: "bytedance-seed/seedream-4.0" }]

/** Layers, each with a part that breaks; of some the tracer and the logger are the parts. */
export const brokenLayers: Readonly<Record<string, Over>> = {
  ...Object.fromEntries(
    (["get", "set"] as const).flatMap((operation) =>
      ways.map((way) => [
        `Cache whose ${operation} ${way}`,
        Cache.layer({ key: () => "one" }).pipe(Layer.provide(storeOf(operation, way)))
      ])
    )
  ),
  "Cache whose key throws": Cache.layer({ key: boom }).pipe(Layer.provide(KeyValueStore.layerMemory)),
  "Preflight whose catalogue dies": Layer.provide(Preflight.layer, deadCatalog),
  "Fallback whose step throws": Fallback.layer(steps),
  RateLimit: imagesOf(RateLimit.layer({ concurrency: 3, requestsPerSecond: 1000 })),
  Budget: imagesOf(Budget.layer({ limitUsd: 1 })),
  Telemetry: Telemetry.layer({ recordPrompts: true, recordPictures: true })
}

/** Spans of the library alone: the emulator has spans of its own. */
const isOurs = (name: string): boolean => /^(Images|Cache|Fallback|Batch|Preflight|Quote|generate_content)\b/.test(name)

export const spanParts = ["span", "attribute", "event", "end"] as const

/** A tracer of which one part throws; none breaks nothing. */
export const brokenTracer = (part: (typeof spanParts)[number] | undefined) =>
  Effect.map(Effect.tracer, (native) =>
    Tracer.make({
      context: native.context,
      span: (...args) => {
        const ours = isOurs(args[0])
        if (ours && part === "span") boom()
        const span = native.span(...args)
        if (ours && part !== undefined && part !== "span") span[part] = boom
        return span
      }
    })
  )

export const brokenLogger = Logger.replace(Logger.defaultLogger, Logger.make(boom))

/** Parts of layers that break, each in its own way. */
import { KeyValueStore } from "@effect/platform"
import { Context, Effect, Layer } from "effect"
import {
  Budget,
  Cache,
  Catalog,
  Fallback,
  Images,
  Preflight,
  RateLimit,
  Split,
  Telemetry
} from "effect-openrouter-images"
import { logTo } from "./logged.js"
import { storeFrom } from "./stores.js"
import { watching } from "./tracing.js"

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
  storeFrom({
    get: () => (operation === "get" ? broken(way) : Effect.succeed(undefined)),
    set: () => (operation === "set" ? broken(way) : Effect.void)
  })

type Over = Layer.Layer<Images.Images, never, Images.Images | Catalog.Catalog>

/** What it offers besides `Images` is left out. */
export const imagesOf = <A>(layer: Layer.Layer<A | Images.Images, never, Images.Images | Catalog.Catalog>): Over =>
  Layer.scoped(Images.Images, Effect.map(Layer.build(layer), Context.get(Images.Images)))

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
  "Split whose catalogue dies": Layer.provide(Split.layer(), deadCatalog),
  Split: Split.layer(),
  RateLimit: imagesOf(RateLimit.layer({ concurrency: 3, requestsPerSecond: 1000 })),
  Budget: imagesOf(Budget.layer({ limitUsd: 1 })),
  Telemetry: Telemetry.layer({ recordPrompts: true, recordPictures: true })
}

/** Spans of the library alone: the emulator has spans of its own. */
const isOurs = (name: string): boolean =>
  /^(Images|Cache|Fallback|Split|Batch|Preflight|Quote|generate_content)\b/.test(name)

export const spanParts = ["span", "attribute", "event", "end"] as const

/** A tracer of which one part throws; none breaks nothing. */
export const brokenTracer = (part: (typeof spanParts)[number] | undefined) =>
  watching((span) => {
    if (part === undefined || !isOurs(span.name)) return
    if (part === "span") boom()
    else span[part] = boom
  })

export const brokenLogger = logTo(boom)

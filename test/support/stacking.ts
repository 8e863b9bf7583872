/** Layers above each other in any order, over the emulator. */
import { KeyValueStore } from "@effect/platform"
import { Layer } from "effect"
import {
  Budget,
  Cache,
  type Catalog,
  type Client,
  Fallback,
  type Images,
  Preflight,
  RateLimit,
  Reconcile,
  Split,
  Telemetry
} from "effect-openrouter-images"
import type { Emulator } from "effect-openrouter-images-emulator"
import { emulated } from "./emulated.js"
import { catalogOf } from "./split.js"
import type { Steering } from "./steering.js"

type Over = Layer.Layer<Images.Images, never, Images.Images | Catalog.Catalog>

/** A turn at the gate lasts longer than a pause between two attempts. */
const layers: Readonly<Record<string, Over>> = {
  Split: Split.layer({ concurrency: 2 }),
  Fallback: Fallback.layer([{ model: "bytedance-seed/seedream-4.0" }]),
  RateLimit: RateLimit.layer({ concurrency: 3, requestsPerSecond: 0.01 }),
  Cache: Layer.provide(Cache.layer(), KeyValueStore.layerMemory),
  Preflight: Preflight.layer,
  Telemetry: Telemetry.layer()
}

export const layerNames = Object.keys(layers)

/** Layers from the top down, those above the reconciliation first, and those below the budget last. */
export interface Order {
  readonly above: ReadonlyArray<string>
  readonly between: ReadonlyArray<string>
  readonly below: ReadonlyArray<string>
}

export const allOf = ({ above, below, between }: Order): ReadonlyArray<string> => [...above, ...between, ...below]

type Base = Images.Images | Client.OpenRouterClient | Emulator.Emulator
type Stack = Base | Budget.Budget

const over = <A>(
  names: ReadonlyArray<string>,
  catalog: Layer.Layer<Catalog.Catalog>,
  base: Layer.Layer<A | Images.Images>
): Layer.Layer<A | Images.Images> =>
  names.reduceRight(
    (below, name) => Layer.provideMerge(Layer.provide(layers[name] ?? Preflight.layer, catalog), below),
    base
  )

/** A split divides requests into calls for one picture. */
export const stackOf = (order: Order, steering: Steering): Layer.Layer<Stack> => {
  const catalog = catalogOf(allOf(order).includes("Split") ? 1 : 10)
  const client = emulated({ transformClient: steering.transformClient, timeout: "1 day" })
  const below = over<Base>(order.below, catalog, Layer.provideMerge(steering.layer, client))
  const budget = Layer.provideMerge(Layer.provide(Budget.layer({ limitUsd: 10 }), catalog), below)
  const between = over<Stack>(order.between, catalog, budget)
  return over<Stack>(order.above, catalog, Layer.provideMerge(Reconcile.layer(), between))
}

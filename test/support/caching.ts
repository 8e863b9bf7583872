/** A cache over the emulator, and stores in whose inside one can see. */
import { KeyValueStore } from "@effect/platform"
import { Effect, Layer } from "effect"
import { Cache, Images } from "effect-openrouter-images"
import type { Emulator } from "effect-openrouter-images-emulator"
import { emulated } from "./emulated.js"
import type { Request, Response } from "./generating.js"
import { logTo } from "./logged.js"
import { type StoreFailure, storeFrom } from "./stores.js"

/** A picture costs 4 cents, and its model takes seeds. */
export const panda: Request = {
  model: "bytedance-seed/seedream-5-lite",
  prompt: "a red panda",
  size: "32x32",
  provider: { only: ["seed"] },
  seed: 7
}
/** A model that streams. */
export const gpt: Request = { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "32x32" }

export type Data = Map<string, string | Uint8Array>
export type Failure = Effect.Effect<void, StoreFailure>

/** A store whose data is in sight, and what happens before each of its operations. */
export const storeOf = (before: (operation: "get" | "set", key: string) => Failure = () => Effect.void) => {
  const data: Data = new Map()
  const layer = storeFrom({
    get: (key) =>
      Effect.zipRight(
        before("get", key),
        Effect.sync(() => data.get(key))
      ),
    set: (key, value) =>
      Effect.zipRight(
        before("set", key),
        Effect.sync(() => void data.set(key, value))
      )
  })
  return { data, layer }
}

export const cached = (
  store: Layer.Layer<KeyValueStore.KeyValueStore>,
  options?: Cache.Options
): Layer.Layer<Images.Images | Emulator.Emulator> =>
  Cache.layer(options).pipe(Layer.provide(store), Layer.provideMerge(emulated()))

export const overFake = (
  images: Layer.Layer<Images.Images>,
  store: Layer.Layer<KeyValueStore.KeyValueStore> = KeyValueStore.layerMemory
) => Cache.layer().pipe(Layer.provide([images, store]))

/** What is logged, line by line. */
export const logged = () => {
  const lines: Array<string> = []
  return { lines, layer: logTo((message) => void lines.push(message)) }
}

export const brief = ({ cached, data, usage }: Response) => ({
  cached: cached ?? false,
  cost: usage?.cost,
  pictures: data.map(({ b64Json }) => b64Json)
})

export const twice = (one: Request, other: Request = one) =>
  Effect.map(
    Effect.all([Images.generate(one), Images.generate(other)]),
    ([first, second]) => [brief(first), brief(second)] as const
  )

export const keysOf = (data: Data, folder: string) => [...data.keys()].filter((key) => key.startsWith(folder))
